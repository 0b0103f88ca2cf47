import type { Baseline } from "./judge.ts";
import type { Law } from "./law.ts";
import type { Ledger } from "./ledger.ts";
import type { Sample } from "./sample.ts";
import type { DecoderUnderTest, Subject } from "./subject.ts";

/** A stream with what it gives unsplit. */
export interface Prepared {
  readonly sample: Sample;
  readonly baseline: Baseline;
}

/** What the checks work on. */
export interface Bench {
  readonly subject: Subject;
  readonly streams: readonly Prepared[];
  readonly seed: number;
}

/** One way to look for broken laws. Adding one is one new file and one line in `checks.ts`. */
export interface Check {
  /** Name, as in reports. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly about: string;
  /** The laws it is there for. */
  readonly laws: readonly Law[];
  /** What it counts. */
  readonly unit: string;
  /** Why it cannot be made on this subject, or undefined when it can. */
  missing(subject: Subject, decoder: DecoderUnderTest): string | undefined;
  /** Does it, and returns what else there is to say. */
  run(bench: Bench, ledger: Ledger): string | undefined;
}
