import type { PlanOf } from "../../cases/case.ts";
import {
  bestTimes,
  chunkTimes,
  growthExponent,
  judgeGrowth,
  type Measured,
  measuredOf,
} from "../../judge/judge_growth.ts";
import { judgePlay } from "../../judge/judge_play.ts";
import type { Play } from "../../player/play.ts";
import type { Delivery } from "../../strategy/delivery.ts";
import type { Job } from "../job.ts";
import { broken, type Outcome } from "../outcome.ts";

/** How often a frame is measured at least, and at most: until what looks like growth was noise. */
const LEAST_ROUNDS = 2;
const MOST_ROUNDS = 5;
/** Before so many rounds noise may hide growth: that nothing grows is believed only then, if there is time. */
const ROUNDS_TO_PASS = 3;
/** After so long, in ms, no more is measured: what takes longer is clear enough. */
const ENOUGH_MS = 3000;
/** Least time to wait for the answer to so long a frame, in ms: to take long is what is looked for. */
const ANSWER_MS = 5000;

/** One long frame in many chunks: the time for each chunk must not grow with what came before it. */
export async function carryOutGrowth(
  { deliveries }: PlanOf<"growth">,
  job: Job,
): Promise<Outcome> {
  const { one, stage } = job;
  if (stage.edge.method !== "sock_diag") {
    const detail = "without edge proof the chunks are joined on the way";
    return { verdict: "UNSUPPORTED", detail };
  }
  const total = deliveries.length;
  for (const [i, make] of deliveries.entries()) {
    const delivery = make();
    const measured = delivery && await measure(delivery, job);
    if (!measured) continue;
    const counts = { deliveries: { played: total - i, total: total - i } };
    const exponent = growthExponent(measured);
    const times = Object.fromEntries(measured.map(({ bytes, ms }) => [`${bytes} bytes`, ms]));
    stage.note("growth", { exponent, ...times });
    const finding = judgeGrowth(measured);
    if (finding !== null) return broken(one.level, finding, counts);
    const { bytes = 0, ms = 0 } = measured.at(-1) ?? {};
    const power = `time grows with size to the power of ${exponent.toFixed(2)}`;
    const detail = `${power}: ${bytes} bytes in ${ms.toFixed(0)} ms`;
    return { verdict: "PASS", detail, ...counts };
  }
  return { verdict: "INFO", detail: "it takes no frame that is long enough to tell" };
}

/** What parts of the frame took at best; null when the target does not take it. */
async function measure(delivery: Delivery, job: Job): Promise<Measured[] | null> {
  const enough = job.stage.now() + ENOUGH_MS;
  const rounds: number[][] = [];
  for (;;) {
    const play = await playOnce(delivery, job);
    if (play === null) return null;
    rounds.push(chunkTimes(play));
    const measured = measuredOf(bestTimes(rounds), delivery.stimulus.bytes.length);
    if (rounds.length < LEAST_ROUNDS) continue;
    const over = rounds.length === MOST_ROUNDS || job.stage.now() > enough;
    const flat = rounds.length >= ROUNDS_TO_PASS && judgeGrowth(measured) === null;
    if (over || flat) return measured;
  }
}

/** One play; thousands of chunks, so that the history is spared and a note tells what matters. */
async function playOnce(delivery: Delivery, { stage, patience }: Job): Promise<Play | null> {
  const { full } = patience;
  const session = await stage.open(full);
  try {
    const answerMs = Math.max(full.answerMs, ANSWER_MS);
    const play = await session?.play(delivery, { ...full, answerMs });
    const right = play !== undefined && judgePlay(play, { contract: stage.contract }) === null;
    return right ? play : null;
  } finally {
    await session?.[Symbol.asyncDispose]();
  }
}
