import { type CaseResult, conclude } from "../campaign/result.ts";
import type {
  RecordedEnd,
  RecordedPlay,
  RecordedRun,
  RecordedStimulus,
  RunAbout,
} from "../history/recorded.ts";
import type { Verdict } from "../judge/verdict.ts";
import { isEverywhere, NOT_HERE } from "./shard.ts";

/** Histories that do not belong together, or the same shard twice. The message says which. */
export class ShardError extends Error {
  /** The class of the error. */
  override readonly name = "ShardError";
}

/** A run put together from its shards. */
export interface MergedRun {
  /** The run; as if it had been played on one machine, when nothing is missing. */
  readonly run: RecordedRun;
  /** Numbers of the shards that are not there. */
  readonly missing: readonly number[];
}

/**
 * Puts the shards of each run together; runs that are no shards stay as they are, in their order.
 *
 * Shards belong together when version, seed, framing, expectation, limits, what a client is given and number of shards are the same, and the
 * target as well (its port aside, when each machine started its own).
 *
 * @throws {ShardError} if a shard is there twice.
 */
export function mergeShards(runs: readonly RecordedRun[]): MergedRun[] {
  const groups = new Map<string, RecordedRun[]>();
  runs.forEach((run, i) => {
    const key = run.about.shard === undefined ? `${i}` : shardKey(run.about);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [run]);
    else group.push(run);
  });
  return [...groups.values()].map(mergeGroup);
}

function shardKey(about: RunAbout): string {
  const { version, seed, framing, expect, maxFrame, overLimit, atEof, halfClose, shard } = about;
  const { target, pid, asked = [], answer, input, sends } = about;
  const where = pid === undefined ? target : target.replace(/:\d+$/, "");
  const settings = [
    version,
    seed,
    framing,
    expect,
    maxFrame,
    overLimit,
    atEof,
    halfClose,
    shard?.of,
    answer,
    input,
    sends,
  ];
  return JSON.stringify([...settings, where, asked]);
}

function mergeGroup(group: readonly RecordedRun[]): MergedRun {
  const [first, ...others] = [...group].sort((a, b) => indexOf(a) - indexOf(b));
  if (first === undefined) throw new ShardError("There is nothing to merge");
  const of = first.about.shard?.of;
  if (of === undefined) return { run: first, missing: [] };
  const shards = [first, ...others];
  const there = new Set<number>();
  for (const one of shards) {
    const index = indexOf(one);
    if (there.has(index)) {
      throw new ShardError(`Shard ${index}/${of} of seed ${one.about.seed} is there twice`);
    }
    there.add(index);
  }
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((i) => !there.has(i));
  return { run: joined(first, shards), missing };
}

function indexOf(run: RecordedRun): number {
  return run.about.shard?.index ?? 0;
}

/** One history behind the other, everything numbered on. */
function joined(first: RecordedRun, shards: readonly RecordedRun[]): RecordedRun {
  const stimuli = new Map<number, RecordedStimulus>();
  const plays: RecordedPlay[] = [];
  const results: CaseResult[] = [];
  let connections = 0;
  for (const shard of shards) {
    const before = { stimuli: stimuli.size, plays: plays.length, connections };
    for (const stimulus of shard.stimuli.values()) {
      const number = before.stimuli + stimulus.number;
      stimuli.set(number, { ...stimulus, number });
    }
    for (const play of shard.plays) {
      const connection = before.connections + play.connection;
      connections = Math.max(connections, connection);
      plays.push({
        ...play,
        connection,
        number: before.plays + play.number,
        stimulus: before.stimuli + play.stimulus,
      });
    }
    results.push(...shard.cases.map((one) => withPlayMoved(one, before.plays)));
  }
  const { shard: _shard, ...about } = first.about;
  const cases = mergedCases(results);
  const end = mergedEnd(shards, cases, about);
  return {
    about,
    cases,
    stimuli,
    plays,
    notes: shards.flatMap(({ notes }) => notes),
    ...(end === null ? {} : { end }),
  };
}

function withPlayMoved(one: CaseResult, by: number): CaseResult {
  const { counterexample } = one;
  if (counterexample?.play === undefined) return one;
  return { ...one, counterexample: { ...counterexample, play: counterexample.play + by } };
}

function mergedCases(results: readonly CaseResult[]): CaseResult[] {
  const byId = new Map<string, CaseResult[]>();
  for (const one of results) {
    const list = byId.get(one.id);
    if (list === undefined) byId.set(one.id, [one]);
    else list.push(one);
  }
  return [...byId.values()].flatMap((list) => mergedCase(list) ?? []);
}

/** Worst first. */
const ORDER: readonly Verdict[] = [
  "FAIL",
  "INCONCLUSIVE",
  "NONSTRICT",
  "INFO",
  "PASS",
  "UNSUPPORTED",
];

/** The worst of what the shards found, with what all of them played. Controls are played whole by each. */
function mergedCase(all: readonly CaseResult[]): CaseResult | undefined {
  const here = all.filter(({ detail }) => detail !== NOT_HERE);
  const [worst] = (here.length > 0 ? here : [...all]).sort((a, b) =>
    ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict)
  );
  if (worst === undefined || isEverywhere(worst.id)) return worst;
  const sum = (count: (one: CaseResult) => number) => here.reduce((s, one) => s + count(one), 0);
  const line = here.find(({ certificate }) => certificate !== undefined)?.certificate;
  const certificate = line && {
    ...line,
    proven: sum((one) => one.certificate?.proven ?? 0),
    passed: sum((one) => one.certificate?.passed ?? 0),
  };
  return {
    ...worst,
    deliveries: { played: sum((one) => one.deliveries.played), total: worst.deliveries.total },
    edges: {
      proven: sum((one) => one.edges.proven),
      requested: sum((one) => one.edges.requested),
    },
    ...(certificate ? { certificate } : {}),
    ms: sum((one) => one.ms),
  };
}

/** Null when one of the shards was interrupted. */
function mergedEnd(
  shards: readonly RecordedRun[],
  cases: readonly CaseResult[],
  { asked = [], known = [] }: RunAbout,
): RecordedEnd | null {
  const ends = shards.flatMap(({ end }) => end ?? []);
  const [first] = ends;
  if (first === undefined || ends.length < shards.length) return null;
  const { stale: _stale, stderrTail: _tail, ...rest } = first;
  const stderrTail = ends.find((end) => end.stderrTail !== undefined)?.stderrTail;
  return {
    ...rest,
    edge: ends.find(({ edge }) => edge.method === "none")?.edge ?? first.edge,
    certificate: cases.flatMap(({ certificate }) => certificate ?? []),
    ...conclude(cases, asked, known),
    ms: Math.max(...ends.map(({ ms }) => ms)),
    ...(stderrTail === undefined ? {} : { stderrTail }),
  };
}
