import { assertEquals, assertThrows } from "@std/assert";
import { ConnectionSlots } from "./connection_slots.ts";

Deno.test("slots are given in the order of asking, and never more than there are", async () => {
  const slots = new ConnectionSlots(2);
  const { signal } = new AbortController();
  assertEquals([await slots.acquire(signal), await slots.acquire(signal)], [true, true]);
  const order: string[] = [];
  const first = slots.acquire(signal).then(() => order.push("first"));
  const second = slots.acquire(signal).then(() => order.push("second"));
  assertEquals(slots.used, 2);
  slots.release();
  await first;
  assertEquals(order, ["first"]);
  slots.release();
  await second;
  assertEquals(order, ["first", "second"]);
  slots.release();
  slots.release();
  assertEquals(slots.used, 0);
});

Deno.test("who gives up waiting gets no slot and takes none", async () => {
  const slots = new ConnectionSlots(1);
  const giveUp = new AbortController(), stay = new AbortController();
  await slots.acquire(stay.signal);
  const left = slots.acquire(giveUp.signal);
  const stayed = slots.acquire(stay.signal);
  giveUp.abort();
  assertEquals(await left, false);
  assertEquals(await slots.acquire(giveUp.signal), false);
  slots.release();
  assertEquals(await stayed, true);
  slots.release();
  assertEquals(slots.used, 0);
});

Deno.test("a number of slots that makes no sense is refused", () => {
  for (const max of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => new ConnectionSlots(max), RangeError, "not a positive integer");
  }
});

Deno.test("slots can become more or fewer while they are in use", async () => {
  const slots = new ConnectionSlots(1), { signal } = new AbortController();
  const got: string[] = [];
  const acquire = (name: string) => slots.acquire(signal).then(() => void got.push(name));
  await acquire("a");
  const waiting = [acquire("b"), acquire("c")];
  slots.resize(2);
  await waiting[0];
  assertEquals([got.join(), slots.used, slots.max], ["a,b", 2, 2]);
  slots.resize(1);
  // The first one that comes back is in excess.
  slots.release();
  assertEquals(slots.used, 1);
  slots.release();
  await Promise.all(waiting);
  assertEquals([got.join(), slots.used], ["a,b,c", 1]);
  slots.release();
  assertEquals(slots.used, 0);
  assertThrows(() => slots.resize(0), RangeError, "not a positive integer");
});
