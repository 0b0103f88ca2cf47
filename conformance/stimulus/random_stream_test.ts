import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { RandomStream } from "./random_stream.ts";

const draw = (random: RandomStream) => Array.from({ length: 8 }, () => random.next());

Deno.test("a random stream depends on seed and name, and on nothing else", () => {
  assertEquals(draw(new RandomStream(1, "a")), draw(new RandomStream(1, "a")));
  assertNotEquals(draw(new RandomStream(1, "a")), draw(new RandomStream(1, "b")));
  assertNotEquals(draw(new RandomStream(1, "a")), draw(new RandomStream(2, "a")));
});

Deno.test("below and pick stay in range and reach every value", () => {
  const random = new RandomStream(7, "range");
  const seen = new Set(Array.from({ length: 1000 }, () => random.below(6)));
  assertEquals([...seen].sort(), [0, 1, 2, 3, 4, 5]);
  assert(["x", "y"].includes(random.pick(["x", "y"])));
  assertThrows(() => random.pick([]), RangeError, "no values");
});
