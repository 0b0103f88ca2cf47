import type { ConformanceCase, OutcomeMap } from "../cases/case.ts";
import { type Feature, FEATURES } from "../cases/features.ts";
import { outcomesOf } from "../cases/outcomes.ts";

/** All that the book says about a case. */
export function explainCase(one: ConformanceCase): string {
  const { id, title, level, requirement, why, issue, fix, needs = [], negative } = one;
  const outcomes = Object.entries(outcomesOf(one));
  return [
    `${id} ${title}`,
    "",
    `${level}: ${requirement}`,
    `Why: ${why}`,
    ...(issue === undefined ? [] : [`Seen in: ${issue}`]),
    `Likely fix: ${fix}`,
    ...(negative === undefined ? [] : [`Wrong on purpose: ${negative}`]),
    ...needs.map((need) => `Needs: ${FEATURES[need].about}`),
    "",
    ...outcomes.map(([verdict, seen]) => `${verdict.padEnd(13)} ${seen}`),
  ].join("\n");
}

/** A case on two lines, and a third one for what it needs. */
export function listCase(one: ConformanceCase): string {
  const { id, level, title, requirement, needs = [], negative } = one;
  const indent = " ".repeat(14);
  const notes = [
    ...(needs.length > 0 ? [`needs ${needs.join(", ")}`] : []),
    ...(negative === undefined ? [] : [`wrong on purpose: ${negative}`]),
  ];
  return [
    `${id.padEnd(6)} ${level.padEnd(6)} ${title}`,
    `${indent}${requirement}`,
    ...(notes.length > 0 ? [`${indent}(${notes.join("; ")})`] : []),
  ].join("\n");
}

/** One entry of the manifest of the book: a case as plain data. */
export interface ManifestEntry extends Omit<ConformanceCase, "plan"> {
  /** The number in front of the dot. */
  readonly section: number;
  /** What it needs; empty for a case that applies to every target. */
  readonly needs: readonly Feature[];
  /** What is seen for each verdict that it can come to. */
  readonly outcomes: OutcomeMap;
}

/** A case as plain data, for `list --json` and `explain --json`. */
export function manifestEntry(one: ConformanceCase): ManifestEntry {
  const { plan: _, ...rest } = one;
  const section = Number(one.id.split(".")[0]);
  return { ...rest, section, needs: one.needs ?? [], outcomes: outcomesOf(one) };
}
