import type { Level } from "../stimulus/level.ts";
import { type Outcome, strictly } from "./outcome.ts";
import type { CaseResult } from "./result.ts";

/** Where a case is played: its time, and a history that says which case what belongs to. */
export interface CaseStage {
  /** The time of the run in ms. */
  readonly now: () => number;
  /** Says which case everything that follows belongs to. */
  beginCase(id: string): void;
}

/** What a case says of itself. */
export type CaseHead = Pick<CaseResult, "id" | "title" | "requirement"> & { readonly level: Level };

/** Carries a case out on a stage: its result is what comes of it, and how long that took. */
export async function resultOf(
  { id, title, level, requirement }: CaseHead,
  stage: CaseStage,
  { strict }: { readonly strict: boolean },
  play: () => Promise<Outcome>,
): Promise<CaseResult> {
  const started = stage.now();
  stage.beginCase(id);
  const outcome = await play();
  return {
    id,
    title,
    level,
    requirement,
    deliveries: { played: 0, total: 0 },
    edges: { proven: 0, requested: 0 },
    ms: stage.now() - started,
    ...(strict ? strictly(outcome) : outcome),
  };
}
