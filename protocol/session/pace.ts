/**
 * How long somebody has been too slow: the time since it began, less what the bytes that it moved were worth. However it goes
 * about it, it stays within so many ms only by keeping up a least speed.
 *
 * ```
 * since ↓ begin        ↓ moved: earns bytes ÷ minRate, but never time in advance
 *       |--------------|---------------->
 *               |------ behind ---------|
 * ```
 */
export class Pace {
  readonly #minRate: number;
  /** When it would have begun, had it kept up the speed so far; NaN while nothing is under way. */
  #since = NaN;

  /** `minRate` is the least speed in bytes per second: near 0 any byte is enough, with Infinity none earns anything. */
  constructor(minRate: number) {
    this.#minRate = minRate;
  }

  /** Since when it has been too slow, by the clock of the caller; NaN while nothing is under way. */
  get since(): number {
    return this.#since;
  }

  /** Something begins, if it is not under way. */
  begin(now: number): void {
    if (Number.isNaN(this.#since)) this.#since = now;
  }

  /** So many bytes of it were moved. */
  moved(bytes: number, now: number): void {
    if (bytes > 0) this.#since = Math.min(now, this.#since + bytes / this.#minRate * 1000);
  }

  /** It is over. */
  end(): void {
    this.#since = NaN;
  }
}
