import type { CoveredSet } from "../strategy/covered_set.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { coveredVolleys } from "./covered_volleys.ts";
import type { PassingPlay } from "./passing_plays.ts";

/** How many members of a set there are, and how many of them were played and right, with or without proof. */
export interface Covered {
  /** Members that passed with every edge proven. */
  readonly proven: number;
  /** Members that passed. */
  readonly passed: number;
  /** All members. */
  readonly total: number;
}

/**
 * Counts the members of `set` among what was played and right. Each member is looked for by itself: what was played
 * twice counts once, and what is no member does not count.
 */
export function coveredOf(set: CoveredSet, plays: readonly PassingPlay[]): Covered {
  if (set.kind === "each") return sumOf(set.sets, plays);
  if (set.kind === "ends") return endsOf(set, plays);
  if (set.kind === "orders" || set.kind === "losses" || set.kind === "lengths") {
    return coveredVolleys(set, plays);
  }
  const streams = byStream(plays).map((own) => countCuts(set, own));
  return streams.reduce(better, { proven: 0, passed: 0, total: membersOf(set).length });
}

/** Each set has a stream of its own: the one of those left that covers most of it. */
function sumOf(sets: readonly CoveredSet[], plays: readonly PassingPlay[]): Covered {
  const left = byStream(plays);
  const sum = { proven: 0, passed: 0, total: 0 };
  for (const set of sets) {
    const found = left.map((own) => coveredOf(set, own));
    const best = found.reduce(better, coveredOf(set, []));
    const at = found.indexOf(best);
    if (at >= 0) left.splice(at, 1);
    sum.proven += best.proven;
    sum.passed += best.passed;
    sum.total += best.total;
  }
  return sum;
}

function better(a: Covered, b: Covered): Covered {
  return b.proven > a.proven || b.proven === a.proven && b.passed > a.passed ? b : a;
}

/** The stream ends at each offset: a stream of so many bytes, and the others are longer or beginnings of it. */
function endsOf(set: CoveredSet & { kind: "ends" }, plays: readonly PassingPlay[]): Covered {
  const ending = plays.filter(({ play }) => play.delivery.end === set.end);
  const whole = ending.map(({ play }) => play.delivery.stimulus.bytes)
    .reduce((a, b) => b.length > a.length ? b : a, new Uint8Array(0));
  const passed = new Set<number>(), proven = new Set<number>();
  for (const { play, proven: isProven } of ending) {
    const { bytes } = play.delivery.stimulus;
    if (!bytes.every((byte, i) => byte === whole[i])) continue;
    passed.add(bytes.length);
    if (isProven) proven.add(bytes.length);
  }
  const offsets = [...new Set(set.offsets)];
  return {
    proven: offsets.filter((at) => proven.has(at)).length,
    passed: offsets.filter((at) => passed.has(at)).length,
    total: offsets.length,
  };
}

/** Sets whose deliveries differ in their cuts. */
type CutSet = CoveredSet & { kind: "singles" | "pairs" | "subsets" };

/** Counts the cut lists of a set among the plays of one stream. */
function countCuts(set: CutSet, plays: readonly PassingPlay[]): Covered {
  const stimulus = plays[0]?.play.delivery.stimulus;
  const members = membersOf(set);
  if (stimulus === undefined || set.kind !== "subsets" && stimulus.bytes.length !== set.length) {
    return { proven: 0, passed: 0, total: members.length };
  }
  const passed = new Set<string>(), proven = new Set<string>();
  for (const { play: { delivery }, proven: isProven } of plays) {
    if (!isFramedAs(set, delivery)) continue;
    const key = keyOf(delivery.cuts, delivery.waits);
    passed.add(key);
    if (isProven) proven.add(key);
  }
  // Where a target takes frames only one by one, cuts and waits stand between them all in every delivery.
  const { seams } = stimulus;
  const isIn = (keys: ReadonlySet<string>, cuts: readonly number[]) =>
    keys.has(keyOf(cuts, [])) || keys.has(keyOf(union(cuts, seams), seams));
  return {
    proven: members.filter((cuts) => isIn(proven, cuts)).length,
    passed: members.filter((cuts) => isIn(passed, cuts)).length,
    total: members.length,
  };
}

function keyOf(cuts: readonly number[], waits: readonly number[]): string {
  return `${cuts.join()} ${waits.join()}`;
}

/** Whether a delivery has what all of the set have besides their cuts. */
function isFramedAs({ end = "none", stallMs = 0 }: CutSet, delivery: Delivery): boolean {
  return delivery.end === end && (delivery.pace?.stallMs ?? 0) === stallMs;
}

/** All cut lists of a set. */
function membersOf(set: CutSet): number[][] {
  const members: number[][] = [];
  if (set.kind === "subsets") {
    for (let i = 0; i < 2 ** set.places.length; i++) {
      members.push(set.places.filter((_, bit) => ((i >> bit) & 1) === 1));
    }
    return members;
  }
  for (let a = 1; a < set.length; a++) {
    if (set.kind === "singles") members.push([a]);
    else for (let b = a + 1; b < set.length; b++) members.push([a, b]);
  }
  return members;
}

/** The plays of each stream together; streams are the same when their bytes are. */
function byStream(plays: readonly PassingPlay[]): PassingPlay[][] {
  const names = new Map<Uint8Array, string>();
  const streams = new Map<string, PassingPlay[]>();
  for (const one of plays) {
    const { bytes } = one.play.delivery.stimulus;
    const name = names.get(bytes) ?? bytes.join();
    names.set(bytes, name);
    const own = streams.get(name);
    if (own === undefined) streams.set(name, [one]);
    else own.push(one);
  }
  return [...streams.values()];
}

function union(a: readonly number[], b: readonly number[]): number[] {
  return b.length === 0 ? [...a] : [...new Set([...a, ...b])].sort((x, y) => x - y);
}
