// What an edge proof must know of a TCP socket, whichever way it was learned.

/** The state of a connected TCP socket, neither side closed (net/tcp_states.h). */
export const TCP_ESTABLISHED = 1;
/** The state of a connection that waits in the kernel for its first data or for a free place. */
export const TCP_SYN_RECV = 3;
/** The state of a TCP socket that has received a FIN and sent none. */
export const TCP_CLOSE_WAIT = 8;

/** One end of a TCP connection. Sizes are in bytes on the wire; a FIN counts as one. */
export interface TcpSocket {
  /** State as in net/tcp_states.h, such as {@linkcode TCP_ESTABLISHED}. */
  readonly state: number;
  /** Received in order by the kernel and not read by the program. */
  readonly unread: number;
  /** Written by the program and not acknowledged by the other side's kernel. */
  readonly unacknowledged: number;
  /** Inode of the socket; 0 while no program holds it (not yet accepted, or closed). */
  readonly inode: number;
  /** Totals since the connection began, where the kernel tells them. */
  readonly totals: TcpTotals | undefined;
}

/** What went through one end of a TCP connection since it began, in bytes on the wire. */
export interface TcpTotals {
  /** Received in order by the kernel, read or not. */
  readonly received: number;
  /** Written by the program, sent or not. Repeated segments count once. */
  readonly written: number;
}

/** Looks one end of a TCP connection up, now. Undefined when this machine has no such socket. */
export type TcpLookup = () => TcpSocket | undefined;

/**
 * Whether a program once held this socket and closed it. A socket that was not accepted yet has no
 * inode either, but then only the other side can have sent a FIN.
 */
export function isClosed(socket: TcpSocket): boolean {
  return socket.inode === 0 && socket.state !== TCP_ESTABLISHED &&
    socket.state !== TCP_SYN_RECV && socket.state !== TCP_CLOSE_WAIT;
}
