/** The longest sleep that timers can do, in ms. */
const MOST_SLEEP_MS = 2 ** 31 - 1;

/**
 * Keeps a peer to so many frames a second on average, a second's worth at once (a token bucket). Frames that have come are
 * served; who is ahead is not read from until it no longer is, so that the system makes it wait and nothing is lost.
 */
export class FrameRate {
  readonly #perSecond: number;
  readonly #now: () => number;
  /** Frames that may come at once; below zero the peer is ahead. */
  #left: number;
  #atMs: number;
  #wake: (() => void) | null = null;
  #stopped = false;

  /**
   * `now` tells ms.
   *
   * @throws {RangeError} if `perSecond` is not a positive number.
   */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    if (!(perSecond > 0)) {
      throw new RangeError(`Cannot use maxFrameRate ${perSecond}: it must be more than 0 a second`);
    }
    this.#perSecond = perSecond;
    this.#now = now;
    this.#left = perSecond;
    this.#atMs = now();
  }

  /** So many frames have come. */
  came(count: number): void {
    this.#refill();
    this.#left -= count;
  }

  /** How long nothing more is to be read, in ms. */
  get aheadMs(): number {
    if (this.#stopped) return 0;
    this.#refill();
    return Math.max(0, -this.#left / this.#perSecond * 1000);
  }

  /** Waits until more may be read, `mostMs` at most, or until {@linkcode FrameRate.stop}. */
  async rest(mostMs = MOST_SLEEP_MS): Promise<void> {
    const ms = this.aheadMs;
    if (ms === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, mostMs, MOST_SLEEP_MS));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }

  /** Ends a wait that is under way, and all others. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  #refill(): void {
    const now = this.#now();
    const earned = (now - this.#atMs) / 1000 * this.#perSecond;
    this.#left = Math.min(this.#perSecond, this.#left + earned);
    this.#atMs = now;
  }
}
