import { assertEquals } from "@std/assert";
import { ReadSize } from "./read_size.ts";

Deno.test("full reads make the next one larger, up to 256 KiB", () => {
  const size = new ReadSize();
  const asked: number[] = [];
  for (let i = 0; i < 5; i++) {
    asked.push(size.bytes);
    size.learn(size.bytes, size.bytes);
  }
  assertEquals(asked, [1_024, 8_192, 65_536, 262_144, 262_144]);
});

Deno.test("eight quiet reads in a row bring it back to the least", () => {
  const size = new ReadSize();
  for (let i = 0; i < 3; i++) size.learn(size.bytes, size.bytes);
  for (let i = 0; i < 7; i++) size.learn(100, size.bytes);
  assertEquals(size.bytes, 262_144);
  // One that is not quiet starts the count again.
  size.learn(100_000, size.bytes);
  for (let i = 0; i < 7; i++) size.learn(100, size.bytes);
  assertEquals(size.bytes, 262_144);
  size.learn(100, size.bytes);
  assertEquals(size.bytes, 1_024);
});

Deno.test("small reads are not quiet for a small size", () => {
  const size = new ReadSize();
  for (let i = 0; i < 20; i++) size.learn(100, 1_024);
  assertEquals(size.bytes, 1_024);
});
