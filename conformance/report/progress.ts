import type { CaseResult } from "../campaign/result.ts";

/** How often the line is drawn anew, in ms. */
const EVERY_MS = 200;
/** Clears the line (ECMA-48 EL) and goes back to its beginning. */
const CLEAR = "\r\x1b[K";

/** What a progress line needs. */
export interface ProgressOptions {
  /** How many cases there are. */
  readonly cases: number;
  /** When the run should be over at the latest, in ms from now. */
  readonly budgetMs: number;
  /** Writes to the terminal. */
  readonly write: (text: string) => void;
  /** The time in ms; by default that of the process. */
  readonly now?: () => number;
}

/**
 * A line that says how far a run is and how long it may still take, drawn over itself. For terminals only; whoever has
 * none makes no progress line, and nothing else changes.
 *
 * @example
 * ```ts
 * import { ProgressLine } from "./progress.ts";
 *
 * const progress = new ProgressLine({ cases: 40, budgetMs: 60_000, write: (text) => console.log(text) });
 * progress.clear();
 * progress[Symbol.dispose]();
 * ```
 */
export class ProgressLine implements Disposable {
  readonly #options: ProgressOptions;
  readonly #now: () => number;
  readonly #started: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #done = 0;
  #last = "";
  #drawn = false;

  /** Begins to draw. */
  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#started = this.#now();
    this.#timer = setInterval(() => this.draw(), EVERY_MS);
  }

  /** Takes note of a case that is done. */
  add({ id, title }: Pick<CaseResult, "id" | "title">): void {
    this.#done++;
    this.#last = `${id} ${title}`;
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (this.#drawn) this.#options.write(CLEAR);
    this.#drawn = false;
  }

  /** Draws the line. */
  draw(): void {
    const elapsedMs = this.#now() - this.#started;
    const text = progressText({ ...this.#options, done: this.#done, last: this.#last, elapsedMs });
    this.#options.write(CLEAR + text);
    this.#drawn = true;
  }

  /** Ends the line. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.clear();
  }
}

/**
 * `12 of 44 cases, 3 s, about 8 s left, after 1.2 every pair of cuts`. The time left is what the cases so far took, for
 * each of those that are left, but never more than the budget has.
 */
export function progressText(
  { cases, budgetMs, done, last, elapsedMs }: {
    readonly cases: number;
    readonly budgetMs: number;
    readonly done: number;
    readonly last: string;
    readonly elapsedMs: number;
  },
): string {
  const seconds = (ms: number) => `${Math.max(0, Math.round(ms / 1000))} s`;
  const guess = done === 0 ? Infinity : elapsedMs / done * (cases - done);
  const leftMs = Math.min(guess, Math.max(0, budgetMs - elapsedMs));
  return [
    `${done} of ${cases} cases`,
    seconds(elapsedMs),
    ...(done === 0 || done >= cases ? [] : [`about ${seconds(leftMs)} left`]),
    ...(last === "" ? [] : [`after ${last}`]),
  ].join(", ").slice(0, WIDTH);
}

/** Widest line, in characters: one that wraps could not be taken away again. */
const WIDTH = 79;
