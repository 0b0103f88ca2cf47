import type { Level } from "../cases/case.ts";
import type { EdgeMethod } from "../edge/edge_probe.ts";
import type { Cause, Verdict } from "../judge/verdict.ts";
import type { KnownEntry } from "../known/known_list.ts";
import { staleEntries } from "../known/stale.ts";
import type { Shard } from "../shard/shard.ts";
import type { CoveredSet } from "../strategy/covered_set.ts";
import type { EndEvent } from "../strategy/delivery.ts";

/** The smallest delivery that was found to fail; plain data, enough to play it again. */
export interface Counterexample {
  /** The bytes, in hex. */
  readonly stream: string;
  /** Where chunks end. */
  readonly cuts: readonly number[];
  /** Where answers are awaited before going on. */
  readonly waits: readonly number[];
  /** What happens behind the last byte. */
  readonly end: EndEvent;
  /** For datagrams: from which of our sockets each goes out, when not all go from one. */
  readonly sockets?: readonly number[];
  /** Number of the play that confirmed it, in the history. */
  readonly play?: number;
  /** Where frames begin and end, and where their payloads do; for pictures. */
  readonly frames: readonly {
    readonly start: number;
    readonly body?: number;
    readonly end: number;
  }[];
}

/** What one case came to. */
export interface CaseResult {
  /** Section and number. */
  readonly id: string;
  /** What was done. */
  readonly title: string;
  /** How binding it is. */
  readonly level: Level;
  /** What the target had to do. */
  readonly requirement: string;
  /** What came of it. */
  readonly verdict: Verdict;
  /** Why, when the verdict is FAIL or NONSTRICT. */
  readonly cause?: Cause;
  /** What was expected and what came, or why nothing was judged. */
  readonly detail: string;
  /** Deliveries that were judged, of those that the case has. */
  readonly deliveries: { readonly played: number; readonly total: number };
  /** Cuts that were asked for, and those of them that are proven to be read edges. */
  readonly edges: { readonly proven: number; readonly requested: number };
  /** What the deliveries cover together, for cases that cover something countable. */
  readonly certificate?: CertificateLine;
  /** The smallest failing delivery, where there is one. */
  readonly counterexample?: Counterexample;
  /** The entry of a list that knows of this failure, so that it does not fail the run. */
  readonly known?: KnownEntry;
  /** How long it took, in ms. */
  readonly ms: number;
}

/** One line of the certificate: what was covered, k of K. */
export interface CertificateLine {
  /** What the deliveries cover together. */
  readonly covers: string;
  /** Deliveries that were played, passed, and had every edge proven. */
  readonly proven: number;
  /** Deliveries that were played and passed. */
  readonly passed: number;
  /** All of them. */
  readonly total: number;
  /** The same as a rule, so that a report can check from the history that the set is whole. */
  readonly set?: CoveredSet;
  /** By which rule the deliveries were judged, when it is not the usual one. */
  readonly judge?: "answers" | "output" | "stalled";
}

/** What a run came to; plain data. */
export interface RunResult {
  /** Version of the harness. */
  readonly version: string;
  /** Seed of all that was random. */
  readonly seed: number;
  /** The target as an endpoint string, with the real port. */
  readonly target: string;
  /** The framing, as a canonical spec. */
  readonly framing: string;
  /** What the target was expected to answer. */
  readonly expect: string;
  /** The target's own limit, in payload bytes, if it was told. */
  readonly maxFrame?: number;
  /** Which part of the run this is, when it was split over machines. */
  readonly shard?: Shard;
  /** How edges were watched, and why not better. */
  readonly edge: { readonly method: EdgeMethod; readonly reason: string };
  /** Every case, in the order in which they were run. */
  readonly cases: readonly CaseResult[];
  /** What was covered, k of K. */
  readonly certificate: readonly CertificateLine[];
  /** The worst verdict. */
  readonly verdict: "PASS" | "FAIL" | "INCONCLUSIVE";
  /** As of the command line: 0 pass, 1 fail, 3 inconclusive. */
  readonly exitCode: 0 | 1 | 3;
  /** How long the run took, in ms. */
  readonly ms: number;
  /** The last of the target's standard error, if we started it and it failed. */
  readonly stderrTail?: string;
  /** The command line that does the same again, up to its cases and its seed. */
  readonly command?: string;
  /** When it began: date and time, ISO 8601. */
  readonly startedAt?: string;
  /** Entries of lists of known failures that are true no longer; they fail the run. */
  readonly stale?: readonly string[];
  /** Why the run is not whole: it was interrupted, or shards of it are missing. */
  readonly interrupted?: string;
}

/** What all cases come to together. */
export type Conclusion = Pick<RunResult, "verdict" | "exitCode" | "stale">;

/**
 * The verdict over all cases. A failure anywhere is one, of a control as well, unless it is known; so is a stale entry
 * of a list of known failures. A pass needs that at least one of the cases that were asked for passed, or failed in
 * the way that is known: controls alone prove nothing.
 */
export function conclude(
  cases: readonly CaseResult[],
  asked: readonly string[],
  known: readonly KnownEntry[] = [],
): Conclusion {
  const stale = staleEntries(cases, asked, known);
  const unknown = cases.filter((one) => one.known === undefined);
  const has = (verdict: Verdict) => unknown.some((one) => one.verdict === verdict);
  const proved = cases.some((one) =>
    asked.includes(one.id) &&
    (one.verdict === "PASS" || one.verdict === "NONSTRICT" || one.known !== undefined)
  );
  const verdict = has("FAIL") || stale.length > 0
    ? "FAIL"
    : has("INCONCLUSIVE") || !proved
    ? "INCONCLUSIVE"
    : "PASS";
  return { verdict, exitCode: exitCodeOf(verdict), ...(stale.length > 0 ? { stale } : {}) };
}

/** The exit code of a verdict. */
export function exitCodeOf(verdict: RunResult["verdict"]): RunResult["exitCode"] {
  return verdict === "PASS" ? 0 : verdict === "FAIL" ? 1 : 3;
}
