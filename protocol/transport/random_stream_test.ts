import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { RandomStream } from "./random_stream.ts";

const drawn = (seed: number, name: string) => {
  const random = new RandomStream(seed, name);
  return Array.from({ length: 8 }, () => random.next());
};

Deno.test("a stream depends on its seed and its name alone", () => {
  assertEquals(drawn(1, "loss"), drawn(1, "loss"));
  assertNotEquals(drawn(1, "loss"), drawn(2, "loss"));
  assertNotEquals(drawn(1, "loss"), drawn(1, "delay"));
});

Deno.test("numbers are spread evenly", () => {
  const random = new RandomStream(7, "even");
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) {
    const at = random.below(10);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  // Three standard deviations of 10,000 ± 95; the seed is fixed, so that it cannot fail by chance.
  for (const count of counts) assert(Math.abs(count - 10_000) < 285, `${counts}`);
});
