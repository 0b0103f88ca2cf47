import { assertEquals } from "@std/assert";
import { SlowReaders } from "./slow_readers.ts";

Deno.test("once late is nothing, twice is 10 s, and twice as long with each time more", () => {
  let now = 0;
  const slow = new SlowReaders(() => now);
  assertEquals(slow.waitMs("a"), 0);
  const waits = Array.from({ length: 9 }, () => {
    slow.late("a");
    return slow.waitMs("a");
  });
  assertEquals(waits, [0, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000]);
  assertEquals(slow.waitMs("b"), 0);
  now += 599_000;
  assertEquals(slow.waitMs("a"), 1000);
  now += 2000;
  assertEquals(slow.waitMs("a"), 0);
  slow.late("a");
  assertEquals(slow.waitMs("a"), 0, "it was forgotten");
});

Deno.test("a bounded number is remembered, those that were late last", () => {
  const slow = new SlowReaders(() => 0);
  for (let i = 0; i < 3000; i++) {
    for (const peer of ["again", `${i}`, `${i}`]) slow.late(peer);
  }
  assertEquals(slow.waitMs("again") > 0, true);
  const remembered = Array.from({ length: 3000 }, (_, i) => slow.waitMs(`${i}`) > 0 ? i : -1);
  const kept = remembered.filter((i) => i >= 0);
  assertEquals([kept.length, kept[0]], [1023, 1977]);
});
