// Deno does not tell the descriptor of a Unix connection. But the kernel lists the descriptors of
// this program and tells, for each, whom it is connected to.

import type { Libc } from "./libc.ts";

const AF_UNIX = 1;

/**
 * The inodes of all Unix sockets of this program that are connected to `path`.
 *
 * @throws {EdgeProbeError} when /proc cannot be read.
 */
export function ownUnixSockets(libc: Libc, path: string): number[] {
  return inodesWhere(libc, (descriptor) => {
    const peer = libc.peerName(descriptor);
    return peer !== undefined && unixPath(peer) === path;
  });
}

/**
 * The inodes of all Unix sockets of this program that were accepted at `path`. They have the name of the socket that
 * listens, which itself has no peer.
 *
 * @throws {EdgeProbeError} when /proc cannot be read.
 */
export function acceptedUnixSockets(libc: Libc, path: string): number[] {
  return inodesWhere(libc, (descriptor) => {
    if (libc.peerName(descriptor) === undefined) return false;
    const own = libc.ownName(descriptor);
    return own !== undefined && unixPath(own) === path;
  });
}

function inodesWhere(libc: Libc, matches: (descriptor: number) => boolean): number[] {
  const inodes: number[] = [];
  const slots = /^FDSize:\s*(\d+)/m.exec(libc.readTextFile("/proc/self/status"))?.[1];
  for (let descriptor = 0; descriptor < Number(slots ?? 0); descriptor++) {
    if (!matches(descriptor)) continue;
    const link = libc.readLink(`/proc/self/fd/${descriptor}`);
    const inode = /^socket:\[(\d+)\]$/.exec(link ?? "")?.[1];
    if (inode !== undefined) inodes.push(Number(inode));
  }
  return inodes;
}

/**
 * The path in a raw Unix address, undefined in any other one.
 *
 *   sockaddr_un | family u16 | path, ended by a zero byte or by the end |
 */
export function unixPath(address: Uint8Array): string | undefined {
  const [low = 0, high = 0] = address;
  if ((low | high << 8) !== AF_UNIX) return undefined;
  const end = address.indexOf(0, 2);
  return new TextDecoder().decode(address.subarray(2, end < 0 ? address.length : end));
}
