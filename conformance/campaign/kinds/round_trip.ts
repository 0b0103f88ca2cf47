import { concat } from "@std/bytes/concat";
import { equals } from "@std/bytes/equals";
import type { PlanOf } from "../../cases/case.ts";
import { judgePlay } from "../../judge/judge_play.ts";
import type { Finding } from "../../judge/verdict.ts";
import type { Session } from "../../player/session.ts";
import { readStimulus } from "../../stimulus/read_stimulus.ts";
import type { Stimulus } from "../../stimulus/stimulus.ts";
import { deliver } from "../../strategy/delivery.ts";
import type { Job } from "../job.ts";
import { broken, type Outcome } from "../outcome.ts";

/** How often a failure has to repeat. */
const REPEATS = 3;

/** Sends back to the target what it wrote: encode, decode, encode. */
export async function carryOutRoundTrip(
  { stimuli }: PlanOf<"round-trip">,
  job: Job,
): Promise<Outcome> {
  const deliveries = { played: stimuli.length, total: stimuli.length };
  let same = true;
  for (const stimulus of stimuli) {
    let result = await thereAndBack(stimulus, job);
    for (let i = 1; i < REPEATS && result.finding !== null; i++) {
      result = await thereAndBack(stimulus, job);
    }
    if (result.finding !== null) return broken(job.one.level, result.finding, { deliveries });
    same &&= result.same;
  }
  const detail = same ? "" : "the same payloads, but not the same bytes each time";
  return { verdict: "PASS", detail, deliveries };
}

async function thereAndBack(
  stimulus: Stimulus,
  { stage, patience: { usual } }: Job,
): Promise<{ readonly finding: Finding | null; readonly same: boolean }> {
  const { contract } = stage;
  const session = await stage.open(usual);
  const ask = async (session: Session | null, stimulus: Stimulus) => {
    const play = await stage.play(session, deliver(stimulus), "subject", usual);
    const bytes = concat(play.reads.map((read) => read.bytes));
    return { finding: judgePlay(play, { contract }), bytes };
  };
  try {
    const first = await ask(session, stimulus);
    if (first.finding !== null) return { finding: first.finding, same: false };
    const second = await ask(session, readStimulus(contract, first.bytes));
    const { finding } = second;
    return {
      finding: finding && { ...finding, detail: `sent its own bytes: ${finding.detail}` },
      same: equals(first.bytes, second.bytes),
    };
  } finally {
    await session?.[Symbol.asyncDispose]();
  }
}
