import type { Delivery } from "../strategy/delivery.ts";
import type { Exchange } from "./oracle.ts";
import { upTo } from "./stimuli.ts";

/** How a delivery is made small. */
export interface SmallerOptions {
  /** Tells whether a delivery still fails in the same way. */
  readonly stillFails: (delivery: Delivery) => Promise<boolean>;
  /** Tells whether there is time for another try. */
  readonly hasTime: () => boolean;
}

/**
 * The smallest delivery found that still fails: without the requests behind the one that fails, and with as few cuts
 * as possible. Cuts at which an answer is awaited stay: without them it would be another conversation.
 */
export async function smaller(
  failing: Delivery,
  { seams }: Pick<Exchange, "seams">,
  { stillFails, hasTime }: SmallerOptions,
): Promise<Delivery> {
  let best = failing;
  /** Takes the first candidate that still fails. */
  const improve = async (candidates: (from: Delivery) => Iterable<Delivery>) => {
    for (const candidate of candidates(best)) {
      if (!hasTime()) return false;
      if (!await stillFails(candidate)) continue;
      best = candidate;
      return true;
    }
    return false;
  };
  await improve((from) => fewerRequests(from, seams));
  await improve(oneCut);
  while (await improve(fewerCuts));
  return best;
}

/** Up to the first seam, up to the second one, … */
function* fewerRequests(from: Delivery, seams: readonly number[]): Generator<Delivery> {
  const { length } = from.stimulus.bytes;
  for (const seam of seams) if (seam < length) yield upTo(from, seam, from.end);
}

/** Each single cut alone: mostly one is to blame. */
function* oneCut(from: Delivery): Generator<Delivery> {
  const kept = from.cuts.filter((at) => from.waits.includes(at));
  const free = from.cuts.filter((at) => !from.waits.includes(at));
  if (free.length < 2) return;
  for (const at of free) yield { ...from, cuts: [...kept, at].sort((a, b) => a - b) };
}

/** Without all cuts, without half of them, …, without each single one. */
function* fewerCuts(from: Delivery): Generator<Delivery> {
  const kept = from.cuts.filter((at) => from.waits.includes(at));
  const free = from.cuts.filter((at) => !from.waits.includes(at));
  for (let size = free.length; size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < free.length; at += size) {
      const cuts = [...kept, ...free.slice(0, at), ...free.slice(at + size)];
      yield { ...from, cuts: cuts.sort((a, b) => a - b) };
    }
  }
}
