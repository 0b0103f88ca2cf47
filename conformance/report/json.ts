import type { CaseResult, RunResult } from "../campaign/result.ts";

/** The first line of a run as JSON. */
export function startRecord(start: { readonly seed: number; readonly target: string }): string {
  return JSON.stringify({ type: "start", ...start });
}

/** One case as one line of JSON. */
export function caseRecord(result: CaseResult): string {
  return JSON.stringify({ type: "case", ...result });
}

/** The last line: everything but the cases, which have their own lines. */
export function endRecord(result: RunResult): string {
  return JSON.stringify({ type: "result", ...result, cases: result.cases.length });
}
