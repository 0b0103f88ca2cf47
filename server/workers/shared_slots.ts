import type { Slots } from "../connection_slots.ts";

/** Where the count is in the shared memory. */
const USED = 0;

/**
 * How many connections may be served at once by all threads together: one number in memory that they share, so that the limit
 * is exact and costs no message. Whoever waits tries again when a slot is given back, in no order.
 */
export class SharedSlots implements Slots {
  /** What another thread makes its own view of these slots from. */
  readonly memory: SharedArrayBuffer;
  #max: number;
  readonly #counts: Int32Array<SharedArrayBuffer>;

  /** Makes `max` free slots, or another view of those that are in `memory`. */
  constructor(max: number, memory: SharedArrayBuffer = new SharedArrayBuffer(4)) {
    this.memory = memory;
    this.#max = max;
    this.#counts = new Int32Array(memory);
  }

  get used(): number {
    return Atomics.load(this.#counts, USED);
  }

  async acquire(signal: AbortSignal): Promise<boolean> {
    const aborted = Promise.withResolvers<void>();
    const listener = () => aborted.resolve();
    signal.addEventListener("abort", listener, { once: true });
    try {
      while (!signal.aborted) {
        const used = this.used;
        if (used < this.#max) {
          if (Atomics.compareExchange(this.#counts, USED, used, used + 1) === used) return true;
          continue;
        }
        const { value } = Atomics.waitAsync(this.#counts, USED, used);
        await Promise.race([value, aborted.promise]);
      }
      return false;
    } finally {
      signal.removeEventListener("abort", listener);
    }
  }

  resize(max: number): void {
    this.#max = max;
    Atomics.notify(this.#counts, USED);
  }

  release(): void {
    Atomics.sub(this.#counts, USED, 1);
    // All of them: one that was given up would swallow the news.
    Atomics.notify(this.#counts, USED);
  }
}
