import type { Delivery } from "./delivery.ts";
import type { Breach, Law } from "./law.ts";
import type { Sample } from "./sample.ts";
import type { Verdict } from "./judge.ts";

/** How many runs there were, and how many kept the law. */
export interface Tally {
  passed: number;
  total: number;
}

/** A run that broke a law, and how to run it again. */
export interface FailedRun {
  readonly breach: Breach;
  readonly sample: Sample;
  readonly delivery: Delivery;
  /** Runs it on another stream, for shrinking. */
  readonly examine: (sample: Sample, delivery: Delivery) => Breach | null;
}

/** Ends a check whose first failure was all that is asked for. */
export class EnoughError extends Error {}

/** Counts the runs of one check, by law, and keeps the smallest that failed. */
export class Ledger {
  /** All runs. */
  readonly runs: Tally = { passed: 0, total: 0 };
  /** Runs by the laws that they could show broken. */
  readonly laws: Map<Law, Tally> = new Map();
  /** The smallest failed run. */
  failed: FailedRun | null = null;
  /** What failed, and how to do it again, where it is not a stream and its cuts. */
  recipe: { readonly breach: Breach; readonly text: string } | null = null;

  readonly #stopAtFailure: boolean;

  /** An empty ledger; with `stopAtFailure` it throws an {@linkcode EnoughError} when the first failure is written. */
  constructor(stopAtFailure = false) {
    this.#stopAtFailure = stopAtFailure;
  }

  #count({ judged, breach }: Verdict): void {
    this.runs.total++;
    if (breach === null) this.runs.passed++;
    for (const law of new Set([...judged, ...breach === null ? [] : [breach.law]])) {
      const tally = this.laws.get(law) ?? { passed: 0, total: 0 };
      this.laws.set(law, tally);
      tally.total++;
      if (breach?.law !== law) tally.passed++;
    }
  }

  /** Counts a run that may show as a delivery, or else in words. */
  shown(
    verdict: Verdict,
    find: () => FailedRun | null,
    text: () => string,
  ): void {
    const found = verdict.breach === null || this.failed !== null ? null : find();
    if (found === null) return this.told(verdict, text);
    this.run(verdict, found.sample, found.delivery, found.examine);
  }

  /** Counts the run of a delivery. */
  run(
    verdict: Verdict,
    sample: Sample,
    delivery: Delivery,
    examine: FailedRun["examine"],
  ): void {
    this.#count(verdict);
    const { breach } = verdict;
    if (breach === null) return;
    const smaller = this.failed === null ||
      size(sample, delivery) < size(this.failed.sample, this.failed.delivery);
    if (smaller) this.failed = { breach, sample, delivery, examine };
    if (this.#stopAtFailure) throw new EnoughError();
  }

  /** Counts a run that is described in words. */
  told(verdict: Verdict, text: () => string): void {
    this.#count(verdict);
    if (verdict.breach === null) return;
    this.recipe ??= { breach: verdict.breach, text: text() };
    if (this.#stopAtFailure) throw new EnoughError();
  }
}

function size(sample: Sample, delivery: Delivery): number {
  return 1000 * sample.bytes.length + delivery.cuts.length;
}
