import { assert, assertEquals, assertThrows } from "@std/assert";
import { RandomStream } from "../stimulus/random_stream.ts";
import {
  cutPairs,
  type CutPlan,
  listed,
  randomCuts,
  singleCuts,
  spread,
  stride,
  subsets,
} from "./cut_plan.ts";

const all = ({ count, at }: CutPlan) => Array.from({ length: count }, (_, i) => at(i));

Deno.test("single cuts and pairs are complete and without doubles, for every length", () => {
  for (let length = 0; length <= 40; length++) {
    const places = Math.max(0, length - 1);
    assertEquals(all(singleCuts(length)), Array.from({ length: places }, (_, i) => [i + 1]));
    const pairs = all(cutPairs(length));
    assertEquals(pairs.length, Math.max(0, places * (places - 1) / 2));
    assertEquals(new Set(pairs.map(String)).size, pairs.length);
    for (const [lower = 0, upper = 0] of pairs) {
      assert(0 < lower && lower < upper && upper < length);
    }
  }
});

Deno.test("pairs are found by number far out, too", () => {
  const { count, at } = cutPairs(100_000);
  assertEquals(at(0), [1, 2]);
  assertEquals(at(count - 1), [99_998, 99_999]);
});

Deno.test("subsets are all 2^k of them", () => {
  const sets = all(subsets([3, 5, 8]));
  assertEquals(new Set(sets.map(String)).size, 8);
  assert(sets.some((cuts) => String(cuts) === "3,8"));
  assertThrows(() => subsets(stride(100, 1)), RangeError, "2^99");
});

Deno.test("strides cut every n bytes", () => {
  assertEquals(stride(7, 3), [3, 6]);
  assertEquals(stride(6, 3), [3]);
  assertEquals(stride(3, 1), [1, 2]);
});

Deno.test("listed cuts are sorted, inside, and not doubled", () => {
  const plan = listed("x", 10, [[4, 2, 2], [2, 4], [0, 10], [12], [9]]);
  assertEquals(all(plan), [[2, 4], [9]]);
});

Deno.test("random cuts are inside and depend on the stream alone", () => {
  const plan = () => randomCuts(50, 200, new RandomStream(5, "cuts"), [10, 20]);
  assertEquals(all(plan()), all(plan()));
  for (const cuts of all(plan())) {
    assert(cuts.length > 0 && cuts.every((at, i) => at > (cuts[i - 1] ?? 0) && at < 50));
  }
});

Deno.test("spread visits every index once, and far ones early", () => {
  for (let count = 0; count <= 300; count++) {
    const order = [...spread(count)];
    assertEquals([...order].sort((a, b) => a - b), Array.from({ length: count }, (_, i) => i));
  }
  const early = [...spread(1000)].slice(0, 10).sort((a, b) => a - b);
  const gaps = early.slice(1).map((at, i) => at - (early[i] ?? 0));
  assert(Math.max(...gaps) < 200, `${early}`);
});
