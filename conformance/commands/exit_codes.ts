/** Exit codes of a run, for its help. */
export const EXIT_CODES = [
  ["0", "pass"],
  ["1", "the target fails"],
  ["2", "usage, or no case matches"],
  ["3", "inconclusive, or interrupted"],
  ["4", "the target did not start or is not there"],
  ["70", "fault in the harness"],
] as const;

/** What `--out` writes, for the help. */
export const OUT_FILES = [
  ["history.jsonl", "everything that happened; `report` makes all the others from it"],
  ["result.json", "the result; for --baseline"],
  ["index.html", "the report as one page, with pictures"],
  ["junit.xml, report.tap", "for test viewers"],
  ["report.sarif, summary.md", "for code scanning, and as a step summary"],
  ["badge.svg", "the verdict"],
  ["failures/ID.json", "each smallest failure; for `replay`"],
] as const;
