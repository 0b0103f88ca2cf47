import { assert, assertEquals } from "@std/assert";
import { SharedSlots } from "./shared_slots.ts";

/** A wait for shared memory alone does not keep a program alive; servers have their listeners. */
function awake(): Disposable {
  const timer = setInterval(() => {}, 1000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

const never = new AbortController().signal;

Deno.test("slots are those of all who look at the same memory", async () => {
  using _awake = awake();
  const ours = new SharedSlots(2), theirs = new SharedSlots(2, ours.memory);
  assert(await ours.acquire(never));
  assert(await theirs.acquire(never));
  assertEquals([ours.used, theirs.used], [2, 2]);
  let served = 0;
  const waiting = [ours, theirs, ours].map(async (slots) => {
    assert(await slots.acquire(never));
    served++;
  });
  await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(served, 0);
  theirs.release();
  await Promise.race(waiting);
  assertEquals([served, ours.used], [1, 2]);
  ours.release();
  ours.release();
  await Promise.all(waiting);
  assertEquals([served, theirs.used], [3, 2]);
});

Deno.test("who gives up waiting takes no slot, and swallows none", async () => {
  using _awake = awake();
  const slots = new SharedSlots(1);
  const stopping = new AbortController();
  assert(await slots.acquire(never));
  const given = slots.acquire(stopping.signal), patient = slots.acquire(never);
  stopping.abort();
  assertEquals(await given, false);
  slots.release();
  assert(await patient);
  assertEquals([slots.used, await slots.acquire(stopping.signal)], [1, false]);
});

Deno.test("slots become more or fewer for each view that is told, while they are in use", async () => {
  using _awake = awake();
  const ours = new SharedSlots(1), theirs = new SharedSlots(1, ours.memory);
  assert(await ours.acquire(never));
  const waiting = theirs.acquire(AbortSignal.timeout(20_000));
  theirs.resize(2);
  assert(await waiting);
  assertEquals(ours.used, 2);
  theirs.resize(1);
  const stopping = new AbortController();
  const later = theirs.acquire(stopping.signal);
  // Two were in, so the first that goes makes no room.
  ours.release();
  stopping.abort();
  assertEquals([await later, ours.used], [false, 1]);
});
