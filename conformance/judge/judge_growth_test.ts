import { assert, assertEquals } from "@std/assert";
import type { Play } from "../player/play.ts";
import { bestTimes, growthExponent, judgeGrowth, measuredOf, partTimes } from "./judge_growth.ts";

const BYTES = 1024 * 1024;

/** What is measured when each of 1024 chunks takes `msOf` its place, from 0 to 1. */
function measure(msOf: (place: number) => number) {
  let at = 0;
  const chunks = Array.from({ length: 1024 }, (_, i) => {
    const writtenMs = at;
    at += msOf(i / 1024);
    return { end: i + 1, writtenMs, edge: "proven" as const };
  });
  const play: Pick<Play, "chunks" | "startedMs"> = { chunks, startedMs: 0 };
  return measuredOf(partTimes(play), BYTES);
}

Deno.test("time for each chunk that stays the same is linear, that grows with the chunks is quadratic", () => {
  const linear = measure(() => 0.1), quadratic = measure((place) => 2 * place);
  assertEquals(growthExponent(linear).toFixed(1), "1.0");
  assertEquals(growthExponent(quadratic).toFixed(1), "2.0");
  assertEquals(judgeGrowth(linear), null);
  assertEquals(judgeGrowth(quadratic)?.cause, "SLOW");
});

Deno.test("what each chunk costs anyway may not hide growth, and a doubling buffer is none", () => {
  assert(judgeGrowth(measure((place) => 0.05 + 0.5 * place)) !== null);
  const doubling = measure((place) => 0.05 + ([0.125, 0.25, 0.5].includes(place) ? 4 * place : 0));
  assertEquals(judgeGrowth(doubling), null);
});

Deno.test("short times are not judged, and of several rounds the best counts", () => {
  assertEquals(judgeGrowth(measure((place) => 0.05 * place)), null);
  assertEquals(bestTimes([[3, 1], [2, 4]]).slice(0, 2), [2, 1]);
});
