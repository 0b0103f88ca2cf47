import type { PlanOf } from "../../cases/case.ts";
import {
  bestRound,
  bestTimes,
  chunkTimes,
  describeGrowth,
  growthExponent,
  judgeGrowth,
  type Measured,
  measuredOf,
  type Timepiece,
} from "../../judge/judge_growth.ts";
import { judgePlay } from "../../judge/judge_play.ts";
import type { Play } from "../../player/play.ts";
import { processTime } from "../../player/process_time.ts";
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

/** What parts of a frame took at best. */
interface Measurement {
  readonly measured: readonly Measured[];
  readonly by: Timepiece;
}

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
    const measurement = delivery && await measure(delivery, job);
    if (!measurement) continue;
    const { measured, by } = measurement;
    const counts = { deliveries: { played: total - i, total: total - i } };
    const exponent = growthExponent(measured);
    const times = Object.fromEntries(measured.map(({ bytes, ms }) => [`${bytes} bytes`, ms]));
    stage.note("growth", { by, exponent, ...times });
    const finding = judgeGrowth(measured, by);
    if (finding !== null) return broken(one.level, finding, counts);
    return { verdict: "PASS", detail: describeGrowth(measured, by), ...counts };
  }
  return { verdict: "INFO", detail: "it takes no frame that is long enough to tell" };
}

/** What parts of the frame took at best; null when the target does not take it. */
async function measure(delivery: Delivery, job: Job): Promise<Measurement | null> {
  const enough = job.stage.now() + ENOUGH_MS;
  const plays: Play[] = [];
  for (;;) {
    const play = await playOnce(delivery, job);
    if (play === null) return null;
    plays.push(play);
    if (plays.length < LEAST_ROUNDS) continue;
    const measurement = best(plays, delivery.stimulus.bytes.length);
    const { measured, by } = measurement;
    const over = plays.length === MOST_ROUNDS || job.stage.now() > enough;
    const flat = plays.length >= ROUNDS_TO_PASS && judgeGrowth(measured, by) === null;
    if (over || flat) return measurement;
  }
}

/** The best of several plays: by the processor time of the target where that is known, else by the clock. */
function best(plays: readonly Play[], bytes: number): Measurement {
  const clock = plays.map(({ chunks }) => chunkTimes(chunks.map(({ writtenMs }) => writtenMs)));
  const used = plays.map(({ chunks }) => chunkTimes(chunks.flatMap(({ usedMs = [] }) => usedMs)));
  return used.every((times, i) => times.length === clock[i]?.length)
    ? { by: "processor", measured: measuredOf(bestRound(used), bytes) }
    : { by: "clock", measured: measuredOf(bestTimes(clock), bytes) };
}

/** One play; thousands of chunks, so that the history is spared and a note tells what matters. */
async function playOnce(delivery: Delivery, { stage, patience }: Job): Promise<Play | null> {
  const { full } = patience;
  const session = await stage.open(full);
  try {
    const answerMs = Math.max(full.answerMs, ANSWER_MS);
    const pid = session === null ? undefined : await stage.processOf(session.edge);
    const used = () => pid === undefined ? undefined : processTime(pid);
    const play = await session?.play(delivery, { ...full, answerMs }, used);
    const right = play !== undefined && judgePlay(play, { contract: stage.contract }) === null;
    return right ? play : null;
  } finally {
    await session?.[Symbol.asyncDispose]();
  }
}
