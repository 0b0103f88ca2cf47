import { assert, assertEquals } from "@std/assert";
import { LearntPatience } from "./patience.ts";

Deno.test("patience follows the slowest control answer, up to the full time", () => {
  const patience = new LearntPatience(5000);
  assertEquals([patience.usual.answerMs, patience.full.answerMs], [300, 5000]);
  patience.learn(50);
  assertEquals(patience.usual.answerMs, 1000);
  patience.learn(1000);
  assertEquals(patience.usual.answerMs, 5000);
  assertEquals(patience.brisk.answerMs, 5000);
});

Deno.test("the full time is spent until silence was seen once", () => {
  const patience = new LearntPatience(5000);
  patience.silenceSeen();
  assertEquals(patience.full, patience.usual);
  assert(patience.repeat.answerMs < patience.usual.answerMs);
});

Deno.test("patience never exceeds what was asked for", () => {
  const patience = new LearntPatience(100);
  for (const { answerMs } of [patience.usual, patience.full, patience.brisk]) {
    assert(answerMs <= 100);
  }
});
