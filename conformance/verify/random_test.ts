import { assert, assertEquals } from "@std/assert";
import { Random } from "./random.ts";

Deno.test("depends on seed and name alone", () => {
  const draw = (seed: number, name: string) => [...new Random(seed, name).bytes(16)];
  assertEquals(draw(1, "a"), draw(1, "a"));
  assert(String(draw(1, "a")) !== String(draw(2, "a")));
  assert(String(draw(1, "a")) !== String(draw(1, "b")));
});

Deno.test("below and pick stay inside, and reach every value", () => {
  const random = new Random(3, "dice");
  const seen = new Set(Array.from({ length: 200 }, () => random.below(6)));
  assertEquals([...seen].toSorted(), [0, 1, 2, 3, 4, 5]);
  const picked = new Set(Array.from({ length: 50 }, () => random.pick(["x", "y"])));
  assertEquals(picked.size, 2);
});
