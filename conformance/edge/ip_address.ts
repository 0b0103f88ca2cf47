// IP addresses as the kernel holds them: 16 bytes, an IPv4 address mapped into IPv6 as
// ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2). One form for both, because a dual-stack target holds
// an IPv4 connection in an IPv6 socket.

/**
 * Parses an IPv4 or IPv6 address, as in `Deno.NetAddr.hostname`, to 16 bytes.
 *
 * @example
 * ```ts
 * import { isMappedIpv4, parseIpAddress } from "./ip_address.ts";
 *
 * console.log(isMappedIpv4(parseIpAddress("127.0.0.1"))); // true
 * ```
 *
 * @throws {TypeError} when the text is no IP address.
 */
export function parseIpAddress(text: string): Uint8Array {
  const mapped = parseIpv4(text);
  if (mapped !== undefined) return mapIpv4(mapped);
  // A zone ("fe80::1%eth0") names a network card; it is no part of the address.
  const [address = ""] = text.split("%", 1);
  const [head = "", tail, ...more] = address.split("::");
  if (more.length === 0) {
    const left = parseGroups(head, tail === undefined);
    const right = tail === undefined ? [] : parseGroups(tail, true);
    const missing = 16 - (left?.length ?? 0) - (right?.length ?? 0);
    const fits = tail === undefined ? missing === 0 : missing >= 2;
    if (left && right && fits) {
      return Uint8Array.from([...left, ...new Uint8Array(missing), ...right]);
    }
  }
  throw new TypeError(`Cannot parse IP address "${text}": expected 127.0.0.1 or ::1`);
}

/** Whether the address is an IPv4 address, mapped. Its four bytes are then the last four. */
export function isMappedIpv4(address: Uint8Array): boolean {
  return address.every((byte, at) => at >= 12 || byte === (at < 10 ? 0 : 0xff));
}

/** Maps four bytes of an IPv4 address into sixteen. */
export function mapIpv4(address: Iterable<number>): Uint8Array {
  return Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...address]);
}

function parseIpv4(text: string): number[] | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

// Groups of hex digits between colons; the last one of the address may be in dotted form.
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [at, group] of groups.entries()) {
    const dotted = last && at === groups.length - 1 ? parseIpv4(group) : undefined;
    if (dotted) bytes.push(...dotted);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else return undefined;
  }
  return bytes;
}
