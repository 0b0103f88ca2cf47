/**
 * Strategies: where to cut a stream. A plan knows how many cut lists it has and makes each one when asked, so that
 * millions of them cost no memory and "k of K" is a fact, not a guess.
 * @module
 */
import type { CoveredSet } from "./covered_set.ts";
import type { RandomStream } from "../stimulus/random_stream.ts";

/** Offsets at which a stream is cut, rising, each between the first and the last byte. */
export type Cuts = readonly number[];

/** A counted set of cut lists. */
export interface CutPlan {
  /** What it covers, as in "all single cuts". */
  readonly name: string;
  /** The same as a rule, where there is one. */
  readonly set?: CoveredSet;
  /** How many cut lists there are. */
  readonly count: number;
  /** Cut list `index`, 0 to `count` − 1. */
  at(index: number): Cuts;
}

/** Every single cut of `length` bytes. */
export function singleCuts(length: number): CutPlan {
  const set = { kind: "singles", length } as const;
  return { name: "all single cuts", set, count: Math.max(0, length - 1), at: (i) => [i + 1] };
}

/** Every pair of cuts of `length` bytes: (n − 1)(n − 2) / 2. */
export function cutPairs(length: number): CutPlan {
  const places = Math.max(0, length - 1);
  return {
    name: "all pairs of cuts",
    set: { kind: "pairs", length },
    count: places * (places - 1) / 2,
    // Pairs in order of the upper cut: upper 1 has one pair (index 0), upper 2 has two (1 and 2), and so on.
    at(i) {
      let upper = Math.floor((1 + Math.sqrt(1 + 8 * i)) / 2);
      if (upper * (upper - 1) / 2 > i) upper--;
      return [i - upper * (upper - 1) / 2 + 1, upper + 1];
    },
  };
}

/** Every subset of `places`, the empty one included: 2^k cut lists. At most 20 places. */
export function subsets(places: Cuts): CutPlan {
  if (places.length > 20) throw new RangeError(`Cannot plan 2^${places.length} cut lists`);
  return {
    name: `all 2^${places.length} sets of cuts among ${places.length} places`,
    set: { kind: "subsets", places },
    count: 2 ** places.length,
    at: (i) => places.filter((_, bit) => ((i >> bit) & 1) === 1),
  };
}

/** One cut list: a chunk of `stride` bytes after the other. Stride 1 is the byte drip. */
export function stride(length: number, stride: number): Cuts {
  const cuts: number[] = [];
  for (let at = stride; at < length; at += stride) cuts.push(at);
  return cuts;
}

/** The given cut lists, sorted, without doubles and places outside of `length` bytes. */
export function listed(name: string, length: number, lists: readonly Cuts[]): CutPlan {
  const kept = new Map<string, Cuts>();
  for (const list of lists) {
    const cuts = [...new Set(list)].filter((at) => at > 0 && at < length).sort((a, b) => a - b);
    if (cuts.length > 0) kept.set(cuts.join(), cuts);
  }
  const all = [...kept.values()];
  return { name, count: all.length, at: (i) => all[i] ?? [] };
}

/**
 * `count` random cut lists of 1 to 8 cuts; every second cut is within two bytes of one of `edges`, where decoders
 * change their state.
 */
export function randomCuts(
  length: number,
  count: number,
  random: RandomStream,
  edges: Cuts,
): CutPlan {
  const lists = Array.from(
    { length: count },
    () =>
      Array.from(
        { length: 1 + random.below(8) },
        () =>
          edges.length > 0 && random.below(2) === 0
            ? random.pick(edges) + random.below(5) - 2
            : 1 + random.below(length - 1),
      ),
  );
  return listed("random cuts", length, lists);
}

/**
 * The indices 0 to `count` − 1, each once, in steps of about the golden ratio: whenever a run has to stop early, what
 * it has done is spread over the whole set. Starts in the middle.
 */
export function* spread(count: number): Generator<number> {
  let step = Math.max(1, Math.round(count * 0.6180339887));
  while (gcd(step, count) !== 1) step++;
  for (let i = 0, at = Math.floor(count / 2); i < count; i++, at = (at + step) % count) yield at;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
