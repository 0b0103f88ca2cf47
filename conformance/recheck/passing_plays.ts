import type { RecordedRun } from "../history/recorded.ts";
import { judgePlay, showsSkip } from "../judge/judge_play.ts";
import { TRIAL_RULES, type TrialRule } from "../judge/trial_rules.ts";
import { edgesOf, type Play } from "../player/play.ts";
import type { Contract } from "../stimulus/contract.ts";
import { type RemadePlay, remadePlays } from "./recorded_plays.ts";

/** A delivery that was played, judged anew, and is right. */
export interface PassingPlay {
  /** What happened. */
  readonly play: Play;
  /** Whether every edge that was asked for is proven. */
  readonly proven: boolean;
}

/** Everything in a history that is right when it is judged again, by case. */
export function passingPlays(
  run: RecordedRun,
  contract: Contract,
  ruleOf: (id: string) => TrialRule,
): ReadonlyMap<string, readonly PassingPlay[]> {
  const passing = new Map<string, PassingPlay[]>();
  const skips = new Map<string, boolean>();
  const plays = remadePlays(run, contract);
  plays.forEach(({ recorded, play }, i) => {
    if (play === null) return;
    const { case: id, role } = recorded;
    if (role === "policy") skips.set(id, showsSkip(play, contract));
    const right = role === "packed"
      ? recorded.ended === undefined && judgePlay(play, { contract }) === null
      : role === "subject" && isRightTrial(plays, i, contract, ruleOf(id), skips.get(id) ?? false);
    if (!right) return;
    const { proven, requested } = edgesOf(play);
    const list = passing.get(id) ?? [];
    list.push({ play, proven: proven === requested });
    passing.set(id, list);
  });
  return passing;
}

/** Judges the trial whose subject is play `at`: with the probe and the follow-up that come before the next subject. */
function isRightTrial(
  plays: readonly RemadePlay[],
  at: number,
  contract: Contract,
  rule: TrialRule,
  skips: boolean,
): boolean {
  const subject = plays[at]?.play;
  if (!subject || plays[at]?.recorded.ended !== undefined) return false;
  let probe: Play | undefined, followUp: Play | undefined;
  for (const { recorded, play } of plays.slice(at + 1, at + 1 + MOST_BEHIND)) {
    if (recorded.role !== "probe" && recorded.role !== "follow-up") break;
    if (play === null || recorded.ended !== undefined) return false;
    if (recorded.role === "follow-up") followUp = play;
    else if (play.connection === subject.connection) probe = play;
  }
  const trial = { subject, ...(probe ? { probe } : {}), ...(followUp ? { followUp } : {}) };
  return TRIAL_RULES[rule](trial, contract, skips) === null;
}

/** Most plays behind a subject that belong to it. */
const MOST_BEHIND = 2;
