// The edge proof for TCP, and for TLS, because it counts what the kernel was given and not what the
// program wrote.
//
// One answer of the kernel is no proof. It samples the unread bytes first and the received bytes
// second, and between the two the bytes may arrive: while the target is inside `recv`, they wait in
// a backlog that counts as neither. So the proof takes two answers, one after the other:
//
//   1. everything that we wrote has arrived at the target's socket, then
//   2. nothing of it is unread.
//
// By sock_diag, answer 2 was made under the lock of the target's socket (tcp_get_info in the
// kernel's net/ipv4/tcp.c): the `recv` that took the last byte has let go of it, and what is written
// next meets another `recv`.

import type { EdgeObserver, Look } from "./edge_observer.ts";
import { EdgeProbeError } from "./edge_probe_error.ts";
import { isClosed, TCP_ESTABLISHED, type TcpLookup } from "./tcp_socket.ts";

// How long the kernel may take, after we connected, to make the target's socket.
const HANDSHAKE_MS = 1;

/** Observes a TCP connection of ours whose other end is on this machine. */
export class TcpObserver implements EdgeObserver {
  readonly #own: TcpLookup;
  readonly #target: TcpLookup;

  /**
   * Begins to observe.
   *
   * @throws {EdgeProbeError} when the kernel does not know the connection, or only our end of it.
   */
  constructor(own: TcpLookup, target: TcpLookup) {
    this.#own = own;
    this.#target = target;
    const state = own()?.state;
    if (state === undefined) {
      throw new EdgeProbeError("Cannot observe the connection: the kernel does not show it");
    }
    const giveUpAt = performance.now() + HANDSHAKE_MS;
    while (state === TCP_ESTABLISHED && target() === undefined) {
      if (performance.now() < giveUpAt) continue;
      throw new EdgeProbeError(
        "Cannot observe the target: its socket is not here but on another machine, in another " +
          "network namespace or behind a translated address",
      );
    }
  }

  get targetInode(): number {
    return this.#target()?.inode ?? 0;
  }

  get taken(): number | undefined {
    const target = this.#target();
    return target?.totals && target.totals.received - target.unread;
  }

  begin(known?: number): Look {
    const written = known ?? this.#written();
    if (written === "gone") return () => "gone";
    let arrived = false;
    return () => {
      const target = this.#target();
      if (target === undefined) return "gone";
      if (arrived && target.unread === 0) return "proven";
      // Without totals the acknowledgement tells it as well, but it may come 40 ms late.
      arrived ||= written !== undefined && target.totals !== undefined
        ? target.totals.received >= written
        : this.#own()?.unacknowledged === 0;
      return isClosed(target) ? "gone" : undefined;
    };
  }

  #written(): number | "gone" | undefined {
    const own = this.#own();
    return own === undefined ? "gone" : own.totals?.written;
  }
}
