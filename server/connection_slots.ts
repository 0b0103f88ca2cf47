/** A wait for a free slot. */
interface Waiter {
  readonly go: () => void;
  readonly stop: () => void;
}

/** What connections take their turn by. */
export interface Slots {
  /** Slots taken now. */
  readonly used: number;
  /** Takes a slot as soon as there is one and resolves to true; to false once `signal` is aborted. */
  acquire(signal: AbortSignal): Promise<boolean>;
  /** Gives a slot back. */
  release(): void;
  /** Makes it more or fewer slots. */
  resize(max: number): void;
}

/**
 * How many connections may be served at once. One server has its own slots; several servers can share one object.
 * Those who wait are served in the order they came.
 *
 * @example
 * ```ts
 * import { ConnectionSlots, serve } from "@nonstick/nonstick/server";
 *
 * const slots = new ConnectionSlots(100); // both servers together
 * await using plain = await serve(() => {}, { listen: "tcp://:0", maxConnections: slots });
 * await using other = await serve(() => {}, { listen: "tcp://:0", maxConnections: slots });
 * ```
 */
export class ConnectionSlots implements Slots {
  #max: number;
  #used = 0;
  readonly #waiting: Waiter[] = [];

  /**
   * Makes `max` free slots.
   *
   * @throws {RangeError} if `max` is not a positive integer.
   */
  constructor(max: number) {
    this.#max = checked(max);
  }

  /** Most connections at once. */
  get max(): number {
    return this.#max;
  }

  /**
   * Makes it more or fewer slots. Those in excess go as they are given back.
   *
   * @throws {RangeError} if `max` is not a positive integer.
   */
  resize(max: number): void {
    this.#max = checked(max);
    while (this.#used < max && this.#waiting.length > 0) {
      this.#used++;
      this.#waiting.shift()?.go();
    }
  }

  /** Slots taken now. */
  get used(): number {
    return this.#used;
  }

  /** Takes a slot as soon as there is one and resolves to true; to false once `signal` is aborted. */
  acquire(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    if (this.#used < this.#max) {
      this.#used++;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const waiter: Waiter = {
        go: () => {
          signal.removeEventListener("abort", waiter.stop);
          resolve(true);
        },
        stop: () => {
          this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
          resolve(false);
        },
      };
      this.#waiting.push(waiter);
      signal.addEventListener("abort", waiter.stop, { once: true });
    });
  }

  /** Gives a slot back: to the one who has waited longest, if anyone has. */
  release(): void {
    const waiter = this.#used > this.#max ? undefined : this.#waiting.shift();
    if (waiter === undefined) this.#used--;
    else waiter.go();
  }
}

function checked(max: number): number {
  if (Number.isSafeInteger(max) && max >= 1) return max;
  throw new RangeError(`Cannot serve ${max} connections at once: not a positive integer`);
}
