/**
 * What may be sent in one direction of an exchange before the receiver says that it has taken some of it (PROTOCOL.md,
 * clause 5.3).
 */
export class SendWindow {
  readonly #most: number;
  #left: number;
  #waiting: { readonly cost: number; readonly settle: PromiseWithResolvers<void> }[] = [];
  #closed: { readonly reason: unknown } | null = null;
  #movedAt = performance.now();

  /** `most` is the window that the receiver has announced, in bytes. */
  constructor(most: number) {
    this.#most = most;
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
      this.#movedAt = performance.now();
      if (cost <= this.#left) {
        this.#left -= cost;
        return;
      }
    }
    const settle = Promise.withResolvers<void>();
    this.#waiting.push({ cost, settle });
    await settle.promise;
  }

  /** For how long somebody has been waiting in vain, in ms. */
  get stalledMs(): number {
    return this.#waiting.length === 0 ? 0 : performance.now() - this.#movedAt;
  }

  /** The receiver has taken `bytes`. False if it cannot have. */
  give(bytes: number): boolean {
    this.#left += bytes;
    this.#movedAt = performance.now();
    if (this.#left > this.#most) return false;
    for (let first = this.#waiting[0]; first !== undefined && first.cost <= this.#left;) {
      this.#left -= first.cost;
      this.#waiting.shift();
      first.settle.resolve();
      first = this.#waiting[0];
    }
    return true;
  }

  /** Nothing more may be sent: whoever waits, and whoever comes later, gets `reason`. */
  close(reason: unknown): void {
    if (this.#closed !== null) return;
    this.#closed = { reason };
    for (const { settle } of this.#waiting.splice(0)) settle.reject(reason);
  }
}
