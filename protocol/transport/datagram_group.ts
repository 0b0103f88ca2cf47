import { isIPv4, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import type { DatagramErrorReason } from "./datagram_errors.ts";

/**
 * Why nobody of `family` can join `group` at `networkInterface`, before the system is asked, which says "invalid
 * argument" to all of it; null when one may.
 */
export function whyNoGroup(
  group: string,
  networkInterface: string | undefined,
  family: 4 | 6,
): [DatagramErrorReason, string] | null {
  const isGroup = family === 4
    ? isIPv4(group) && /^2(2[4-9]|3\d)\./.test(group)
    : isIPv6(group) && /^ff/i.test(group);
  if (!isGroup) {
    const groups = family === 4 ? "224.0.0.0 to 239.255.255.255" : "ff00::/8";
    return ["address", `no group of IPv${family}, those are ${groups}; names are not looked up`];
  }
  if (networkInterface === undefined) return null;
  if (family === 4) {
    if (isIPv4(networkInterface)) return null;
    return ["address", "for IPv4 a network card is named by its address, as in 192.0.2.1"];
  }
  if (/^\d{1,9}$/.test(networkInterface)) return null;
  return ["address", "for IPv6 a network card is named by its index, as in 2 (0: any)"];
}

/**
 * The network card with this index (0: any) as `node:dgram` names it for IPv6; undefined when there is none. Only
 * link-local addresses tell the index of their card; 1 is loopback everywhere.
 */
export function scopeOfCard(index: number): string | undefined {
  if (index === 0) return "::";
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    for (const address of addresses ?? []) {
      const own = address.family === "IPv6" && address.scopeid === index;
      if (own || (index === 1 && address.internal)) return `::%${name}`;
    }
  }
  return undefined;
}
