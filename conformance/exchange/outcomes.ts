/**
 * What came of a case, in the words of a result.
 * @module
 */
import { broken, counterexampleOf, type Outcome } from "../campaign/outcome.ts";
import type { Counterexample } from "../campaign/result.ts";
import type { EdgeProbe } from "../edge/edge_probe.ts";
import type { Level } from "../stimulus/level.ts";
import type { Delivery } from "../strategy/delivery.ts";
import type { ExchangePlan } from "./exchange_case.ts";
import type { ExchangeStage } from "./exchange_stage.ts";
import type { ExchangeTally } from "./play_exchanges.ts";

/** Of deliveries: the failure, the doubts, or how much was covered. */
export function deliveriesOutcome(
  tally: ExchangeTally,
  { deliveries: { count: total }, covers, set }: ExchangePlan & { kind: "deliveries" },
  { level, isSample }: { readonly level: Level; readonly isSample: boolean },
): Outcome {
  const { passed, proven, edges, confirmed } = tally;
  const counts = {
    deliveries: { played: passed + (confirmed === undefined ? tally.doubts : 1), total },
    edges,
    ...(covers === undefined
      ? {}
      : { certificate: { covers, proven, passed, total, ...(set ? { set } : {}) } }),
  };
  return { ...counts, ...verdictOf(tally, { level, isSample, total }) };
}

/** Of so many controls that all came to the same. */
export function controlOutcome(total: number): Outcome {
  return { verdict: "PASS", detail: "alike each time", deliveries: { played: total, total } };
}

/** Of how edges are watched. */
export function edgesOutcome(
  { method, reason }: Pick<EdgeProbe, "method" | "reason">,
  strict: boolean,
): Outcome {
  const how = method === "none" ? "edges are assumed" : `edges are proven by ${method}`;
  const detail = reason === "" ? how : `${how}: ${reason}`;
  return { verdict: method !== "none" ? "PASS" : strict ? "INCONCLUSIVE" : "INFO", detail };
}

/** Of new connections after hostile deliveries. */
export function livenessOutcome(
  { liveness: { alive, total }, target: { restarts } }: Pick<ExchangeStage, "liveness" | "target">,
): Outcome {
  if (total === 0) return { verdict: "INFO", detail: "there was no hostile delivery" };
  const served = `${alive} of ${total} new connections served`;
  const deliveries = { played: total, total };
  if (restarts > 0) {
    const detail = `${served}; the target had to be started again ${restarts} times`;
    return { verdict: "FAIL", cause: "CRASH", detail, deliveries };
  }
  return alive < total
    ? { verdict: "FAIL", cause: "HANG", detail: served, deliveries }
    : { verdict: "PASS", detail: served, deliveries };
}

function verdictOf(
  { confirmed, unsteady, doubts, outOfTime, passed, edges }: ExchangeTally,
  { level, isSample, total }: {
    readonly level: Level;
    readonly isSample: boolean;
    readonly total: number;
  },
): Outcome {
  if (confirmed !== undefined) {
    const { finding, delivery, play } = confirmed;
    const counterexample = exampleOf(delivery, play);
    return broken(level, finding, counterexample ? { counterexample } : {});
  }
  if (unsteady !== undefined) {
    const detail = `a delivery failed, but so does the unsplit stream by now: ${unsteady}`;
    return { verdict: "INCONCLUSIVE", detail };
  }
  if (doubts > 0) {
    const detail = `${doubts} deliveries failed, but not three times in a row`;
    return { verdict: "INCONCLUSIVE", detail };
  }
  if (outOfTime || isSample) {
    const why = outOfTime ? "time budget: " : "";
    const detail = `${why}${passed} of ${total} deliveries played, all of them right`;
    return { verdict: "INFO", detail };
  }
  const { proven, requested } = edges;
  const detail = proven < requested
    ? `${proven} of ${requested} edges proven, the others assumed`
    : "";
  return { verdict: "PASS", detail };
}

/** The delivery as plain data; bytes whose framing is unknown are drawn request by request. */
function exampleOf(delivery: Delivery, play?: number): Counterexample | undefined {
  const example = counterexampleOf(delivery, play);
  if (example === undefined || example.frames.length > 0) return example;
  let start = 0;
  const frames = delivery.stimulus.parts.map(({ wire }) => {
    const from = start;
    return { start: from, end: start += wire.length };
  });
  return { ...example, frames };
}
