/**
 * How long a command waits for the server. The time runs only while the server owes something, and starts anew with
 * everything that comes; nobody is rushed who types slowly.
 */
export class Patience {
  /** The limit in ms. */
  readonly ms: number;
  readonly #onEnd: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #owed = 0;
  #expired = false;
  #stopped = false;

  /** Calls `onEnd` when the server has owed something for `ms` without giving anything. */
  constructor(ms: number, onEnd: () => void) {
    this.ms = ms;
    this.#onEnd = onEnd;
  }

  /** How much the server owes now. */
  get owed(): number {
    return this.#owed;
  }

  /** Whether the time was up. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Notes that `count` more things were asked of the server. */
  owe(count: number): void {
    if (this.#stopped) return;
    if (this.#owed === 0 && count > 0) this.#start();
    this.#owed += count;
  }

  /** Notes that `count` of them came. */
  paid(count: number): void {
    this.#owed = Math.max(0, this.#owed - count);
    clearTimeout(this.#timer);
    if (this.#owed > 0) this.#start();
  }

  /** Waits for `work` of the server as for one more thing. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    this.owe(1);
    try {
      return await work;
    } finally {
      this.paid(1);
    }
  }

  /** Waits no more, whatever is owed from now on. */
  stop(): void {
    this.#stopped = true;
    this.#owed = 0;
    clearTimeout(this.#timer);
  }

  #start(): void {
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#onEnd();
    }, this.ms);
  }
}
