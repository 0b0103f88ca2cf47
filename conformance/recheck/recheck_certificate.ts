import type { RecordedRun } from "../history/recorded.ts";
import { type CheckedLine, checkedLine } from "./checked_line.ts";
import { coveredOf } from "./covered.ts";
import { passingExchanges } from "./passing_exchanges.ts";
import { passingPlays } from "./passing_plays.ts";
import { passingVolleys, recordedDatagrams } from "./passing_volleys.ts";
import { recheckClient } from "./recheck_client.ts";
import { recordedContract } from "./recorded_contract.ts";

/**
 * Counts the certificate of a run again, from its plays alone: the bytes that came back are decoded and judged again,
 * and each member of the covered set (every single cut, every pair, …) is looked for among what is right. Pure.
 *
 * Null when the history does not say what the answers had to be.
 */
export function recheckCertificate(run: RecordedRun): CheckedLine[] | null {
  const datagrams = recordedDatagrams(run.about);
  if (datagrams !== null && run.about.side === "client") return recheckClient(run, datagrams);
  const contract = datagrams === null ? recordedContract(run.about) : null;
  const lines = run.cases.flatMap(({ id, certificate }) =>
    certificate ? [{ id, certificate }] : []
  );
  const rules = new Map(lines.map(({ id, certificate }) => [id, certificate.judge ?? "answers"]));
  const passing = datagrams !== null
    ? passingVolleys(run, datagrams)
    : contract === null
    ? passingExchanges(run)
    : passingPlays(run, contract, (id) => rules.get(id) ?? "answers");
  if (passing === null) return null;
  return lines.map(({ id, certificate: stored }) => {
    const plays = passing.get(id) ?? [];
    const found = stored.set === undefined
      // Without a rule nothing can be missing: what is right is counted.
      ? {
        proven: Math.min(stored.total, plays.filter(({ proven }) => proven).length),
        passed: Math.min(stored.total, plays.length),
        total: stored.total,
      }
      : coveredOf(stored.set, plays);
    return checkedLine(id, stored, found);
  });
}
