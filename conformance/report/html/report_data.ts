/**
 * What the page is made of: plain data, compact, because a report may have 100,000 cases. Texts stand once in
 * `strings`; rows and results are lists of numbers that point there.
 * @module
 */
import type { Verdict } from "../../judge/verdict.ts";
import type { WireScene } from "../wire/wire_scene.ts";

/** Every verdict with its letter, worst first; KNOWN is a failure that is on a list. Results name one by its place. */
export const VERDICT_LETTERS: readonly (readonly [Verdict | "KNOWN", string])[] = [
  ["FAIL", "F"],
  ["INCONCLUSIVE", "?"],
  ["NONSTRICT", "N"],
  ["KNOWN", "K"],
  ["PASS", "P"],
  ["INFO", "i"],
  ["UNSUPPORTED", "–"],
];

/** A case: numbers of strings; -1 for none. */
export type RowTuple = readonly [
  id: number,
  title: number,
  level: number,
  requirement: number,
  why: number,
  fix: number,
  issue: number,
  section: number,
];

/** What a case came to in one run; `cause`, `detail` and `story` are -1 for none. */
export type ResultTuple = readonly [
  row: number,
  run: number,
  verdict: number,
  cause: number,
  detail: number,
  played: number,
  total: number,
  proven: number,
  requested: number,
  ms: number,
  story: number,
];

/** A run, as the head of the page tells it. */
export interface RunCard {
  /** What its column is called. */
  readonly name: string;
  /** The worst verdict; INTERRUPTED when the run did not end. */
  readonly verdict: string;
  /** What was tested and how, in words: pairs of name and value. */
  readonly facts: readonly (readonly [string, string])[];
  /** What was covered: what, proven, passed, all. */
  readonly certificate: readonly (readonly [string, number, number, number])[];
  /** The last of the target's standard error. */
  readonly stderr: string;
}

/** What is known of one case in one run beyond its numbers. */
export interface CaseStory {
  /** The command that shows the failure again; empty when it did not fail. */
  readonly replay: string;
  /** The play that confirmed the failure, with what was played behind it; empty when none is recorded. */
  readonly failure: readonly WireScene[];
  /** Other plays of the case. */
  readonly samples: readonly (readonly WireScene[])[];
  /** How many plays the history has of it. */
  readonly plays: number;
  /** What was measured besides. */
  readonly notes: readonly (readonly [string, string])[];
}

/** All of it. */
export interface ReportData {
  /** The runs, a column each. */
  readonly runs: readonly RunCard[];
  /** Every text, once. */
  readonly strings: readonly string[];
  /** The cases in the order of the book. */
  readonly rows: readonly RowTuple[];
  /** What they came to. */
  readonly results: readonly ResultTuple[];
  /** More about some of the results. */
  readonly stories: readonly CaseStory[];
}
