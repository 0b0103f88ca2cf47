/** Least time that a client gets to end, in ms. */
const LEAST = 500;
/** A client is late when it takes so many times longer than in its slowest control. */
const FACTOR = 10;

/** How long to wait, learnt from the controls. */
export class OutputPatience {
  /** The most that is waited, in ms. */
  readonly fullMs: number;
  #slowestMs = 0;

  /** `fullMs` is the most that is waited. */
  constructor(fullMs: number) {
    this.fullMs = fullMs;
  }

  /** Takes note of how long a control took. */
  learn(ms: number): void {
    this.#slowestMs = Math.max(this.#slowestMs, ms);
  }

  /** For everything but what decides, in ms. */
  get usualMs(): number {
    return Math.min(Math.max(LEAST, FACTOR * this.#slowestMs), this.fullMs);
  }
}
