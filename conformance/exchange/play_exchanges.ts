import type { LearntPatience } from "../campaign/patience.ts";
import type { Deliveries } from "../strategy/deliveries.ts";
import { LINGER_MS } from "./exchange_session.ts";
import type { ExchangeStage, ExchangeTrial } from "./exchange_stage.ts";
import { type Examined, examineExchange } from "./examine_exchange.ts";
import type { Exchange, ExchangePlay } from "./oracle.ts";

/** Failures that did not repeat, after which a case is given up. */
const MOST_DOUBTS = 3;

/** What came of the deliveries of one case. */
export interface ExchangeTally {
  /** Deliveries that passed. */
  passed: number;
  /** Deliveries that passed with every edge proven. */
  proven: number;
  /** Cuts of all deliveries that were judged. */
  readonly edges: { proven: number; requested: number };
  /** Failures that did not repeat. */
  doubts: number;
  /** Why nothing can be said any more: the control fails by now as well. */
  unsteady?: string;
  /** Whether the time was over before all was played. */
  outOfTime: boolean;
  /** The failure, if one was confirmed. */
  confirmed?: Examined & { outcome: "confirmed" };
}

/** What playing the deliveries of a case needs. */
export interface PlayExchangesOptions {
  /** Which deliveries are played, by index, and in which order. */
  readonly order: readonly number[];
  /** How long to wait. */
  readonly patience: LearntPatience;
  /** When to stop, in ms of the run. */
  readonly deadlineMs: number;
  /** Most time for making a failure small, in ms. */
  readonly shrinkMs: number;
}

/** Plays deliveries, each on a connection of its own, and stops at the first failure that repeats. */
export async function playExchanges(
  stage: ExchangeStage,
  exchange: Exchange,
  { deliveries, liveness = false }: {
    readonly deliveries: Deliveries;
    readonly liveness?: boolean;
  },
  { order, patience, deadlineMs, shrinkMs }: PlayExchangesOptions,
): Promise<ExchangeTally> {
  const tally: ExchangeTally = {
    passed: 0,
    proven: 0,
    edges: { proven: 0, requested: 0 },
    doubts: 0,
    outOfTime: false,
  };
  for (const index of order) {
    if (stage.now() > deadlineMs && tally.passed > 0) {
      tally.outOfTime = true;
      break;
    }
    const delivery = deliveries.at(index);
    const trial = await stage.trial(delivery, exchange, {
      patience: { ...patience.usual, lingerMs: LINGER_MS },
      liveness,
    });
    if (trial.finding === null) {
      count(tally, trial.play);
      continue;
    }
    const examined = await examineExchange(stage, exchange, delivery, {
      patience,
      liveness,
      shrinkMs,
    });
    if (examined.outcome === "confirmed") tally.confirmed = examined;
    if (examined.outcome === "unsteady") tally.unsteady = examined.detail;
    if (examined.outcome !== "doubted") break;
    // A slow one was right when it was given more time.
    if (isSlow(trial)) tally.passed++;
    else if (++tally.doubts === MOST_DOUBTS) break;
  }
  return tally;
}

/** Whether what is missing may still have been under way. */
function isSlow({ finding }: ExchangeTrial): boolean {
  return finding?.cause === "HANG" || finding?.cause === "LATE";
}

function count(tally: ExchangeTally, play: ExchangePlay): void {
  const { requested, proven } = edgesOfExchange(play);
  tally.passed++;
  if (proven === requested) tally.proven++;
  tally.edges.proven += proven;
  tally.edges.requested += requested;
}

/**
 * How many edges a play was asked for, and how many of them are proven. Cuts behind the place where the target closed,
 * as it does in the control, are not asked for.
 */
export function edgesOfExchange(
  { chunks, delivery }: ExchangePlay,
): { requested: number; proven: number } {
  const { length } = delivery.stimulus.bytes;
  const inner = chunks.filter(({ end, edge }) => end < length && edge !== "gone");
  return { requested: inner.length, proven: inner.filter(({ edge }) => edge === "proven").length };
}
