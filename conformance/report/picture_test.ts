import { assert, assertEquals } from "@std/assert";
import { picture } from "./picture.ts";
import { failingRun, frameOf, playOf, recordedRun, resultOfCase } from "./wire/testing.ts";
import { PlayedCases } from "./wire/wire_story.ts";

Deno.test("the picture in the terminal tells what the history has", () => {
  const run = failingRun();
  const failed = run.cases.find(({ verdict }) => verdict === "FAIL");
  assert(failed?.counterexample !== undefined);
  assertEquals(picture(failed.counterexample, new PlayedCases(run).failure(failed)), [
    "00 00 00 | 02 68 : 69",
    "h  h  h  | h  b  : b",
    "         ^       ^",
    "h header  b body  f frame  . incomplete or bad  | proven edge  : assumed edge  ^ breaks here",
    "  0.50 ms -> 3 bytes, edge proven",
    "  2.50 ms -> 2 bytes, edge assumed",
    "  4.50 ms -> 1 byte",
    "  5.25 ms <- 5 bytes 00 00 00 01 68",
    "             answer 1 wrong",
    "   300 ms    nothing more; still open",
    "then a plain frame, same connection",
    "   301 ms -> 9 bytes",
    "   301 ms <- 9 bytes 00 00 00 05 70 6c 61 69 6e",
    "             answer 1 right",
    "   600 ms    nothing more; still open",
  ]);
});

Deno.test("a cut at which answers are awaited is no edge that breaks anything", () => {
  const lines = picture({
    stream: "00000001610000000162",
    cuts: [5, 7],
    waits: [5],
    end: "none",
    frames: [{ start: 0, body: 4, end: 5 }, { start: 5, body: 9, end: 10 }],
  });
  assertEquals(lines.slice(0, 3), [
    "00 00 00 01 61 | 00 00 | 00 01 62",
    "h  h  h  h  b  | h  h  | h  h  b",
    "                       ^",
  ]);
});

Deno.test("no picture is wider than a terminal or longer than a screen", () => {
  const parts = [frameOf("x".repeat(60))];
  const cuts = Array.from({ length: 63 }, (_, i) => i + 1);
  const run = recordedRun({
    plays: [[
      "1.4",
      "subject",
      playOf(parts, cuts, {
        reads: Array.from({ length: 40 }, (_, i) => ({ atMs: 10 + i, bytes: new Uint8Array(70) })),
      }),
    ]],
    cases: [resultOfCase("1.4")],
  });
  const stream = `0000003c${"78".repeat(60)}`;
  const frames = [{ start: 0, body: 4, end: 64 }];
  const lines = picture(
    { stream, cuts, waits: [], end: "none", frames },
    new PlayedCases(run).failure(resultOfCase("1.4")),
  );
  assert(lines.length < 40);
  for (const line of lines) assert(line.length <= 94, line);
});
