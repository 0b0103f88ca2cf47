import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type MemoryConnection, memoryPair } from "./memory.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

/** One read with `room` bytes of room: what came, or null. */
async function read(from: MemoryConnection, room = 100): Promise<number[] | null> {
  const buffer = new Uint8Array(room);
  const count = await from.read(buffer);
  return count === null ? null : [...buffer.subarray(0, count)];
}

/** Whether a promise has settled once all microtasks ran. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(() => done = true, () => done = true);
  for (let i = 0; i < 10; i++) await null;
  return done;
}

Deno.test("memoryPair() delivers chunks as they were written", async () => {
  const [a, b] = memoryPair();
  assertEquals([a.remote, b.remote], [b.local, a.local]);
  const source = bytes(1, 2, 3);
  assertEquals(await a.write(source), 3);
  source.fill(9);
  await a.write(bytes(4));
  assertEquals(await read(b, 2), [1, 2]);
  assertEquals(await read(b), [3]);
  assertEquals(await read(b), [4]);
  const waiting = read(b);
  assertEquals(await settled(waiting), false);
  await a.write(bytes(5, 6));
  assertEquals(await waiting, [5, 6]);
  assertEquals(await a.write(bytes()), 0);
  assertEquals(await read(b, 0), []);
  a.close();
});

Deno.test("memoryPair() half-closes each way", async () => {
  const [a, b] = memoryPair();
  await a.write(bytes(1));
  await a.closeWrite();
  await assertRejects(() => a.write(bytes(2)), Deno.errors.BrokenPipe);
  assertEquals(await read(b), [1]);
  assertEquals(await read(b), null);
  assertEquals(await read(b), null);
  await b.write(bytes(3));
  assertEquals(await read(a), [3]);
  b.close();
  assertEquals(await read(a), null);
});

Deno.test("memoryPair() makes a writer wait for a slow reader", async () => {
  const [a, b] = memoryPair({ capacity: 4 });
  await a.write(bytes(1, 2, 3));
  const second = a.write(bytes(4, 5)), third = a.write(bytes(6));
  assertEquals(await settled(second), false);
  assertEquals(a.unread, 3);
  assertEquals(await read(b), [1, 2, 3]);
  assertEquals([await second, await third], [2, 1]);
  assertEquals(await read(b), [4, 5]);
  assertEquals(await read(b), [6]);
  // A write larger than all the room there can be goes in pieces.
  assertEquals(await a.write(bytes(1, 2, 3, 4, 5)), 4);
  a.close();
});

Deno.test("memoryPair() can give small reads only", async () => {
  const [a, b] = memoryPair({ maxRead: 2 });
  await a.write(bytes(1, 2, 3));
  assertEquals([await read(b), await read(b)], [[1, 2], [3]]);
  a.close();
});

Deno.test("pause() holds back bytes and the end until resume()", async () => {
  const [a, b] = memoryPair();
  a.pause();
  await a.write(bytes(1));
  const first = read(b);
  assertEquals(await settled(first), false);
  a.resume();
  assertEquals(await first, [1]);
  a.pause();
  await a.closeWrite();
  const second = read(b);
  assertEquals(await settled(second), false);
  a.resume();
  assertEquals(await second, null);
  b.close();
});

Deno.test("close() lets the other end read on, and rejects what waits here", async () => {
  const [a, b] = memoryPair({ capacity: 2 });
  await a.write(bytes(1, 2));
  const blocked = a.write(bytes(3));
  const waiting = read(a);
  a.close();
  a.close();
  await assertRejects(() => blocked, Deno.errors.Interrupted);
  await assertRejects(() => waiting, Deno.errors.Interrupted);
  await assertRejects(() => read(a), Deno.errors.Interrupted);
  await assertRejects(() => a.write(bytes(1)), Deno.errors.BrokenPipe);
  await assertRejects(() => b.write(bytes(1)), Deno.errors.BrokenPipe);
  assertEquals(await read(b), [1, 2]);
  assertEquals(await read(b), null);
});

Deno.test("reset() loses what is under way and rejects both ends", async () => {
  const [a, b] = memoryPair();
  await a.write(bytes(1));
  const waiting = read(a);
  a.reset();
  await assertRejects(() => waiting, Deno.errors.Interrupted);
  await assertRejects(() => read(b), Deno.errors.ConnectionReset);
  await assertRejects(() => b.write(bytes(1)), Deno.errors.ConnectionReset);
  b.close();
});

Deno.test("a second read at the same time is refused", async () => {
  const [a, b] = memoryPair();
  const first = read(b);
  await assertRejects(() => read(b), Deno.errors.Busy);
  a[Symbol.dispose]();
  assertEquals(await first, null);
});

Deno.test("memoryPair() refuses settings that let nothing through", () => {
  assertThrows(() => memoryPair({ capacity: 0 }), RangeError, "capacity is 0");
  assertThrows(() => memoryPair({ maxRead: NaN }), RangeError, "maxRead is NaN");
});
