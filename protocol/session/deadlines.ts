import type { FrameDecoder } from "../framing/mod.ts";
import { DeadlineError, type DeadlinePhase } from "./errors.ts";
import { Pace } from "./pace.ts";

/** How long this side waits for the peer. Up to 0.1 s more may pass when there are thousands of connections. */
export interface DeadlineOptions {
  /** Longest wait for the first frame, TLS handshake included, in milliseconds; none by default. */
  readonly handshakeTimeoutMs?: number;
  /** Longest wait for the rest of a frame that has begun, in milliseconds; none by default. */
  readonly frameTimeoutMs?: number;
  /** Longest wait for a byte to come (or to be sent) while receiving, in milliseconds; none by default. */
  readonly idleTimeoutMs?: number;
  /** Longest wait for the peer to take a byte, in milliseconds; none by default. */
  readonly writeTimeoutMs?: number;
  /**
   * Least speed at which the peer has to take what is sent, in bytes per second. While something waits to be sent it may be
   * `writeTimeoutMs` behind that speed, and no more; by default one byte within that time is enough.
   */
  readonly minRate?: number;
}

/** The longest sleep that timers can do, in milliseconds. */
const MAX_SLEEP_MS = 2 ** 31 - 1;
/** How many connections may be looked at per millisecond; a look takes some ten nanoseconds. */
const LOOKS_PER_MS = 100;

/** Everyone with deadlines, and the one timer for all of them. */
const watched = new Set<Deadlines>();
let timer: ReturnType<typeof setTimeout> | undefined;
/** When the timer fires, by `performance.now()`. */
let wakeAt = Infinity;

/**
 * The deadlines of one connection. Starting or stopping to wait only notes the time, so it costs next to nothing, and a
 * timer that all connections share looks at the notes.
 *
 * ```
 * timer   look |------------------->| look: idle since ↓, not due yet |--->| look: due
 * idle              start    start  ↓---------------------------------|
 * ```
 *
 * A wait that has not started cannot be over earlier than its limit from now, so sleeping until the earliest possible
 * end of any wait misses none.
 */
export class Deadlines {
  readonly #limits: DeadlineOptions;
  readonly #expire: (error: DeadlineError) => void;
  /** When each wait started, by `performance.now()`; NaN while there is none. */
  #handshake = NaN;
  #idle = NaN;
  readonly #frame: Pace;
  readonly #write: Pace;
  /** Bytes that have come of the message that is not whole yet. */
  #come = 0;

  /** Starts to watch; `expire` is told of the first deadline that passes. */
  constructor(limits: DeadlineOptions, expire: (error: DeadlineError) => void) {
    this.#limits = limits;
    this.#expire = expire;
    this.#frame = new Pace(limits.minRate ?? Infinity);
    this.#write = new Pace(limits.minRate ?? Number.MIN_VALUE);
    watched.add(this);
    const now = performance.now();
    wake(this.look(now), now);
  }

  /**
   * Whether there is any deadline.
   *
   * @throws {RangeError} if a limit is not a positive number.
   */
  static any(limits: DeadlineOptions): boolean {
    const { handshakeTimeoutMs, frameTimeoutMs, idleTimeoutMs, writeTimeoutMs, minRate } = limits;
    if (minRate !== undefined && !(minRate > 0)) {
      throw new RangeError(
        `Cannot use minRate ${minRate}: it must be more than 0 bytes per second`,
      );
    }
    const all = { handshakeTimeoutMs, frameTimeoutMs, idleTimeoutMs, writeTimeoutMs };
    for (const [name, ms = Infinity] of Object.entries(all)) {
      if (!(ms > 0)) throw new RangeError(`Cannot use ${name} ${ms}: it must be more than 0 ms`);
    }
    return Object.values(all).some((ms) => ms !== undefined);
  }

  /** Notes that a read begins. */
  reading(decoder: FrameDecoder): void {
    const now = performance.now();
    this.#idle = now;
    if (decoder.frameCount === 0 && Number.isNaN(this.#handshake)) this.#handshake = now;
    const begun = decoder.bufferedLength > 0 || decoder.state === "discarding";
    if (begun) this.#frame.begin(now);
    else this.#frame.end();
  }

  /**
   * Notes how much has come of a message that is not whole yet; 0 when there is none. It may be `frameTimeoutMs` behind
   * `minRate`.
   */
  message(bytes: number): void {
    if (bytes === 0) return this.#frame.end();
    const now = performance.now();
    this.#frame.begin(now);
    this.#frame.moved(bytes - this.#come, now);
    this.#come = bytes;
  }

  /** Notes that frames (or the end) were received: nothing is waited for. */
  received(): void {
    this.#handshake = this.#idle = NaN;
    this.#frame.end();
    this.#come = 0;
  }

  /** Notes that a write begins. */
  writing(): void {
    this.#write.begin(performance.now());
  }

  /** Notes that the peer has taken so many bytes. */
  written(bytes: number): void {
    const now = performance.now();
    this.#write.moved(bytes, now);
    if (!Number.isNaN(this.#idle)) this.#idle = now;
  }

  /** Notes that nothing is left to be written. */
  drained(): void {
    this.#write.end();
  }

  /** Stops watching; nothing expires any more. */
  close(): void {
    watched.delete(this);
    if (watched.size === 0) {
      clearTimeout(timer);
      wakeAt = Infinity;
    }
  }

  /** Tells whoever is over the limit, and returns when the next wait can be over. */
  look(now: number): number {
    const { handshakeTimeoutMs, frameTimeoutMs, idleTimeoutMs, writeTimeoutMs } = this.#limits;
    return Math.min(
      this.#lookAt("handshake", this.#handshake, handshakeTimeoutMs, now),
      this.#lookAt("frame", this.#frame.since, frameTimeoutMs, now),
      this.#lookAt("idle", this.#idle, idleTimeoutMs, now),
      this.#lookAt("write", this.#write.since, writeTimeoutMs, now),
    );
  }

  #lookAt(phase: DeadlinePhase, since: number, ms = Infinity, now: number): number {
    if (Number.isNaN(since)) return now + ms;
    if (now < since + ms) return since + ms;
    this.#expire(new DeadlineError(phase, ms));
    return Infinity;
  }
}

/** Sets the timer to fire at `due` unless it fires earlier anyway. */
function wake(due: number, now: number): void {
  if (due >= wakeAt || due === Infinity) return;
  clearTimeout(timer);
  const sleep = Math.max(Math.ceil(due - now), Math.min(100, watched.size / LOOKS_PER_MS));
  wakeAt = now + sleep;
  timer = setTimeout(lookAtAll, Math.min(MAX_SLEEP_MS, sleep));
}

function lookAtAll(): void {
  const now = performance.now();
  wakeAt = Infinity;
  let due = Infinity;
  for (const deadlines of watched) due = Math.min(due, deadlines.look(now));
  if (watched.size > 0) wake(due, now);
}
