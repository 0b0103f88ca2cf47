import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { random } from "../../protocol/framing/testing.ts";
import {
  bestRound,
  bestTimes,
  chunkTimes,
  growthExponent,
  judgeGrowth,
  measuredOf,
} from "./judge_growth.ts";

const BYTES = 1024 * 1024;
const SEED = Number(crypto.getRandomValues(new Uint32Array(1))[0]);

/** The times of a play in which each of 1024 chunks takes `msOf` its place, from 0 to 1. */
function timesOf(msOf: (place: number) => number): number[] {
  let at = 0;
  return chunkTimes(Array.from({ length: 1025 }, (_, i) => {
    const writtenAt = at;
    at += msOf(i / 1024);
    return writtenAt;
  }));
}

function measure(msOf: (place: number) => number) {
  return measuredOf(timesOf(msOf), BYTES);
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
  assertEquals(bestTimes([[3, 1], [2, 4]]), [2, 1]);
});

Deno.test(`a busy machine neither hides growth nor makes some (seed ${SEED})`, () => {
  const below = random(SEED);
  // Every fifth chunk is held up for longer than the worst of them takes.
  const held = () => below(5) === 0 ? 5 : 0;
  const rounds = (msOf: (place: number) => number) =>
    Array.from({ length: 5 }, () => timesOf((place) => msOf(place) + held()));
  const judged = (msOf: (place: number) => number) =>
    judgeGrowth(measuredOf(bestTimes(rounds(msOf)), BYTES));
  assertEquals(judged((place) => 0.5 * place)?.cause, "SLOW");
  assertEquals(judged(() => 0.5), null);
});

Deno.test("ticks that are longer than a chunk takes neither hide growth nor make some", () => {
  const ticked = (msOf: (place: number) => number) => {
    let exact = 0, told = 0;
    return timesOf((place) => {
      const before = told;
      told = Math.floor((exact += msOf(place)) / 10) * 10;
      return told - before;
    });
  };
  const judged = (msOf: (place: number) => number) => {
    const rounds = [1.3, 1, 1.1].map((factor) => ticked((place) => factor * msOf(place)));
    return judgeGrowth(measuredOf(bestRound(rounds), BYTES), "processor");
  };
  assertEquals(judged(() => 0.5), null);
  const found = judged((place) => 0.5 * place);
  assertEquals(found?.cause, "SLOW");
  assertStringIncludes(found?.detail ?? "", `${BYTES} took 250 ms of processor time`);
});
