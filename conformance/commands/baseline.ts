/**
 * Comparing a run with an earlier one, from the command line.
 * @module
 */
import { readNamedFile } from "../../cli/named_file.ts";
import { UsageError } from "../../cli/options.ts";
import type { RunResult } from "../campaign/result.ts";
import { compareResults, formatComparison } from "../report/compare.ts";
import type { Format } from "../report/formats.ts";
import { readResultDocument, ResultDocumentError } from "../report/json.ts";
import { outputPaint } from "./run_output.ts";

/**
 * Reads the `result.json` of `--baseline`; null when there is none.
 *
 * @throws {UsageError} if it cannot be read.
 */
export async function readBaseline(path: string | undefined): Promise<RunResult | null> {
  if (path === undefined) return null;
  const text = await readNamedFile("--baseline", path);
  try {
    return readResultDocument(text);
  } catch (error) {
    if (!(error instanceof ResultDocumentError)) throw error;
    throw new UsageError(`Cannot use --baseline ${path}: ${error.message}.`);
  }
}

/**
 * Says what is different from an earlier run, and resolves to the exit code: 1 for new failures and stale entries, 3
 * when the run is not whole or nothing was decided, else 0.
 */
export function compareWith(
  before: RunResult,
  now: RunResult,
  format: Format,
  write: (line: string) => void,
): number {
  const comparison = compareResults(before, now);
  if (format === "json") write(JSON.stringify({ type: "comparison", ...comparison }));
  if (format === "human" || format === "github") {
    write(formatComparison(comparison, outputPaint()) || "no difference to the earlier run");
  }
  if (comparison.newFailures.length > 0 || (now.stale?.length ?? 0) > 0) return 1;
  return now.verdict === "INCONCLUSIVE" || now.interrupted !== undefined ? 3 : 0;
}
