import type { JudgeTrial } from "../judge/trial_rules.ts";
import type { Cause, Finding } from "../judge/verdict.ts";
import type { Delivery } from "../strategy/delivery.ts";
import type { LearntPatience } from "./patience.ts";
import { shrink } from "./shrink.ts";
import type { Stage } from "./stage.ts";

/** How often a failure has to repeat on fresh connections before the target is blamed. */
const REPEATS = 3;
/** Causes that may be a matter of waiting long enough. */
const TIMED: readonly Cause[] = ["HANG", "LATE", "LOST", "DESYNC"];

/** A failure that repeated, in its smallest form. */
export interface Confirmed {
  /** What is wrong. */
  readonly finding: Finding;
  /** What it takes to see it. */
  readonly delivery: Delivery;
  /** Number of the last play in which it was seen. */
  readonly play?: number;
}

/** What an examination needs. */
export interface ExamineOptions {
  /** How long to wait. */
  readonly patience: LearntPatience;
  /** By which rule a trial is judged. */
  readonly judge: JudgeTrial;
  /** Whether the target skips what is over its limit; see `JudgeContext`. */
  readonly skips: boolean;
  /** Whether the connections must be able to send RST. */
  readonly resets: boolean;
  /** Most time for making the failure small, in ms. */
  readonly shrinkMs: number;
  /** What every delivery of the case must have. */
  readonly normal: (delivery: Delivery) => Delivery;
}

/**
 * Finds out which of the suspects really fails: the first one that does so three times out of three, each time on a
 * fresh connection. It is made small; the small form has to repeat, too. Null when none repeats.
 *
 * `first` is what was found when the delivery was tried for the first time. When it fails in another way from then
 * on, the target has kept something of it: then the first finding is the telling one, and nothing can be made small.
 */
export async function examine(
  stage: Stage,
  suspects: readonly Delivery[],
  options: ExamineOptions,
  first: Finding | null = null,
): Promise<Confirmed | null> {
  for (const delivery of suspects) {
    const seen = await confirm(stage, delivery, options);
    if (seen === null) continue;
    const { finding } = seen;
    if (first !== null && first.cause !== finding.cause) return { ...seen, finding: first };
    const small = await smallest(stage, delivery, finding, options);
    if (small === delivery) return seen;
    const again = await confirm(stage, small, options);
    return again?.finding.cause === finding.cause ? again : seen;
  }
  return null;
}

async function confirm(
  stage: Stage,
  delivery: Delivery,
  { patience, judge, skips, resets }: ExamineOptions,
): Promise<Confirmed | null> {
  let finding: Finding | null = null;
  let play: number | undefined;
  for (let i = 1; i <= REPEATS; i++) {
    // The last time, silence is given all the time there is.
    const decides = i === REPEATS && finding !== null && TIMED.includes(finding.cause);
    const trial = await stage.trial(delivery, decides ? patience.full : patience.repeat, {
      resets,
    });
    finding = judge(trial, stage.contract, skips);
    if (finding === null) return null;
    play = trial.subject.number;
    if (decides) patience.silenceSeen();
  }
  return finding && { finding, delivery, ...(play === undefined ? {} : { play }) };
}

async function smallest(
  stage: Stage,
  delivery: Delivery,
  { cause }: Finding,
  { patience, judge, skips, resets, shrinkMs, normal }: ExamineOptions,
): Promise<Delivery> {
  const deadline = stage.now() + shrinkMs;
  return await shrink(stage.contract, delivery, {
    normal,
    hasTime: () => stage.now() < deadline,
    async stillFails(candidate) {
      const trial = await stage.trial(candidate, patience.brisk, { role: "shrink", resets });
      return judge(trial, stage.contract, skips)?.cause === cause;
    },
  });
}
