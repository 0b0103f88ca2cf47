import { setImmediate } from "node:timers";
import type { Entry, Target } from "./entry.ts";
import { inputOf } from "./generate.ts";
import { shrink } from "./shrink.ts";

/** How many asynchronous inputs run before it is looked for rejections that nobody listens to. */
const TURN = 64;

/** What an input did that none may do. */
export interface Failure {
  /** The class of the error. */
  readonly name: string;
  /** Its message and where it was thrown. */
  readonly text: string;
}

/** An input that failed. */
export interface Finding extends Failure {
  /** Its number under the seed of the run; -1 when the end of the run failed. */
  readonly number: number;
  /** The smallest input found that fails in the same way. */
  readonly input: Uint8Array;
}

/** Told what is being run. */
export interface Progress {
  /** Input `number` is next. */
  begins(number: number, input: Uint8Array): void;
}

/** Runs inputs at one entry point, in order, until one fails. */
export class Fuzzer {
  readonly #entry: Entry;
  readonly #progress: Progress;
  #strays: unknown[] = [];

  constructor(entry: Entry, progress: Progress) {
    this.#entry = entry;
    this.#progress = progress;
  }

  /** Notes a rejection that nobody listened to. */
  stray(reason: unknown): void {
    this.#strays.push(reason);
  }

  /** Runs inputs `from` to `from + count − 1` of `seed`, or until `deadlineMs` (`performance.now()`). */
  async run(
    { seed, from, count, deadlineMs }: {
      readonly seed: number;
      readonly from: number;
      readonly count: number;
      readonly deadlineMs: number;
    },
  ): Promise<{ readonly inputs: number; readonly finding: Finding | null }> {
    const target = await this.#entry.open();
    let inputs = 0, closed = false;
    try {
      for (let waiting = 0; inputs < count; inputs++) {
        if (inputs % TURN === 0 && performance.now() > deadlineMs) break;
        const number = from + inputs;
        const input = inputOf(this.#entry, seed, number);
        this.#progress.begins(number, input);
        const failure = await this.#one(target, input);
        if (failure !== null) {
          return { inputs, finding: await this.#smallest(failure, number, input) };
        }
        waiting++;
        if (waiting === TURN || inputs === count - 1) {
          const stray = await this.#turned();
          if (stray !== null) {
            const first = number - waiting + 1;
            return { inputs, finding: await this.#blamed(stray, seed, first, number) };
          }
          waiting = 0;
        }
      }
      closed = true;
      const failure = await this.#caught(() => target.close?.());
      const finding = failure && { ...failure, number: -1, input: new Uint8Array(0) };
      return { inputs, finding };
    } finally {
      if (!closed) await this.#caught(() => target.close?.());
    }
  }

  /** Runs one input by itself; null when it does nothing wrong. */
  async replay(input: Uint8Array): Promise<Failure | null> {
    const target = await this.#entry.open();
    const failure = await this.#one(target, input) ?? await this.#turned();
    const atEnd = await this.#caught(() => target.close?.());
    return failure ?? atEnd;
  }

  /** Synchronous targets cost no promise. */
  #one(target: Target, input: Uint8Array): Failure | null | Promise<Failure | null> {
    try {
      const running = target.run(input);
      return running === undefined ? null : this.#caught(() => running);
    } catch (error) {
      return failureOf(error);
    }
  }

  async #caught(work: () => void | Promise<void>): Promise<Failure | null> {
    try {
      await work();
      return null;
    } catch (error) {
      return failureOf(error);
    }
  }

  /** Lets the runtime tell of rejections. */
  async #turned(): Promise<Failure | null> {
    await new Promise<void>((resolve) => setImmediate(() => resolve()));
    const [stray] = this.#strays.splice(0);
    return stray === undefined ? null : failureOf(stray, "Nobody listened to a rejection: ");
  }

  async #smallest(failure: Failure, number: number, input: Uint8Array): Promise<Finding> {
    const smallest = await shrink(input, async (smaller) => {
      this.#progress.begins(number, smaller);
      return (await this.replay(smaller))?.name === failure.name;
    });
    return { ...failure, number, input: smallest };
  }

  /** Which of several inputs left a rejection behind; the last one when it does not do so again. */
  async #blamed(failure: Failure, seed: number, first: number, last: number): Promise<Finding> {
    for (let number = first; number <= last; number++) {
      const input = inputOf(this.#entry, seed, number);
      if (await this.replay(input) !== null) return await this.#smallest(failure, number, input);
    }
    return { ...failure, number: last, input: inputOf(this.#entry, seed, last) };
  }
}

function failureOf(error: unknown, before = ""): Failure {
  if (!(error instanceof Error)) return { name: typeof error, text: `${before}${error}` };
  return { name: error.name, text: `${before}${error.stack ?? error.message}` };
}
