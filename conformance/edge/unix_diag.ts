// unix_diag: the kernel's answer to "how is this Unix socket?", by its inode.
//
// request  | family u8 | protocol u8 | 0 u16 | states u32 | inode u32 | show u32 | cookie 8 |
// answer   | family u8 | type u8 | state u8 | 0 | inode u32 | cookie 8 | attributes … |
//
// Layouts: linux/unix_diag.h.

import type { DiagSocket } from "./diag_socket.ts";
import { attribute, netlinkRequest, requireLength, SOCK_DIAG_BY_FAMILY } from "./netlink.ts";

const AF_UNIX = 1;
const ALL_STATES = 0xffff_ffff;
const UDIAG_SHOW_PEER = 0x04;
const UDIAG_SHOW_RQLEN = 0x10;
const UNIX_DIAG_PEER = 2;
const UNIX_DIAG_RQLEN = 4;
const UNIX_DIAG_SHUTDOWN = 6;
const ANSWER_LENGTH = 16;
const RCV_SHUTDOWN = 1;

/** What the kernel knows of a connected Unix stream socket. */
export interface UnixSocket {
  /** Inode of the other side's socket; 0 while no program holds it (not yet accepted, or closed). */
  readonly peerInode: number;
  /**
   * Memory, in bytes, that holds what was written and the other side has not read. Whole pieces are
   * freed as they are read, so it is more than the bytes themselves until it is 0.
   */
  readonly unreadByPeer: number;
  /** Whether the other side sends no more: it shut down or closed. */
  readonly ended: boolean;
}

/** Looks a Unix socket up, now. Undefined when there is no such socket. */
export type UnixLookup = () => UnixSocket | undefined;

/**
 * The request for the Unix socket that has this inode.
 *
 * @example
 * ```ts
 * import { unixQuery } from "./unix_diag.ts";
 *
 * console.log(unixQuery(4711).length); // 40
 * ```
 */
export function unixQuery(inode: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(24);
  const view = new DataView(body.buffer);
  view.setUint8(0, AF_UNIX);
  view.setUint32(4, ALL_STATES, true);
  view.setUint32(8, inode, true);
  view.setUint32(12, UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN, true);
  body.fill(0xff, 16); // no cookie
  return netlinkRequest(SOCK_DIAG_BY_FAMILY, body);
}

/**
 * Reads the body of an answer to {@linkcode unixQuery}.
 *
 * @throws {EdgeProbeError} when it is cut short or incomplete.
 */
export function decodeUnixSocket(body: DataView): UnixSocket {
  const peer = attribute(body, ANSWER_LENGTH, UNIX_DIAG_PEER);
  const queues = attribute(body, ANSWER_LENGTH, UNIX_DIAG_RQLEN);
  const shutdown = attribute(body, ANSWER_LENGTH, UNIX_DIAG_SHUTDOWN);
  return {
    peerInode: peer ? requireLength(peer, 4, "peer inode").getUint32(0, true) : 0,
    unreadByPeer: requireLength(queues, 8, "queue lengths").getUint32(4, true),
    ended: (requireLength(shutdown, 1, "shutdown").getUint8(0) & RCV_SHUTDOWN) !== 0,
  };
}

/** Looks up the Unix socket that has this inode through sock_diag. */
export function lookupUnix(kernel: DiagSocket, inode: number): UnixLookup {
  const query = unixQuery(inode);
  return () => {
    const body = kernel.ask(query);
    return body && decodeUnixSocket(body);
  };
}
