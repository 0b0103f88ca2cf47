import type { PlanOf } from "../../cases/case.ts";
import { isInShard } from "../../shard/shard.ts";
import { isControl, type Job, timeFor } from "../job.ts";
import { broken, counterexampleOf, type Outcome } from "../outcome.ts";
import { playDeliveries, type Tally } from "../play_deliveries.ts";

/** Plays deliveries and judges each. */
export async function carryOutDeliveries(
  wanted: PlanOf<"deliveries">,
  job: Job,
): Promise<Outcome> {
  const { one, stage, patience, options: { shard }, apart } = job;
  const plan = await possible(wanted, job);
  const total = plan.deliveries.count;
  if (total === 0) return { verdict: "UNSUPPORTED", detail: "there is nothing to deliver" };
  const control = isControl(one);
  const tally = await playDeliveries(stage, plan, {
    patience,
    ...timeFor(job),
    apart,
    ...(control ? {} : { isHere: (index) => isInShard(shard, one.id, index) }),
  });
  if (control) patience.learn(tally.slowestMs);
  const { covers, set, judge } = plan;
  const { proven, passed, edges } = tally;
  return {
    deliveries: { played: passed + (tally.confirmed === null ? tally.doubts : 1), total },
    edges,
    ...(covers === undefined ? {} : {
      certificate: {
        covers,
        proven,
        passed,
        total,
        ...(set ? { set } : {}),
        ...(judge ? { judge } : {}),
      },
    }),
    ...verdictOf(tally, job, total),
  };
}

/** The plan as far as the target can take it: where it serves one connection after the other, nothing is together. */
async function possible(
  plan: PlanOf<"deliveries">,
  { stage, patience }: Job,
): Promise<PlanOf<"deliveries">> {
  const { together = 1, few, ...alone } = plan;
  if (together === 1 || await stage.servesTogether(patience.usual)) return plan;
  if (few === undefined) return alone;
  const { covers: _, set: __, ...rest } = alone;
  return { ...rest, deliveries: few };
}

function verdictOf(tally: Tally, { one }: Job, total: number): Outcome {
  if (tally.confirmed !== null) {
    const { finding, delivery, play } = tally.confirmed;
    const counterexample = counterexampleOf(delivery, play);
    return broken(one.level, finding, counterexample && { counterexample });
  }
  if (tally.doubts > 0) {
    const detail = `${tally.doubts} deliveries failed, but not three times in a row`;
    return { verdict: "INCONCLUSIVE", detail };
  }
  if (tally.outOfTime) {
    return {
      verdict: "INFO",
      detail: `time budget: ${tally.passed} of ${total} deliveries played, all of them right`,
    };
  }
  const { proven, requested } = tally.edges;
  const detail = proven < requested
    ? `${proven} of ${requested} edges proven, the others assumed`
    : "";
  return { verdict: "PASS", detail };
}
