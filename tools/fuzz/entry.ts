import type { RandomStream } from "../../conformance/stimulus/random_stream.ts";

/** Takes inputs at one entry point. */
export interface Target {
  /**
   * Gives one input to the code under test and checks what it must keep. Errors that are documented for this entry point
   * are caught here; whatever is thrown, or rejected without anybody listening, is a finding.
   */
  run(input: Uint8Array): void | Promise<void>;
  /** Cleans up what was made for the run, and checks what can only be seen at its end. */
  close?(): void | Promise<void>;
}

/** A place where bytes of strangers come in. */
export interface Entry {
  /** How it is called on the command line. */
  readonly name: string;
  /** What is asked of it, in a few words. */
  readonly about: string;
  /** A valid input, different for each draw; it is mutated afterwards, or not. */
  readonly valid: (random: RandomStream) => Uint8Array;
  /** Texts that mean something here, put in by mutations. */
  readonly words?: readonly string[];
  /** Prepares a run. */
  readonly open: () => Target | Promise<Target>;
}

/** Something that an entry point promises was not kept. */
export class BrokenPromiseError extends Error {
  /** The class of the error. */
  override readonly name = "BrokenPromiseError";
}

/** Says that something must be so. A text that takes time to make is made only when it is not. */
export function must(kept: boolean, promise: string | (() => string)): asserts kept {
  if (!kept) throw new BrokenPromiseError(typeof promise === "string" ? promise : promise());
}

type ErrorClass = abstract new (...args: never[]) => Error;

/** Lets an error of a documented class pass and throws any other one again. */
export function expect(error: unknown, ...classes: readonly ErrorClass[]): void {
  if (!classes.some((one) => error instanceof one)) throw error;
}

/** The result of `work`, or undefined when it failed as documented. */
export function attempt<Result>(
  work: () => Result,
  ...classes: readonly ErrorClass[]
): Result | undefined {
  try {
    return work();
  } catch (error) {
    expect(error, ...classes);
    return undefined;
  }
}
