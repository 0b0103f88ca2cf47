import { type Framing, framing } from "../../protocol/framing/mod.ts";
import type { Bench, Check } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { replayLine } from "./delivery.ts";
import { framingSubject } from "./framing_subject.ts";
import { generateSamples } from "./generate.ts";
import { baselineOf } from "./judge.ts";
import { type Law, LAW_NUMBERS } from "./law.ts";
import { EnoughError, Ledger, type Tally } from "./ledger.ts";
import type { Sample } from "./sample.ts";
import { shrink } from "./shrink.ts";
import { settingsOf, type Subject } from "./subject.ts";

/** Options of {@linkcode verifyDecoder}. */
export interface VerifyOptions {
  /**
   * Seed of all that is random: payloads, broken streams, cuts.
   *
   * @default {1}
   */
  readonly seed?: number;
  /** Names of the checks to make. By default all. */
  readonly checks?: readonly string[];
  /**
   * Generated streams longer than this are left out, in bytes: the checks' work grows with the square of it.
   *
   * @default {Infinity}
   */
  readonly longest?: number;
  /**
   * Whether each check stops at its first failed run; the numbers then say how far it came.
   *
   * @default {false}
   */
  readonly stopAtFailure?: boolean;
  /**
   * Whether failures are shrunk to the smallest stream and the fewest cuts.
   *
   * @default {true}
   */
  readonly shrink?: boolean;
  /** More streams to verify with. */
  readonly samples?: readonly Sample[];
}

/** A broken law with the smallest stream and cuts that show it. */
export interface Failure {
  /** Name of the check that found it. */
  readonly check: string;
  /** The law. */
  readonly law: Law;
  /** What was expected and what came. */
  readonly text: string;
  /** One line to run it again; see `parseReplay`. A few checks that do not cut streams say in words what they did. */
  readonly replay: string;
}

/** What one check did. */
export interface CheckResult {
  /** Its name. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly about: string;
  /** The laws it is there for. */
  readonly laws: readonly Law[];
  /** What is counted. */
  readonly unit: string;
  /** How many of them kept the laws. */
  readonly passed: number;
  /** How many there were. */
  readonly total: number;
  /** What else there is to say: how many chunkings are covered, … */
  readonly note?: string;
  /** Why the check could not be made. */
  readonly notChecked?: string;
}

/** How one law fared over all checks. */
export interface LawResult {
  /** Its number. */
  readonly law: Law;
  /** Runs that could have shown it broken and did not. */
  readonly passed: number;
  /** Runs that could have shown it broken. */
  readonly total: number;
  /** Checks for this law that could not be made, and why. */
  readonly notChecked: readonly string[];
  /** `"not checked"` when nothing at all could have shown it broken. */
  readonly verdict: "held" | "broken" | "not checked";
}

/** What {@linkcode verifyDecoder} found out. */
export interface Verification {
  /** Name of the subject. */
  readonly subject: string;
  /** The seed that all that is random depends on. */
  readonly seed: number;
  /** Whether no law was seen broken. What could not be checked is in `laws`. */
  readonly ok: boolean;
  /** How each law fared. */
  readonly laws: readonly LawResult[];
  /** What each check did. */
  readonly checks: readonly CheckResult[];
  /** One for each check that failed, each shrunk. */
  readonly failures: readonly Failure[];
}

/**
 * Verifies that a decoder keeps the laws of framing, whatever the chunks: the unsplit stream, every cut, every pair of
 * cuts, single bytes, strides, empty chunks, dirty and reused buffers, merged frames, random cuts, the closure proof,
 * the end at every byte, round trips, bounded memory and linear work. Pure and synchronous; what it draws depends on
 * the seed alone.
 *
 * @example One of our framings
 * ```ts
 * import { formatVerification, verifyDecoder } from "@nonstick/nonstick/conformance";
 *
 * const verification = verifyDecoder("u32be");
 * console.log(verification.ok, formatVerification(verification));
 * ```
 *
 * @param subject a framing, its spec, or any decoder as a {@linkcode Subject}.
 * @throws {FramingSpecError} if the spec cannot be used.
 * @throws {RangeError} if a name in `checks` is unknown, or the subject has neither samples nor an encoder.
 */
