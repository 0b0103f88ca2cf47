import { assertEquals, assertThrows } from "@std/assert";
import { isInShard, parseShard } from "./shard.ts";

Deno.test("every delivery falls into exactly one shard, that of a control into each", () => {
  for (const count of [1, 2, 3, 7]) {
    const shards = Array.from({ length: count }, (_, i) => ({ index: i + 1, of: count }));
    for (const id of ["1.1", "1.4", "8.12"]) {
      for (let index = 0; index < 50; index++) {
        assertEquals(shards.filter((shard) => isInShard(shard, id, index)).length, 1);
      }
    }
    assertEquals(shards.filter((shard) => isInShard(shard, "0.2", 5)).length, count);
    assertEquals(shards.filter((shard) => isInShard(shard, "3.1", 5)).length, count);
  }
  assertEquals(isInShard(undefined, "1.1", 3), true);
});

Deno.test("cases of one delivery do not all meet in the first shard", () => {
  const shard = { index: 1, of: 4 };
  const ids = Array.from({ length: 12 }, (_, i) => `1.${i + 1}`);
  const here = ids.filter((id) => isInShard(shard, id, 0)).length;
  assertEquals(here > 0 && here < 8, true, `${here}`);
});

Deno.test("a shard is written I/N", () => {
  assertEquals(parseShard("2/5"), { index: 2, of: 5 });
  for (const text of ["", "1", "0/3", "4/3", "1/0", "a/b", "1/3/5", "-1/2"]) {
    assertThrows(() => parseShard(text), Error, "it is not a shard");
  }
});
