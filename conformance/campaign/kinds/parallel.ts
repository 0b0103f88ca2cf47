import type { PlanOf } from "../../cases/case.ts";
import { judgePlay } from "../../judge/judge_play.ts";
import type { Finding } from "../../judge/verdict.ts";
import type { Session } from "../../player/session.ts";
import type { LearntPatience } from "../patience.ts";
import type { Job } from "../job.ts";
import { broken, type Outcome } from "../outcome.ts";
import { ONE_AT_A_TIME, type Stage } from "../stage.ts";

/** What came of many connections at once. */
type ParallelOutcome =
  | { readonly outcome: "right"; readonly connections: number }
  | { readonly outcome: "wrong"; readonly finding: Finding }
  /** The target serves one connection after the other, so that nothing can be mixed up. */
  | { readonly outcome: "one at a time" };

/** How often a failure has to repeat. */
const REPEATS = 3;

/** Opens many connections, sends half a frame on each, serves a new one meanwhile, then sends the other halves. */
export async function carryOutParallel(plan: PlanOf<"parallel">, job: Job): Promise<Outcome> {
  const { one, stage, patience } = job;
  let result = await playOnce(stage, plan, patience);
  for (let i = 1; i < REPEATS && result.outcome !== "right"; i++) {
    result = await playOnce(stage, plan, patience);
  }
  const total = plan.halves.length;
  const deliveries = { played: total, total };
  switch (result.outcome) {
    case "right":
      return { verdict: "PASS", detail: `${result.connections} connections at once`, deliveries };
    case "one at a time":
      return { verdict: "INFO", detail: ONE_AT_A_TIME, deliveries };
    case "wrong":
      return broken(one.level, result.finding, { deliveries });
  }
}

async function playOnce(
  stage: Stage,
  { halves }: PlanOf<"parallel">,
  patience: LearntPatience,
): Promise<ParallelOutcome> {
  const { contract } = stage;
  const sessions: (Session | null)[] = [];
  try {
    for (const [head] of halves) {
      const session = await stage.open(patience.usual);
      sessions.push(session);
      const play = await stage.play(session, head, "subject", patience.usual);
      // The first connection is read at once; one that is not read while others are open has to wait for its turn.
      const unread = play.chunks.some((chunk) => chunk.edge === "timeout");
      if (unread && sessions.length > 1) return { outcome: "one at a time" };
      const finding = judgePlay(play, { contract });
      if (finding !== null) return { outcome: "wrong", finding };
    }
    const newcomer = await stage.open(patience.usual);
    sessions.push(newcomer);
    const served = await stage.play(newcomer, stage.plain, "probe", patience.usual);
    const starved = judgePlay(served, { contract });
    if (starved !== null) {
      return starved.cause === "HANG"
        ? { outcome: "one at a time" }
        : { outcome: "wrong", finding: starved };
    }
    for (const [i, [, rest]] of halves.entries()) {
      const play = await stage.play(sessions[i] ?? null, rest, "subject", patience.usual);
      const finding = judgePlay(play, { contract });
      if (finding !== null) return { outcome: "wrong", finding };
    }
    return { outcome: "right", connections: sessions.length };
  } finally {
    for (const session of sessions) await session?.[Symbol.asyncDispose]();
  }
}
