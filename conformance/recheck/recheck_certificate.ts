import type { CertificateLine } from "../campaign/result.ts";
import type { RecordedRun } from "../history/recorded.ts";
import { coveredOf } from "./covered.ts";
import { passingExchanges } from "./passing_exchanges.ts";
import { passingPlays } from "./passing_plays.ts";
import { passingVolleys, recordedDatagrams } from "./passing_volleys.ts";
import { recordedContract } from "./recorded_contract.ts";

/** A line of a certificate, counted again from what was played. */
export interface CheckedLine {
  /** Id of the case. */
  readonly id: string;
  /** As the run counted it. */
  readonly stored: CertificateLine;
  /** Members of the set that were played, are right when judged again, and had every edge proven. */
  readonly proven: number;
  /** The same without regard to proof. */
  readonly passed: number;
  /** How many members the set has. */
  readonly total: number;
  /** What the run claims and its history does not show; undefined when there is no such thing. */
  readonly mismatch?: string;
}

/**
 * Counts the certificate of a run again, from its plays alone: the bytes that came back are decoded and judged again,
 * and each member of the covered set (every single cut, every pair, …) is looked for among what is right. Pure.
 *
 * Null when the history does not say what the answers had to be.
 */
export function recheckCertificate(run: RecordedRun): CheckedLine[] | null {
  const datagrams = recordedDatagrams(run.about);
  // A client of them was judged by what it printed, of which the history has only the beginning.
  if (datagrams !== null && run.about.side === "client") return null;
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
    const mismatch = mismatchOf(stored, found);
    return { id, stored, ...found, ...(mismatch === null ? {} : { mismatch }) };
  });
}

function mismatchOf(
  stored: CertificateLine,
  found: { readonly proven: number; readonly passed: number; readonly total: number },
): string | null {
  if (stored.total !== found.total) {
    return `it says ${stored.total} in all; the set has ${found.total}`;
  }
  if (stored.proven > found.proven) {
    return `it says ${stored.proven} proven; the history shows ${found.proven}`;
  }
  if (stored.passed > found.passed) {
    return `it says ${stored.passed} passed; the history shows ${found.passed}`;
  }
  return null;
}
