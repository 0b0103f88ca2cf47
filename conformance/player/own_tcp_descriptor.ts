import type { Libc } from "../edge/libc.ts";

/**
 * The descriptor of our own TCP connection with these ports: Deno does not tell it. Undefined when there is none.
 *
 * @throws {EdgeProbeError} when /proc cannot be read.
 */
export function ownTcpDescriptor(
  libc: Libc,
  localPort: number,
  remotePort: number,
): number | undefined {
  const slots = /^FDSize:\s*(\d+)/m.exec(libc.readTextFile("/proc/self/status"))?.[1];
  for (let descriptor = 0; descriptor < Number(slots ?? 0); descriptor++) {
    const peer = libc.peerName(descriptor);
    if (peer === undefined || portOf(peer) !== remotePort) continue;
    const own = libc.ownName(descriptor);
    if (own !== undefined && portOf(own) === localPort) return descriptor;
  }
  return undefined;
}

/**
 * The port in a raw IP address.
 *
 *   sockaddr_in, sockaddr_in6 | family u16 | port u16, big-endian | …
 */
function portOf(address: Uint8Array): number {
  const [, , high = 0, low = 0] = address;
  return high << 8 | low;
}
