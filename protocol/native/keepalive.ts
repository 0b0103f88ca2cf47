import { DeadlineError } from "../session/errors.ts";
import type { Exchange } from "./exchange.ts";
import type { Link } from "./link.ts";

/** Shortest pause between two looks, in ms. */
const LEAST_PAUSE_MS = 5;

/** What is watched. */
export interface Watched {
  readonly link: Link;
  /** The exchange under way. */
  readonly exchange: () => Exchange | null;
  /** Asks the peer for a sign of life. */
  readonly ping: () => void;
  /** Longest silence, in ms. */
  readonly idleTimeoutMs: number;
  /** Whether a peer that is silent between two exchanges is dropped as well. */
  readonly dropIdle: boolean;
}

/**
 * Notices a peer that is gone or asleep: during an exchange it is asked for a sign of life, and dropped when it gives none;
 * one that lives but takes nothing fails the exchange.
 */
export class Keepalive implements Disposable {
  readonly #watched: Watched;
  readonly #timer: ReturnType<typeof setInterval>;
  #asked = false;

  /** Begins to watch. */
  constructor(watched: Watched) {
    this.#watched = watched;
    const pause = Math.max(LEAST_PAUSE_MS, Math.min(watched.idleTimeoutMs / 4, 2 ** 31 - 1));
    this.#timer = setInterval(() => this.#look(), pause);
  }

  /** Stops watching. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { link, ping, idleTimeoutMs, dropIdle } = this.#watched;
    const exchange = this.#watched.exchange();
    if (exchange !== null && exchange.stalledMs > idleTimeoutMs) {
      const message = `The other side took nothing for ${idleTimeoutMs} ms`;
      exchange.fail("timeout", message).catch(() => {});
      return;
    }
    const silence = performance.now() - link.heardAt;
    if (silence < idleTimeoutMs / 2) this.#asked = false;
    else if (silence >= idleTimeoutMs) {
      if (exchange !== null || dropIdle) link.close(new DeadlineError("idle", idleTimeoutMs));
    } else if (exchange !== null && !this.#asked) {
      this.#asked = true;
      ping();
    }
  }
}
