import { Pace } from "../session/pace.ts";

/**
 * What may be sent in one direction of an exchange before the receiver says that it has taken some of it (PROTOCOL.md,
 * clause 5.3).
 */
export class SendWindow {
  readonly #most: number;
  readonly #pace: Pace;
  #left: number;
  #waiting: { readonly cost: number; readonly settle: PromiseWithResolvers<void> }[] = [];
  #closed: { readonly reason: unknown } | null = null;

  /** `most` is the window that the receiver has announced, in bytes; `minRate` what it has to take, in bytes per second. */
  constructor(most: number, minRate: number) {
    this.#most = most;
    this.#pace = new Pace(minRate);
    this.#left = most;
  }

  /**
   * Resolves when `cost` bytes may be sent; they count as sent from then on. First come, first served.
   *
   * @throws whatever the window was closed with.
   */
  async take(cost: number): Promise<void> {
    if (this.#closed !== null) throw this.#closed.reason;
    if (this.#waiting.length === 0) {
      if (cost <= this.#left) {
        this.#left -= cost;
        return;
      }
    }
    this.#pace.begin(performance.now());
    const settle = Promise.withResolvers<void>();
    this.#waiting.push({ cost, settle });
    await settle.promise;
  }

  /** How far the receiver is behind while somebody waits, in ms. */
  get stalledMs(): number {
    return this.#waiting.length === 0 ? 0 : performance.now() - this.#pace.since;
  }

  /** The receiver has taken `bytes`. False if it cannot have. */
  give(bytes: number): boolean {
    this.#left += bytes;
    this.#pace.moved(bytes, performance.now());
    if (this.#left > this.#most) return false;
    for (let first = this.#waiting[0]; first !== undefined && first.cost <= this.#left;) {
      this.#left -= first.cost;
      this.#waiting.shift();
      first.settle.resolve();
      first = this.#waiting[0];
    }
    if (this.#waiting.length === 0) this.#pace.end();
    return true;
  }

  /** Nothing more may be sent: whoever waits, and whoever comes later, gets `reason`. */
  close(reason: unknown): void {
    if (this.#closed !== null) return;
    this.#closed = { reason };
    for (const { settle } of this.#waiting.splice(0)) settle.reject(reason);
  }
}
