/** One case may take this part of the time that is left. */
const CASE_SHARE = 4;

/** The time that one case has. */
export interface CaseTime {
  /** Until when it may be played, in ms of the run. */
  readonly deadlineMs: number;
  /** How long making its failure small may take, in ms. */
  readonly shrinkMs: number;
}

/**
 * How long a case may be played, and its failure be made small: a part of what is left, so that there is always time for
 * the next one. Controls, whose ids begin with `0.`, are played whole. Pure.
 */
export function caseTime(
  id: string,
  nowMs: number,
  { budgetMs, shrinkMs }: { readonly budgetMs: number; readonly shrinkMs: number },
  /** Making a failure small takes one part of so many of the time that is left, at most. */
  shrinkShare: number,
): CaseTime {
  const leftMs = Math.max(0, budgetMs - nowMs);
  return {
    deadlineMs: id.startsWith("0.") ? Infinity : nowMs + leftMs / CASE_SHARE,
    shrinkMs: Math.min(shrinkMs, leftMs / shrinkShare),
  };
}
