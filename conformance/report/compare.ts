import type { CaseResult, RunResult } from "../campaign/result.ts";
import { printable } from "../../cli/printable.ts";
import { type Paint, plain } from "./paint.ts";

/** What is different between two runs, each as a sentence that begins with the id of the case. */
export interface Comparison {
  /** Cases that fail now and did not before. */
  readonly newFailures: readonly string[];
  /** Cases that failed and do not any more. */
  readonly fixed: readonly string[];
  /** Cases that fail as before, but for another cause. */
  readonly changedCause: readonly string[];
  /** What was covered and is not any more: cases that are not judged now, and fewer proven deliveries. */
  readonly lostCoverage: readonly string[];
}

/** Compares a run with an earlier one. Known failures are failures here like any other. */
export function compareResults(before: RunResult, now: RunResult): Comparison {
  const old = new Map(before.cases.map((one) => [one.id, one]));
  const newFailures: string[] = [], fixed: string[] = [], changedCause: string[] = [];
  for (const one of now.cases) {
    const earlier = old.get(one.id);
    const was = earlier !== undefined && isFailure(earlier), is = isFailure(one);
    if (is && !was) {
      newFailures.push(`${one.id} ${one.title}: ${one.cause ?? one.verdict}, ${one.detail}`);
    } else if (was && one.verdict === "PASS") {
      fixed.push(`${one.id} ${one.title}: was ${earlier.cause ?? earlier.verdict}`);
    } else if (is && was && one.cause !== earlier.cause) {
      changedCause.push(`${one.id} ${one.title}: ${one.cause}, was ${earlier.cause}`);
    }
  }
  return { newFailures, fixed, changedCause, lostCoverage: lostCoverage(before, now) };
}

function isFailure({ verdict }: CaseResult): boolean {
  return verdict === "FAIL";
}

function isJudged({ verdict }: CaseResult): boolean {
  return verdict !== "INFO" && verdict !== "UNSUPPORTED" && verdict !== "INCONCLUSIVE";
}

function lostCoverage(before: RunResult, now: RunResult): string[] {
  const current = new Map(now.cases.map((one) => [one.id, one]));
  return before.cases.flatMap((earlier) => {
    const one = current.get(earlier.id);
    if (isJudged(earlier) && (one === undefined || !isJudged(one))) {
      const why = one === undefined ? "not run" : `${one.verdict}, ${one.detail}`;
      return [`${earlier.id} ${earlier.title}: ${why}`];
    }
    const had = earlier.certificate?.proven ?? 0, has = one?.certificate?.proven ?? 0;
    if (one === undefined || isFailure(one) || has >= had) return [];
    return [`${earlier.id} ${earlier.title}: ${has} proven, ${had} before`];
  });
}

/** A comparison for people; empty when nothing is different. */
export function formatComparison(comparison: Comparison, paint: Paint = plain): string {
  const { newFailures, fixed, changedCause, lostCoverage } = comparison;
  const blocks = [
    [paint("bad", "new failures"), newFailures],
    [paint("good", "fixed"), fixed],
    [paint("unsure", "fails for another cause"), changedCause],
    [paint("unsure", "coverage lost"), lostCoverage],
  ] as const;
  return blocks.filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}\n${lines.map((line) => `  ${printable(line)}`).join("\n")}`)
    .join("\n\n");
}
