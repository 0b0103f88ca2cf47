import type { CaseResult } from "../campaign/result.ts";
import { globPattern } from "../cases/glob.ts";
import { NOT_HERE } from "../shard/shard.ts";
import type { KnownEntry } from "./known_list.ts";

/**
 * Entries that are true no longer, each as a sentence with its file and line: what is listed as failing passed, or
 * never ran though it was asked for. A list that keeps such lines would hide the next failure.
 *
 * An entry is not stale when this run cannot tell: its cases were not asked for, were played in part, or fall into
 * another shard. One that only sometimes fails may pass.
 */
export function staleEntries(
  cases: readonly CaseResult[],
  asked: readonly string[],
  entries: readonly KnownEntry[],
): string[] {
  return entries.flatMap((entry) => {
    const pattern = globPattern(entry.glob);
    const matched = cases.filter(({ id }) => asked.includes(id) && pattern.test(id));
    const why = staleness(entry, matched);
    return why === null ? [] : [`${entry.at}: ${entry.glob} ${entry.cause} is stale: ${why}`];
  });
}

function staleness(entry: KnownEntry, matched: readonly CaseResult[]): string | null {
  if (matched.length === 0 || matched.some((one) => one.cause !== undefined)) return null;
  if (matched.some(isUndecided)) return null;
  const passed = matched.filter(({ verdict }) => verdict === "PASS");
  if (passed.length > 0) {
    return entry.kind === "flaky" ? null : `${passed.map(({ id }) => id).join(", ")} passed`;
  }
  const [first] = matched;
  return `${matched.map(({ id }) => id).join(", ")} never ran (${first?.detail ?? ""})`;
}

/** Whether more time, another shard or another try might show the failure. */
function isUndecided({ verdict, detail, deliveries }: CaseResult): boolean {
  if (verdict === "INFO") return detail === NOT_HERE || deliveries.played < deliveries.total;
  return verdict === "INCONCLUSIVE";
}
