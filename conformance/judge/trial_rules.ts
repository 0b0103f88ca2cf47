import type { Contract } from "../stimulus/contract.ts";
import { judgeOutput } from "./judge_output.ts";
import { judgeStalled } from "./judge_stalled.ts";
import { judgeTrial, type Trial } from "./judge_trial.ts";
import type { Finding } from "./verdict.ts";

/** Judges a trial; `skips` as in `JudgeContext`. */
export type JudgeTrial = (trial: Trial, contract: Contract, skips: boolean) => Finding | null;

/** The rules by which a trial can be judged, by name, so that a plan can name one. */
export const TRIAL_RULES = {
  /** All answers must come, and nothing else. */
  answers: judgeTrial,
  /** The same, and every byte that comes back must belong to an answer. */
  output: judgeOutput,
  /** The target may hang up on a peer that stalls; until then all must be right. */
  stalled: judgeStalled,
} as const satisfies Readonly<Record<string, JudgeTrial>>;

/** The name of a rule. */
export type TrialRule = keyof typeof TRIAL_RULES;
