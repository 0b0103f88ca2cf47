import { assert, assertEquals, assertRejects } from "@std/assert";
import { lookUntil } from "./patience.ts";

Deno.test("lookUntil() returns at once what is there at once", async () => {
  let looks = 0;
  assertEquals(await lookUntil(() => ++looks, 0), 1);
  assertEquals(looks, 1);
});

Deno.test("lookUntil() gives up at the deadline and not before", async () => {
  const started = performance.now();
  assertEquals(await lookUntil(() => undefined, 20), undefined);
  assert(performance.now() - started >= 20);
});

Deno.test("lookUntil() takes time in which it was held up for one turn", async () => {
  let looks = 0;
  const look = () => {
    for (const until = performance.now() + 40; performance.now() < until;);
    return ++looks === 4 ? "seen" : undefined;
  };
  assertEquals(await lookUntil(look, 100), "seen");
});

Deno.test("lookUntil() lets the event loop turn between two looks", async () => {
  let turned = false;
  const timer = setTimeout(() => turned = true, 0);
  assertEquals(await lookUntil(() => turned || undefined, 60_000), true);
  clearTimeout(timer);
});

Deno.test("lookUntil() passes an error on", async () => {
  await assertRejects(
    () =>
      lookUntil(() => {
        throw new RangeError("broken");
      }, 1000),
    RangeError,
    "broken",
  );
});
