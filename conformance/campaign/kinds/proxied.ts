import { concat } from "@std/bytes/concat";
import type { PlanOf } from "../../cases/case.ts";
import { TRIAL_RULES } from "../../judge/trial_rules.ts";
import { parseChunking } from "../../proxy/parse_chunking.ts";
import { ProxiedTarget } from "../../proxy/proxied_target.ts";
import { readStimulus } from "../../stimulus/read_stimulus.ts";
import type { Deliveries } from "../../strategy/deliveries.ts";
import { deliver, keptApart } from "../../strategy/delivery.ts";
import { type Confirmed, examine } from "../examine.ts";
import { HarnessFaultError } from "../harness_fault_error.ts";
import { type Job, timeFor } from "../job.ts";
import { broken, counterexampleOf, type Outcome } from "../outcome.ts";
import { playDeliveries, type Tally } from "../play_deliveries.ts";

/** What came of all rules of a case. */
interface Sum {
  passed: number;
  doubts: number;
  outOfTime: boolean;
  bytes: number;
  readonly edges: { proven: number; requested: number };
}

/**
 * Leads connections through our own proxy, once for each rule. What comes back is judged as everywhere, and what went
 * through is compared with what came out.
 *
 * @throws {HarnessFaultError} if the proxy changed, lost or moved a byte.
 */
export async function carryOutProxied(plan: PlanOf<"proxied">, job: Job): Promise<Outcome> {
  const sum: Sum = {
    passed: 0,
    doubts: 0,
    outOfTime: false,
    bytes: 0,
    edges: { proven: 0, requested: 0 },
  };
  const deliveries = plan.recorded === undefined
    ? plan.deliveries
    : await recordedDeliveries(plan.recorded, job);
  if (deliveries === null) {
    return { verdict: "INCONCLUSIVE", detail: "the traffic to record was not answered" };
  }
  const total = plan.soakMs === undefined ? deliveries.count * plan.rules.length : 0;
  for (const rule of plan.rules) {
    const { tally, confirmed } = await throughRule(rule, deliveries, plan, job, sum);
    sum.passed += tally.passed;
    sum.doubts += tally.doubts;
    sum.outOfTime ||= tally.outOfTime;
    const { edges, passed } = sum;
    if (confirmed !== null) {
      const counterexample = counterexampleOf(confirmed.delivery, confirmed.play);
      return broken(job.one.level, confirmed.finding, {
        deliveries: { played: passed + 1, total: Math.max(total, passed + 1) },
        edges,
        ...(counterexample ? { counterexample } : {}),
      });
    }
    if (sum.outOfTime && plan.soakMs === undefined) break;
  }
  return { ...counts(sum, total), ...verdictOf(sum, total) };
}

function counts({ passed, doubts, edges }: Sum, total: number): Partial<Outcome> {
  const played = passed + doubts;
  return { deliveries: { played, total: Math.max(total, played) }, edges };
}

function verdictOf({ passed, doubts, outOfTime, bytes }: Sum, total: number): Outcome {
  if (doubts > 0) {
    const detail = `${doubts} deliveries failed, but not three times in a row`;
    return { verdict: "INCONCLUSIVE", detail };
  }
  const detail = `${passed} deliveries through the proxy, ${bytes} bytes, hashes equal`;
  if (outOfTime && total > 0) {
    return { verdict: "INFO", detail: `time budget: ${passed} of ${total}: ${detail}` };
  }
  return { verdict: "PASS", detail };
}

/** Plays everything with one rule. A failure is looked at without the proxy, with the cuts that the proxy made. */
async function throughRule(
  rule: string,
  deliveries: Deliveries,
  { soakMs }: PlanOf<"proxied">,
  job: Job,
  sum: Sum,
): Promise<{ tally: Tally; confirmed: Confirmed | null }> {
  const { stage, patience, apart } = job;
  const time = timeFor(job);
  const deadlineMs = soakMs === undefined
    ? time.deadlineMs
    : Math.min(time.deadlineMs, stage.now() + soakMs);
  const options = { ...time, deadlineMs, patience, apart };
  const tally = await throughProxy(
    rule,
    job,
    sum,
    () => playDeliveries(stage, { kind: "deliveries", packed: true, deliveries }, options),
  );
  if (tally.confirmed === null) return { tally, confirmed: null };
  const { finding, delivery } = tally.confirmed;
  const seen = `through the proxy, cut by ${rule}: ${finding.detail}`;
  const cuts = await cutsOf(rule, delivery, job, sum);
  const direct = deliver(delivery.stimulus, cuts, { waits: delivery.waits, end: delivery.end });
  const confirmed = await examine(stage, [direct], {
    patience,
    shrinkMs: time.shrinkMs,
    judge: TRIAL_RULES.answers,
    skips: false,
    resets: false,
    normal: apart ? keptApart : (one) => one,
  });
  if (confirmed !== null) return { tally, confirmed };
  return { tally, confirmed: { delivery: direct, finding: { ...finding, detail: seen } } };
}

/** The cuts that the proxy makes in this delivery on a fresh connection, those of the delivery among them. */
async function cutsOf(
  rule: string,
  delivery: Confirmed["delivery"],
  job: Job,
  sum: Sum,
): Promise<number[]> {
  const { length } = delivery.stimulus.bytes;
  const cuts = await throughProxy(rule, job, sum, async (proxied) => {
    await job.stage.trial(delivery, job.patience.repeat, { role: "shrink" });
    return proxied.through[0]?.cuts ?? [];
  });
  return [...new Set([...cuts, ...delivery.cuts])].filter((cut) => cut < length)
    .sort((a, b) => a - b);
}

/** Records one conversation through a proxy that leaves it alone; null when it was not answered. */
async function recordedDeliveries(
  { traffic, again }: NonNullable<PlanOf<"proxied">["recorded"]>,
  job: Job,
): Promise<Deliveries | null> {
  const { stage, patience } = job;
  const recorded = await throughProxy("none", job, undefined, async (proxied) => {
    const trial = await stage.trial(traffic, patience.usual);
    const right = TRIAL_RULES.answers(trial, stage.contract, false) === null;
    return right ? concat(proxied.through[0]?.chunks ?? []) : null;
  });
  if (recorded === null) return null;
  const { length } = traffic.stimulus.bytes;
  return again(readStimulus(stage.contract, recorded.subarray(0, length)));
}

async function throughProxy<Result>(
  rule: string,
  { one, stage, options: { seed } }: Job,
  sum: Sum | undefined,
  work: (proxied: ProxiedTarget) => Promise<Result>,
): Promise<Result> {
  const { framing } = stage.contract;
  const proxied = new ProxiedTarget(stage.target, {
    chunking: parseChunking(rule, framing),
    framing,
    seed,
    probe: stage.probe,
    now: stage.now,
  });
  let result: Result;
  try {
    result = await stage.through({ target: proxied, probe: proxied }, () => work(proxied));
  } finally {
    await proxied[Symbol.asyncDispose]();
  }
  const { sums: { up, down }, opaque } = proxied;
  if (opaque.length > 0) {
    throw new HarnessFaultError(`The proxy of case ${one.id} (${rule}) changed what went through`);
  }
  stage.note("proxy", {
    rule,
    bytesUp: up.bytes,
    chunksUp: up.chunks,
    provenUp: up.proven,
    bytesDown: down.bytes,
    chunksDown: down.chunks,
  });
  if (sum !== undefined) {
    sum.bytes += up.bytes + down.bytes;
    sum.edges.proven += up.proven;
    sum.edges.requested += up.chunks;
  }
  return result;
}