export function verifyDecoder(
  subject: Subject | Framing | string,
  options: VerifyOptions = {},
): Verification {
  const { seed = 1, longest = Infinity } = options;
  const tested = toSubject(subject);
  const checks = chosen(options.checks);
  const generated = tested.encode === undefined ? [] : generateSamples(tested, seed);
  const samples = [
    ...tested.samples ?? [],
    ...options.samples ?? [],
    ...generated.filter((sample) => sample.bytes.length <= longest),
  ].toSorted((a, b) => a.bytes.length - b.bytes.length);
  if (samples.length === 0) {
    throw new RangeError(`Cannot verify ${tested.name}: it has neither samples nor an encoder`);
  }
  const bench: Bench = {
    subject: tested,
    streams: samples.map((sample) => ({ sample, baseline: baselineOf(tested, sample) })),
    seed,
  };
  const done = checks.map((check) => perform(check, bench, options));
  const failures = done.flatMap(({ failure }) => failure ?? []);
  return {
    subject: tested.name,
    seed,
    ok: failures.length === 0,
    laws: LAW_NUMBERS.map((law) => lawResult(law, done)),
    checks: done.map(({ result }) => result),
    failures,
  };
}

/** A framing, its spec, or anyone's decoder as a subject. */
export function toSubject(subject: Subject | Framing | string): Subject {
  if (typeof subject === "string") return framingSubject(framing(subject));
  return "createDecoder" in subject ? framingSubject(subject) : subject;
}

function chosen(names: readonly string[] | undefined): readonly Check[] {
  const unknown = names?.find((name) => !CHECKS.some((check) => check.name === name));
  if (unknown !== undefined) {
    const known = CHECKS.map((check) => check.name).join(", ");
    throw new RangeError(`Cannot make the check "${unknown}": there are ${known}`);
  }
  return CHECKS.filter((check) => names?.includes(check.name) ?? true);
}

/** A check that was made, with its tallies. */
interface Done {
  readonly result: CheckResult;
  readonly ledger: Ledger;
  readonly failure: Failure | undefined;
}

function perform(check: Check, bench: Bench, options: VerifyOptions): Done {
  const { name, about, laws, unit } = check;
  const { subject } = bench;
  const ledger = new Ledger(options.stopAtFailure);
  const missing = check.missing(subject, subject.create(settingsOf(subject)));
  const note = missing === undefined ? runToTheEnd(check, bench, ledger) : undefined;
  const result: CheckResult = {
    name,
    about,
    laws,
    unit,
    ...ledger.runs,
    ...(note === undefined ? {} : { note }),
    ...(missing === undefined ? {} : { notChecked: missing }),
  };
  return { result, ledger, failure: failureOf(name, ledger, subject, options.shrink ?? true) };
}

function runToTheEnd(check: Check, bench: Bench, ledger: Ledger): string | undefined {
  try {
    return check.run(bench, ledger);
  } catch (error) {
    if (error instanceof EnoughError) return undefined;
    throw error;
  }
}

function failureOf(
  check: string,
  ledger: Ledger,
  subject: Subject,
  shrinks: boolean,
): Failure | undefined {
  if (ledger.failed !== null) {
    const { breach, sample, delivery } = shrinks ? shrink(ledger.failed) : ledger.failed;
    return { check, ...breach, replay: replayLine(sample, delivery, settingsOf(subject)) };
  }
  if (ledger.recipe === null) return undefined;
  return { check, ...ledger.recipe.breach, replay: ledger.recipe.text };
}

function lawResult(law: Law, done: readonly Done[]): LawResult {
  const sum: Tally = { passed: 0, total: 0 };
  for (const { ledger } of done) {
    sum.passed += ledger.laws.get(law)?.passed ?? 0;
    sum.total += ledger.laws.get(law)?.total ?? 0;
  }
  return {
    law,
    ...sum,
    notChecked: done
      .filter(({ result }) => result.notChecked !== undefined && result.laws.includes(law))
      .map(({ result }) => `${result.name}: ${result.notChecked}`),
    verdict: sum.total === 0 ? "not checked" : sum.passed === sum.total ? "held" : "broken",
  };
}
