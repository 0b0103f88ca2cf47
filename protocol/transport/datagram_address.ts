import { lookup } from "node:dns/promises";
import { isIP, isIPv4, isIPv6 } from "node:net";
import { type DatagramAddress, datagramAddressText } from "./datagram.ts";
import { DatagramError } from "./datagram_errors.ts";

/**
 * `address` with its host name looked up once, so that later sends need not; a numeric one in its usual form.
 *
 * @example
 * ```ts
 * import { resolveDatagramAddress } from "@nonstick/nonstick/transport";
 *
 * const address = await resolveDatagramAddress({ scheme: "udp", hostname: "localhost", port: 7000 }, 4);
 * console.log(address); // { scheme: "udp", hostname: "127.0.0.1", port: 7000 }
 * ```
 *
 * @param family 4 or 6 for addresses of one kind only.
 * @throws {DatagramError} if the name is not known.
 */
export async function resolveDatagramAddress(
  address: DatagramAddress,
  family: 0 | 4 | 6 = 0,
): Promise<DatagramAddress> {
  if (address.scheme !== "udp") return address;
  const { hostname, port } = address;
  if (isIP(hostname) !== 0) return { scheme: "udp", hostname: canonical(hostname), port };
  try {
    const found = await lookup(address.hostname, { family: family === 6 ? 0 : family });
    return { scheme: "udp", hostname: found.address, port };
  } catch (error) {
    const text = datagramAddressText(address);
    const problem = "the host name is not known, check its spelling";
    throw new DatagramError("unresolved", `Cannot send to ${text}: ${problem}`, { cause: error });
  }
}

/** An address as the runtime writes those of senders (RFC 5952). */
function canonical(hostname: string): string {
  const plain = unmapped(hostname);
  // A zone (`%eth0`) is no part of a URL.
  if (!isIPv6(plain) || plain.includes("%")) return plain;
  return new URL(`http://[${plain}]`).hostname.slice(1, -1);
}

/** IPv4 addresses mapped into IPv6 as what they are (RFC 4291, 2.5.5.2). */
export function unmapped(hostname: string): string {
  if (!hostname.startsWith("::")) return hostname;
  return hostname.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}

/** How a socket bound to the numeric address `local` has to write `hostname`. Asked for each datagram, so a colon will do. */
export function mappedFor(local: string, hostname: string): string {
  return local.includes(":") && isIPv4(hostname) ? `::ffff:${hostname}` : hostname;
}

/** Whether datagrams from there can only come from this machine: no card lets a loopback source in (RFC 1122, 3.2.1.3). */
export function isOnThisMachine(address: DatagramAddress): boolean {
  if (address.scheme !== "udp") return true;
  return address.hostname === "::1" || /^127(\.\d+){3}$/.test(address.hostname);
}
