// Was a datagram read? The kernel tells how much of what came nobody has read yet, and how many datagrams found no
// room. What was not dropped and is not there any more was read.

import { EdgeProbeError } from "./edge_probe_error.ts";
import { Libc } from "./libc.ts";
import { type UdpSocket, udpSockets } from "./proc_net_udp.ts";

/** What becomes of datagrams that were sent. */
export type DatagramFate =
  /** All of them were read. */
  | "read"
  /** Some lie there. */
  | "waiting"
  /** The kernel dropped some, or an answer to them: nobody is to blame. */
  | "dropped"
  /** Nobody receives at the port. */
  | "gone";

/** Watches the receive queue of a UDP target on this machine, and our own ones. */
export class DatagramQueue implements Disposable {
  readonly #libc: Libc;
  readonly #port: number;

  private constructor(libc: Libc, port: number) {
    this.#libc = libc;
    this.#port = port;
  }

  /**
   * Opens a watch of the target at `port`.
   *
   * @throws {EdgeProbeError} when the kernel cannot be asked.
   */
  static open(port: number): DatagramQueue {
    const libc = Libc.open();
    const queue = new DatagramQueue(libc, port);
    try {
      queue.#sockets([]);
      return queue;
    } catch (error) {
      libc[Symbol.dispose]();
      throw error;
    }
  }

  /** Whether anybody receives at the target's port. */
  get isBound(): boolean {
    return this.#sockets([]).length > 0;
  }

  /** Inode of the target's socket; 0 when there is none. */
  get inode(): number {
    return this.#sockets([])[0]?.inode ?? 0;
  }

  /**
   * Counts what was dropped so far at the target's port and at `ours`, and tells from then on what has become of
   * what was sent.
   */
  begin(ours: readonly number[]): () => DatagramFate {
    const before = dropsOf(this.#sockets(ours));
    return () => {
      const sockets = this.#sockets(ours);
      const theirs = sockets.filter(({ port }) => port === this.#port);
      if (theirs.length === 0) return "gone";
      if (dropsOf(sockets) > before) return "dropped";
      return theirs.some(({ unread }) => unread > 0) ? "waiting" : "read";
    };
  }

  /** Lets go of the kernel. */
  [Symbol.dispose](): void {
    this.#libc[Symbol.dispose]();
  }

  #sockets(ours: readonly number[]): UdpSocket[] {
    return udpSockets(this.#libc, [this.#port, ...ours]);
  }
}

function dropsOf(sockets: readonly UdpSocket[]): number {
  return sockets.reduce((sum, { drops }) => sum + drops, 0);
}

/** The watch, or why there is none. */
export function openDatagramQueue(port: number): DatagramQueue | string {
  try {
    return DatagramQueue.open(port);
  } catch (error) {
    if (error instanceof EdgeProbeError) return error.message;
    throw error;
  }
}
