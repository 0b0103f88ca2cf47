import type { DatagramAddress } from "./datagram.ts";

/** A datagram as a socket gives it. */
export interface RawDatagram {
  /** What came of the payload; belongs to the receiver, unless the port reuses its buffer. */
  readonly bytes: Uint8Array;
  /** Who sent it. */
  readonly from: DatagramAddress;
  /** Whether it was longer than what was asked for. */
  readonly truncated: boolean;
}

/**
 * What differs between the kinds of sockets; all that they have in common is done by `SocketChannel`, which also
 * sees to it that there is one `receive` at a time and nothing happens behind `close`.
 */
export interface DatagramPort {
  /** Where it is bound. */
  readonly local: DatagramAddress;
  /** Datagrams dropped because nobody took them. */
  readonly dropped: number;
  /** Sends; the address is of the same scheme, and numeric. */
  send(bytes: Uint8Array, to: DatagramAddress): Promise<unknown>;
  /** The next one; null when it is closed meanwhile. */
  receive(): Promise<RawDatagram | null>;
  /** Joins a multicast group. */
  join?(group: string, networkInterface: string | undefined): Promise<void>;
  /** Leaves one. */
  leave?(group: string): Promise<void>;
  /** Closes it and wakes a waiting `receive`. */
  close(): Promise<void>;
}
