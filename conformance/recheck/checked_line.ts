import type { CertificateLine } from "../campaign/result.ts";
import type { Covered } from "./covered.ts";

/** A line of a certificate, counted again from what was played. */
export interface CheckedLine extends Covered {
  /** Id of the case. */
  readonly id: string;
  /** As the run counted it. */
  readonly stored: CertificateLine;
  /** Whether each member was looked for though the case tells no rule: the scripts follow from the control. */
  readonly byScript?: boolean;
  /** What the run claims and its history does not show; undefined when there is no such thing. */
  readonly mismatch?: string;
}

/** A line with what was found of it. */
export function checkedLine(
  id: string,
  stored: CertificateLine,
  found: Covered & Pick<CheckedLine, "byScript">,
): CheckedLine {
  const mismatch = mismatchOf(stored, found);
  return { id, stored, ...found, ...(mismatch === null ? {} : { mismatch }) };
}

function mismatchOf(stored: CertificateLine, found: Covered): string | null {
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
