import { assert, assertEquals } from "@std/assert";
import { hexText } from "../../../protocol/framing/hex.ts";
import { RandomStream } from "../../stimulus/random_stream.ts";
import { failingRun, frameOf, passOfCase, playOf, recordedRun, resultOfCase } from "./testing.ts";
import type { WirePiece } from "./wire_scene.ts";
import { PlayedCases } from "./wire_story.ts";

Deno.test("the story of a failure is the play that confirmed it and what was played behind it", () => {
  const run = failingRun();
  const [subject, probe, ...more] = new PlayedCases(run).failure(resultOfCase("1.1", {
    counterexample: run.cases[1]?.counterexample ??
      { stream: "", cuts: [], waits: [], end: "none", frames: [] },
  })) ?? [];
  assertEquals(more, []);
  assertEquals([subject?.play, probe?.play], [2, 3]);
  assertEquals(
    subject?.chunks.map(({ from, end, ms, edge, breaks }) => [from, end, ms, edge, breaks]),
    [[0, 3, 0.5, "proven", true], [3, 5, 2.5, "assumed", true], [5, 6, 4.5, "proven", false]],
  );
  assertEquals(subject?.reads.map(({ ms, at, length }) => [ms, at, length]), [[5.25, 0, 5]]);
  assertEquals(subject?.answers.map(({ name, right }) => [name, right]), [["answer 1", false]]);
  assertEquals(subject?.due.map(({ number, chunk, head }) => [number, chunk, head]), [[
    1,
    2,
    "6869",
  ]]);
  // Times go on from the first chunk of the story.
  assertEquals(probe?.reads[0]?.ms, 301);
  assertEquals(probe?.answers[0]?.right, true);
  assertEquals(probe?.endMs, 600);
});

Deno.test("an older history without the number of the play is searched for the delivery", () => {
  const run = failingRun();
  const { play: _, ...counterexample } = run.cases[1]?.counterexample ??
    { play: 0, stream: "", cuts: [], waits: [], end: "none" as const, frames: [] };
  const story = new PlayedCases(run).failure(resultOfCase("1.1", { counterexample }));
  assertEquals(story?.[0]?.play, 2);
  const other = { ...counterexample, cuts: [2] };
  assertEquals(
    new PlayedCases(run).failure(resultOfCase("1.1", { counterexample: other })),
    undefined,
  );
});

Deno.test("samples are the first plays and the last one, never one that follows another", () => {
  const plays = Array.from(
    { length: 9 },
    (_, i) =>
      [
        "1.1",
        i % 3 === 2 ? "probe" : "packed",
        playOf([frameOf("x")], [], { startMs: i }),
      ] as const,
  );
  const played = new PlayedCases(recordedRun({ plays, cases: [passOfCase("1.1")] }));
  assertEquals(played.count("1.1"), 9);
  assertEquals(played.samples("1.1", 3).map(([first]) => first?.play), [1, 2, 8]);
  assertEquals(played.samples("1.1", 99).length, 6);
  assertEquals(played.samples("1.1", 99, 8).length, 5);
  assertEquals(played.samples("1.2", 3), []);
});

Deno.test("an answer that had not come is told, and one beyond what was due is wrong", () => {
  const none = recordedRun({
    plays: [[
      "1.1",
      "subject",
      playOf([frameOf("a"), frameOf("b")], [], {
        reads: [{ atMs: 1, bytes: Uint8Array.of(0, 0, 0, 1, 97) }],
      }),
    ]],
    cases: [resultOfCase("1.1")],
  });
  const [scene] = new PlayedCases(none).failure(resultOfCase("1.1")) ?? [];
  assertEquals(scene?.due.map(({ missing }) => missing), [false, true]);
  const extra = recordedRun({
    plays: [[
      "1.1",
      "subject",
      playOf([frameOf("a")], [], {
        reads: [{ atMs: 1, bytes: Uint8Array.of(0, 0, 0, 1, 97, 0, 0, 0, 0, 9) }],
      }),
    ]],
    cases: [resultOfCase("1.1")],
  });
  const [other] = new PlayedCases(extra).failure(resultOfCase("1.1")) ?? [];
  assertEquals(other?.answers.map(({ name, right }) => [name, right]), [
    ["answer 1", true],
    ["answer 2", false],
    ["incomplete", undefined],
  ]);
});

Deno.test("pieces of any cutting are the bytes of the stream, with nothing lost and nothing twice", () => {
  const seed = 20_261_121;
  console.log(`seed ${seed}`);
  const random = new RandomStream(seed, "pieces");
  for (let round = 0; round < 60; round++) {
    const parts = Array.from(
      { length: 1 + random.below(6) },
      () => frameOf("x".repeat(random.below(60))),
    );
    const whole = playOf(parts, []).delivery.stimulus.bytes;
    const cuts = Array.from({ length: whole.length - 1 }, (_, i) => i + 1)
      .filter(() => random.below(9) === 0);
    const run = recordedRun({
      plays: [[
        "1.1",
        "subject",
        playOf(parts, cuts, {
          reads: [{ atMs: 3, bytes: whole.slice() }],
        }),
      ]],
      cases: [resultOfCase("1.1")],
    });
    const [scene] = new PlayedCases(run).failure(resultOfCase("1.1")) ?? [];
    assert(scene !== undefined);
    check(scene.chunks.flatMap(({ pieces }) => pieces), whole);
    check(scene.reads.flatMap(({ pieces }) => pieces), whole);
    assertEquals(scene.chunks.map(({ end }) => end), [...cuts, whole.length]);
    assert(scene.answers.every(({ right }) => right === true));
  }
});

function check(pieces: readonly WirePiece[], whole: Uint8Array): void {
  let at = 0;
  for (const piece of pieces) {
    assertEquals(piece.at, at);
    const head = piece.head.length / 2, tail = piece.tail.length / 2;
    assert(head + tail <= piece.length);
    assertEquals(piece.head, hexText(whole.subarray(at, at + head)));
    assertEquals(piece.tail, hexText(whole.subarray(at + piece.length - tail, at + piece.length)));
    at += piece.length;
  }
  assertEquals(at, whole.length);
}

Deno.test("a stream with too many pieces says how much is left out", () => {
  const parts = Array.from({ length: 3000 }, () => frameOf("x"));
  const run = recordedRun({
    plays: [["2.2", "subject", playOf(parts, [])]],
    cases: [resultOfCase("2.2")],
  });
  const [scene] = new PlayedCases(run).failure(resultOfCase("2.2")) ?? [];
  const shown = scene?.chunks.flatMap(({ pieces }) => pieces).reduce(
    (sum, { length }) => sum + length,
    0,
  );
  assertEquals((shown ?? 0) + (scene?.more?.bytes ?? 0), 15_000);
  assert((scene?.parts.length ?? 0) < 1000);
});
