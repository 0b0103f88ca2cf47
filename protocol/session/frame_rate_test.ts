import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { NativeClient, serveNative } from "../native/mod.ts";
import { memoryPair } from "../transport/mod.ts";
import { ConnectionClosedError } from "./errors.ts";
import { FrameRate } from "./frame_rate.ts";
import { FramedConnection } from "./framed_connection.ts";

/** Least time that `count` frames take, one after the other, when `perSecond` may come, in ms; timers may be 1 ms early. */
const leastMs = (count: number, perSecond: number) => (count - perSecond) / perSecond * 1000 - 5;

Deno.test("a second's worth may come at once; then each frame has to be earned", () => {
  let now = 0;
  const rate = new FrameRate(10, () => now);
  rate.came(10);
  assertEquals(rate.aheadMs, 0);
  rate.came(5);
  assertEquals(rate.aheadMs, 500);
  now = 400;
  assertEquals(Math.round(rate.aheadMs), 100);
  now = 500;
  assertEquals(rate.aheadMs, 0);
  // Being quiet saves up for one second, no longer.
  now = 1_000_000;
  rate.came(11);
  assertEquals(rate.aheadMs, 100);
  for (const perSecond of [0, -1, NaN]) assertThrows(() => new FrameRate(perSecond), RangeError);
});

Deno.test("over any time no more frames pass than the rate allows, whatever comes", () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  let state = seed;
  const random = (below: number) =>
    (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % below;
  const perSecond = 1 + random(1000);
  let now = 0, passed = 0, last = 0;
  const rate = new FrameRate(perSecond, () => now);
  for (let i = 0; i < 10_000; i++) {
    now += rate.aheadMs + random(3);
    last = random(50);
    passed += last;
    rate.came(last);
    const most = perSecond + now / 1000 * perSecond + last;
    assert(passed <= most + 1e-6, `${passed} frames in ${now} ms, seed ${seed}`);
  }
});

Deno.test("frames that come too fast are all served, no faster than they may", async () => {
  const [peer, end] = memoryPair();
  await using connection = new FramedConnection(end, "u8", { maxFrameRate: 20 });
  const started = performance.now();
  for (let i = 0; i < 30; i++) {
    await peer.write(Uint8Array.of(1, i));
    const batch = await connection.receive();
    assert(batch !== null);
    assertEquals([...batch].map((frame) => [...frame]), [[i]]);
  }
  // The last one was read when the 29 before it were paid for.
  assert(performance.now() - started >= leastMs(29, 20), `${performance.now() - started} ms`);
  peer.close();
});

Deno.test("answers do not wait for the one who is ahead to be read from again", async () => {
  const [peer, end] = memoryPair();
  const connection = new FramedConnection(end, "u8", { maxFrameRate: 0.001 });
  await peer.write(Uint8Array.of(1, 7));
  const batch = await connection.receive();
  assert(batch !== null);
  await connection.sendBatch(batch);
  const next = connection.receive();
  const answer = new Uint8Array(2);
  assertEquals([await peer.read(answer), ...answer], [2, 1, 7]);
  // Closing ends the rest at once.
  connection.close();
  await assertRejects(() => next, ConnectionClosedError);
  peer.close();
});

Deno.test("nonstick/1: messages have their rate, too, and being read from late is no silence", async () => {
  const [here, there] = memoryPair();
  const served = serveNative(there, { services: {}, maxMessageRate: 20, idleTimeoutMs: 5_000 })
    .finally(() => there.close());
  const client = await NativeClient.over(here);
  const started = performance.now();
  for (let i = 0; i < 30; i++) await client.ping();
  assert(performance.now() - started >= leastMs(29, 20), `${performance.now() - started} ms`);
  client.close();
  await served;
});
