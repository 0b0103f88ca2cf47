import type { Patience } from "../player/session.ts";

/** Least and most times to wait, in ms. */
const LEAST_ANSWER = 300;
const LEAST_ANSWER_ONCE_SEEN = 60;
const LEAST_BRISK = 30;
const LEAST_QUIET = 20;
const MOST_QUIET = 150;
/** A target is late when it takes so many times longer than its slowest control answer. */
const FACTOR = 20;

/**
 * How long to wait, learnt from the target itself: the control answers tell how slow it is. The full time is spent
 * once, on the first failure that is a matter of time; when even that brought no answer, less will do.
 */
export class LearntPatience {
  readonly #fullMs: number;
  #slowestMs = 0;
  #silenceSeen = false;

  /** `fullMs` is the most that is waited for one answer. */
  constructor(fullMs: number) {
    this.#fullMs = fullMs;
  }

  /** Takes note of how long a control answer took. */
  learn(answerMs: number): void {
    this.#slowestMs = Math.max(this.#slowestMs, answerMs);
  }

  /** Takes note that an answer did not come in the full time. */
  silenceSeen(): void {
    this.#silenceSeen = true;
  }

  /** For controls, and for the failure that decides: the full time, unless silence was seen before. */
  get full(): Patience {
    return this.#silenceSeen ? this.usual : this.#patience(this.#fullMs);
  }

  /** For everything that is played for the first time. */
  get usual(): Patience {
    return this.#patience(LEAST_ANSWER);
  }

  /** For failures that are repeated. */
  get repeat(): Patience {
    return this.#silenceSeen ? this.#patience(LEAST_ANSWER_ONCE_SEEN) : this.usual;
  }

  /** For shrinking, where a wrong guess costs nothing. */
  get brisk(): Patience {
    return this.#patience(LEAST_BRISK);
  }

  #patience(leastMs: number): Patience {
    const learnt = Math.max(leastMs, FACTOR * this.#slowestMs);
    return {
      answerMs: Math.min(learnt, this.#fullMs),
      quietMs: Math.min(Math.max(LEAST_QUIET, FACTOR * this.#slowestMs), MOST_QUIET),
    };
  }
}
