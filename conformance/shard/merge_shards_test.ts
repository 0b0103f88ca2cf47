import { assertEquals, assertThrows } from "@std/assert";
import type { RecordedRun } from "../history/recorded.ts";
import { PASSED } from "../report/testing.ts";
import { recordedResult } from "../report/recorded_result.ts";
import { mergeShards, ShardError } from "./merge_shards.ts";
import { NOT_HERE } from "./shard.ts";

/** A shard in which 1.1 was played in part, with one play of one stimulus. */
function shard(index: number, more: Partial<RecordedRun["about"]> = {}): RecordedRun {
  const about = {
    version: "1",
    seed: 7,
    target: `tcp://127.0.0.1:${7000 + index}`,
    framing: "u8",
    expect: "echo",
    asked: ["1.1", "1.4"],
    pid: 100 + index,
    shard: { index, of: 3 },
    ...more,
  };
  const counterexample = {
    stream: "00",
    cuts: [],
    waits: [],
    end: "none",
    frames: [],
    play: 1,
  } as const;
  return {
    about,
    cases: [
      {
        ...PASSED,
        deliveries: { played: 100, total: 300 },
        certificate: { covers: "c", proven: 100, passed: 100, total: 300 },
      },
      index === 2 ? { ...PASSED, id: "1.4", verdict: "FAIL", cause: "LOST", counterexample } : {
        ...PASSED,
        id: "1.4",
        verdict: "INFO",
        detail: NOT_HERE,
        deliveries: { played: 0, total: 0 },
      },
    ],
    stimuli: new Map([[1, { number: 1, bytes: new Uint8Array(1), length: 1, parts: [] }]]),
    plays: [{
      number: 1,
      case: "1.1",
      role: "packed",
      connection: 2,
      stimulus: 1,
      cuts: [index],
      waits: [],
      end: "none",
      chunks: [],
      reads: [],
      lateAt: [],
      state: "open",
      startedMs: 0,
      finishedMs: 1,
    }],
    notes: [],
    end: {
      verdict: "PASS",
      exitCode: 0,
      edge: { method: "sock_diag", reason: "" },
      certificate: [],
      ms: 10 * index,
    },
  };
}

Deno.test("shards become one run, everything numbered on", () => {
  const [merged, ...others] = mergeShards([shard(3), shard(1), shard(2)]);
  assertEquals([others, merged?.missing], [[], []]);
  const run = merged?.run;
  assertEquals(run?.about.shard, undefined);
  assertEquals(
    run?.plays.map((
      { number, stimulus, connection, cuts },
    ) => [number, stimulus, connection, cuts]),
    [
      [1, 1, 2, [1]],
      [2, 2, 4, [2]],
      [3, 3, 6, [3]],
    ],
  );
  assertEquals([...run?.stimuli.keys() ?? []], [1, 2, 3]);
  const [split, single] = run?.cases ?? [];
  assertEquals(split?.deliveries, { played: 300, total: 300 });
  assertEquals(split?.certificate, { covers: "c", proven: 300, passed: 300, total: 300 });
  assertEquals([single?.verdict, single?.counterexample?.play], ["FAIL", 2]);
  assertEquals([run?.end?.verdict, run?.end?.exitCode, run?.end?.ms], ["FAIL", 1, 30]);
});

Deno.test("a missing shard is said, and is no pass", () => {
  const [merged] = mergeShards([shard(1), shard(3)]);
  assertEquals(merged?.missing, [2]);
  const result = merged && recordedResult(merged);
  assertEquals([result?.interrupted, result?.exitCode], ["shard 2 is missing", 3]);
});

Deno.test("an interrupted shard leaves the run without an end", () => {
  const { end: _end, ...interrupted } = shard(3);
  const [merged] = mergeShards([shard(1), shard(2), interrupted]);
  assertEquals(merged?.run.end, undefined);
});

Deno.test("the same shard twice is an error; other runs stay apart", () => {
  assertThrows(
    () => mergeShards([shard(1), shard(1)]),
    ShardError,
    "Shard 1/3 of seed 7 is there twice",
  );
  assertEquals(mergeShards([shard(1), shard(2, { seed: 8 })]).length, 2);
  assertEquals(mergeShards([shard(1), shard(2, { target: "tcp://10.0.0.1:1" })]).length, 2);
  const { shard: _shard, ...about } = shard(1).about;
  const whole = { ...shard(1), about };
  assertEquals(mergeShards([whole, whole]).length, 2);
});
