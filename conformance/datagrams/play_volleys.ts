import type { LearntPatience } from "../campaign/patience.ts";
import type { Cause, Finding } from "../judge/verdict.ts";
import type { Patience } from "../player/session.ts";
import type { Deliveries } from "../strategy/deliveries.ts";
import type { Delivery } from "../strategy/delivery.ts";
import type { DatagramStage, DatagramTrial } from "./datagram_stage.ts";
import { smallerVolley } from "./smaller_volley.ts";
import type { DatagramFraming } from "./volley.ts";

/** How often a failure has to repeat before the target is blamed. */
const REPEATS = 3;
/** Failures that did not repeat, after which a case is given up. */
const MOST_DOUBTS = 3;
/** Causes that a datagram which was lost on the way explains as well. */
const SILENT: readonly Cause[] = ["LOST", "HANG"];

/** A failure that repeated, in its smallest form. */
export interface ConfirmedVolley {
  /** What is wrong. */
  readonly finding: Finding;
  /** What it takes to see it. */
  readonly delivery: Delivery;
  /** Number of the play in which it was seen last. */
  readonly play?: number;
}

/** What came of the volleys of one case. */
export interface VolleyTally {
  /** Volleys that passed, each by its number. */
  readonly passed: Set<number>;
  /** Those of them of which every datagram is proven to have been read. */
  readonly proven: Set<number>;
  /** Datagrams of all volleys that were judged. */
  readonly edges: { proven: number; requested: number };
  /** Failures that did not repeat. */
  doubts: number;
  /** Silence behind datagrams that may have been lost on the way. */
  unsure: number;
  /** Whether the time was over before all was played. */
  outOfTime: boolean;
  /** The failure, if one was confirmed. */
  confirmed?: ConfirmedVolley;
}

/** What playing the volleys of a case needs. */
export interface PlayVolleysOptions {
  /** How long to wait. */
  readonly patience: LearntPatience;
  /** Numbers of the volleys to play. */
  readonly order: Iterable<number>;
  /** When to stop, in ms of the run. */
  readonly deadlineMs: number;
  /** Most time for making a failure small, in ms. */
  readonly shrinkMs: number;
  /** A plain message, for telling whether a target that is silent answers anybody. */
  readonly plain: Delivery;
  /** How messages are found. */
  readonly framing: DatagramFraming;
}

/** Plays volleys one after the other from the same sockets, and stops at the first failure that repeats. */
export async function playVolleys(
  stage: DatagramStage,
  volleys: Deliveries,
  options: PlayVolleysOptions,
): Promise<VolleyTally> {
  const tally: VolleyTally = {
    passed: new Set(),
    proven: new Set(),
    edges: { proven: 0, requested: 0 },
    doubts: 0,
    unsure: 0,
    outOfTime: false,
  };
  const { patience, deadlineMs } = options;
  await stage.renew();
  let before: Delivery | undefined;
  const order = [...options.order], last = order.at(-1);
  for (const index of order) {
    if (stage.now() > deadlineMs && tally.passed.size > 0) {
      tally.outOfTime = true;
      break;
    }
    const delivery = volleys.at(index);
    const trial = await stage.trial(delivery, {
      ...patience.full,
      // What is too much shows in the next volley; behind the last one it is waited for.
      quietMs: index === last ? patience.full.quietMs : 0,
    }, "packed");
    if (trial.finding === null) {
      count(tally, index, trial);
      before = delivery;
      continue;
    }
    if (await examine(stage, delivery, before, options, tally, index)) return tally;
    await stage.renew();
    before = undefined;
  }
  return tally;
}

/** Looks into a failure; true when nothing more has to be played. */
async function examine(
  stage: DatagramStage,
  delivery: Delivery,
  before: Delivery | undefined,
  options: PlayVolleysOptions,
  tally: VolleyTally,
  index: number,
): Promise<boolean> {
  // What is too much may have been answered to the volley before.
  let found = await confirm(stage, delivery, options);
  if (typeof found === "string" && before !== undefined) {
    const earlier = await confirm(stage, before, options);
    if (typeof earlier !== "string") found = earlier;
  }
  if (found === "lost") {
    tally.unsure++;
    return tally.unsure >= MOST_DOUBTS;
  }
  if (found === "right") {
    // A slow one was right when it was given more time; nothing else is forgiven.
    tally.doubts++;
    return tally.doubts >= MOST_DOUBTS;
  }
  tally.confirmed = await small(stage, found, options);
  tally.passed.delete(index);
  return true;
}

/** Whether a volley fails three times of three from fresh sockets; else `right`, or `lost` when nobody knows. */
async function confirm(
  stage: DatagramStage,
  delivery: Delivery,
  { patience, plain }: PlayVolleysOptions,
): Promise<ConfirmedVolley | "right" | "lost"> {
  let last: DatagramTrial | undefined;
  for (let i = 1; i <= REPEATS; i++) {
    const decides = i === REPEATS && SILENT.some((cause) => cause === last?.finding?.cause);
    await stage.renew();
    last = await stage.trial(delivery, decides ? patience.full : patience.repeat, "subject");
    if (last.finding === null) return "right";
    if (SILENT.includes(last.finding.cause) && !last.arrived) return "lost";
  }
  if (last?.finding === null || last === undefined) return "right";
  const { play: { number }, finding } = last;
  const confirmed = { delivery, ...(number === undefined ? {} : { play: number }) };
  if (finding.cause !== "LOST") return { ...confirmed, finding };
  patience.silenceSeen();
  await stage.renew();
  const behind = await stage.trial(plain, patience.full, "follow-up");
  if (behind.finding?.cause !== "LOST") return { ...confirmed, finding };
  const detail = `${finding.detail}; nor is a plain message of a new peer answered by now`;
  return { ...confirmed, finding: { cause: "HANG", detail } };
}

/** The failure with fewer datagrams, in a simpler order, with shorter payloads, as far as the time reaches. */
async function small(
  stage: DatagramStage,
  found: ConfirmedVolley,
  options: PlayVolleysOptions,
): Promise<ConfirmedVolley> {
  const deadline = stage.now() + options.shrinkMs;
  const brisk: Patience = options.patience.brisk;
  const smaller = await smallerVolley(found.delivery, options.framing, {
    hasTime: () => stage.now() < deadline,
    async stillFails(candidate) {
      await stage.renew();
      const { finding } = await stage.trial(candidate, brisk, "shrink");
      return finding?.cause === found.finding.cause;
    },
  });
  if (smaller === found.delivery) return found;
  const again = await confirm(stage, smaller, options);
  return typeof again !== "string" && again.finding.cause === found.finding.cause ? again : found;
}

function count(tally: VolleyTally, index: number, { play: { chunks } }: DatagramTrial): void {
  const proven = chunks.filter(({ edge }) => edge === "proven").length;
  tally.passed.add(index);
  if (proven === chunks.length) tally.proven.add(index);
  tally.edges.requested += chunks.length;
  tally.edges.proven += proven;
}
