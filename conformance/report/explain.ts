import type { ConformanceCase } from "../cases/case.ts";

/** All that the book says about a case. */
export function explainCase(one: ConformanceCase): string {
  const { id, title, level, requirement, why, issue, fix } = one;
  return [
    `${id} ${title}`,
    "",
    `${level}: ${requirement}`,
    `Why: ${why}`,
    ...(issue === undefined ? [] : [`Seen in: ${issue}`]),
    `Likely fix: ${fix}`,
  ].join("\n");
}

/** A case on one line. */
export function listCase({ id, level, title, requirement }: ConformanceCase): string {
  return `${id.padEnd(6)} ${level.padEnd(6)} ${title}\n              ${requirement}`;
}
