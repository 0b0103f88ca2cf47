import type { CaseResult, RunResult } from "../campaign/result.ts";
import { PASTABLE } from "./replay.ts";
import { CAUSES } from "../judge/verdict.ts";

/**
 * How machine-readable reports put a verdict: `failed` counts against the run, `unsure` is no verdict on the target,
 * `skipped` was not judged or is known, `passed` is right, or only a SHOULD or MAY is broken.
 */
export type Outcome = "passed" | "failed" | "unsure" | "skipped";

/** The outcome of a case. */
export function outcomeOf({ verdict, known }: CaseResult): Outcome {
  if (known !== undefined) return "skipped";
  switch (verdict) {
    case "FAIL":
      return "failed";
    case "INCONCLUSIVE":
      return "unsure";
    case "INFO":
    case "UNSUPPORTED":
      return "skipped";
    case "PASS":
    case "NONSTRICT":
      return "passed";
  }
}

/** One sentence that says what came of a case: `CORRUPT: answer 1 is cut short`. */
export function summaryOf({ verdict, cause, detail, known }: CaseResult): string {
  const what = `${cause ?? verdict}${detail === "" ? "" : `: ${detail}`}`;
  if (known === undefined) return what;
  return `known (${known.kind}${known.why === "" ? "" : `, ${known.why}`}): ${what}`;
}

/** Everything worth knowing of a failure, one fact on each line. `replay` is the line that shows it again. */
export function factsOf(one: CaseResult, replay: string | undefined): string[] {
  const { level, requirement, cause, detail, counterexample, edges, deliveries } = one;
  return [
    ...(cause === undefined ? [] : [`${cause}: ${CAUSES[cause]}`]),
    `${level}: ${requirement}`,
    ...(detail === "" ? [] : [detail]),
    `deliveries: ${deliveries.played} of ${deliveries.total} played; edges: ${edges.proven} of ${edges.requested} proven`,
    ...(counterexample === undefined ? [] : [
      `stream: ${streamText(counterexample.stream)}`,
      `cuts: ${counterexample.cuts.join() || "none"}`,
    ]),
    ...(replay === undefined ? [] : [`replay: ${replay}`]),
    `why: nonstick-conformance explain ${one.id}`,
  ];
}

function streamText(hex: string): string {
  return hex.length <= 2 * PASTABLE
    ? hex
    : `${hex.length / 2} bytes, see failures/ID.json of --out`;
}

/** What a run is called where several stand beside each other. */
export function nameOf({ target, framing, expect, seed }: RunResult): string {
  return `${target} ${framing} ${expect} seed ${seed}`;
}
