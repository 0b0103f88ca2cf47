// /proc/net/udp and /proc/net/udp6: every UDP socket of this machine, one line each.
//
//   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
//   89: 0100007F:1B58 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 31048 2 … 0
//
// rx_queue is memory, in bytes, of what nobody has read yet; a datagram of 0 bytes takes some as well. drops counts
// what found no room.

import type { Libc } from "./libc.ts";

const LINE =
  /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ \S+ [0-9A-F]+:([0-9A-F]+) \S+ \S+ +\d+ +\d+ (\d+) \d+ \S+ (\d+)/gm;

/** What the kernel knows of a UDP socket. */
export interface UdpSocket {
  /** Its own port. */
  readonly port: number;
  /** Memory that holds what was not read, in bytes. */
  readonly unread: number;
  /** As in `/proc/PID/fd`, which leads to its process. */
  readonly inode: number;
  /** Datagrams that were dropped because it had no room for them, since it was opened. */
  readonly drops: number;
}

/**
 * Reads the text of /proc/net/udp or /proc/net/udp6. Lines that are no socket are left out.
 *
 * @example
 * ```ts
 * import { parseProcNetUdp } from "./proc_net_udp.ts";
 *
 * const line = " 89: 0100007F:1B58 00000000:0000 07 00000000:00000300 00:0 0 0 0 31048 2 0 5";
 * console.log(parseProcNetUdp(line)[0]?.drops); // 5
 * ```
 */
export function parseProcNetUdp(text: string): UdpSocket[] {
  return [...text.matchAll(LINE)].map(([, port, unread, inode, drops]) => ({
    port: parseInt(port ?? "", 16),
    unread: parseInt(unread ?? "", 16),
    inode: Number(inode),
    drops: Number(drops),
  }));
}

/**
 * The sockets of this machine that have one of these ports.
 *
 * @throws {EdgeProbeError} when the kernel does not tell.
 */
export function udpSockets(libc: Libc, ports: readonly number[]): UdpSocket[] {
  return ["/proc/net/udp", "/proc/net/udp6"].flatMap((path) =>
    parseProcNetUdp(libc.readTextFile(path)).filter(({ port }) => ports.includes(port))
  );
}
