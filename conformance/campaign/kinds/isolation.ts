import type { PlanOf } from "../../cases/case.ts";
import { judgePlay } from "../../judge/judge_play.ts";
import type { Finding } from "../../judge/verdict.ts";
import type { Job } from "../job.ts";
import { broken, type Outcome } from "../outcome.ts";
import { ONE_AT_A_TIME } from "../stage.ts";
import { carryOutDeliveries } from "./deliveries.ts";

/** How often a failure has to repeat. */
const REPEATS = 3;
/** How far the peer that does not read is pressed: enough to fill what the kernel keeps. */
const LIMITS = { mostBytes: 32 * 1024 * 1024, stoppedMs: 250, mostMs: 2000 };

/** Many connections at once; then one that stalls, and a new one that must be served meanwhile. */
export async function carryOutIsolation(
  plan: PlanOf<"isolation">,
  job: Job,
): Promise<Outcome> {
  const { one, stage, patience } = job;
  const { crowd } = plan;
  if (!await stage.servesTogether(patience.usual)) {
    // That may be so by design, but whoever comes first stops all others.
    return broken(one.level, { cause: "HANG", level: "SHOULD", detail: ONE_AT_A_TIME });
  }
  const { shard: _, ...options } = job.options;
  const together = { kind: "deliveries", deliveries: crowd, together: crowd.count } as const;
  const crowded = await carryOutDeliveries(together, { ...job, options });
  if (crowded.verdict !== "PASS") return crowded;
  const { deliveries } = crowded;
  for (const stall of [amidFrame, withoutReading]) {
    const finding = await repeated(() => stall(plan, job));
    if (finding !== null) return broken(one.level, finding, { ...(deliveries && { deliveries }) });
  }
  const detail = `${crowd.count} connections at once, and one beside a peer that stalls`;
  return { ...crowded, detail };
}

/** What is found every time, or null. */
async function repeated(find: () => Promise<Finding | null>): Promise<Finding | null> {
  let finding: Finding | null = null;
  for (let i = 0; i < REPEATS; i++) {
    finding = await find();
    if (finding === null) return null;
  }
  return finding;
}

/** One peer has sent half a frame and is silent: is another one served? */
async function amidFrame({ half }: PlanOf<"isolation">, job: Job): Promise<Finding | null> {
  const { stage, patience } = job;
  const session = await stage.open(patience.usual);
  try {
    await stage.play(session, half, "probe", patience.usual);
    return await newcomer("beside a peer that stalls amid a frame", job);
  } finally {
    await session?.[Symbol.asyncDispose]();
  }
}

/** One peer does not read its answers, until the target takes no more: is another one served? */
async function withoutReading(
  { pressing }: PlanOf<"isolation">,
  job: Job,
): Promise<Finding | null> {
  using stalled = await job.stage.openUnread();
  const pressed = await stalled?.press(pressing.bytes, LIMITS);
  if (pressed !== undefined) job.stage.note("stalled peer", { ...pressed });
  return await newcomer("beside a peer that does not read its answers", job);
}

async function newcomer(where: string, { stage, patience }: Job): Promise<Finding | null> {
  const session = await stage.open(patience.full);
  try {
    const play = await stage.play(session, stage.plain, "subject", patience.full);
    const finding = judgePlay(play, { contract: stage.contract });
    return finding && { ...finding, detail: `${where}: ${finding.detail}` };
  } finally {
    await session?.[Symbol.asyncDispose]();
  }
}
