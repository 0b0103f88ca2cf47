import { assertEquals, assertThrows } from "@std/assert";
import { framing } from "../framing/mod.ts";
import { type DeadlineOptions, Deadlines } from "./deadlines.ts";

/** Deadlines whose clock the test moves: `after(ms)` is what has expired when so much time has passed. */
function watch(limits: DeadlineOptions) {
  const expired: string[] = [];
  const deadlines = new Deadlines(limits, (error) => expired.push(`${error.phase} ${error.ms}`));
  const after = (ms: number) => {
    deadlines.look(performance.now() + ms);
    return expired.splice(0);
  };
  return { deadlines, after, [Symbol.dispose]: () => deadlines.close() };
}

const HOUR = 3_600_000;
const fresh = () => framing("u8").createDecoder();

/** A decoder inside its first frame. */
function torn() {
  const decoder = fresh();
  decoder.push(Uint8Array.of(2, 1));
  return decoder;
}

Deno.test("a wait expires at its limit, not before", () => {
  using watched = watch({ idleTimeoutMs: HOUR });
  watched.deadlines.reading(fresh());
  assertEquals(watched.after(HOUR - 1000), []);
  assertEquals(watched.after(HOUR + 1000), ["idle 3600000"]);
});

Deno.test("nothing expires while nothing is waited for", () => {
  const all = {
    handshakeTimeoutMs: 1e6,
    frameTimeoutMs: 1e6,
    idleTimeoutMs: 1e6,
    writeTimeoutMs: 1e6,
  };
  using watched = watch(all);
  assertEquals(watched.after(HOUR), []);
  watched.deadlines.reading(torn());
  watched.deadlines.writing();
  watched.deadlines.received();
  watched.deadlines.written(1);
  watched.deadlines.drained();
  assertEquals(watched.after(HOUR), []);
});

Deno.test("bytes extend the idle deadline, but not those of the handshake and the frame", async () => {
  using idle = watch({ idleTimeoutMs: HOUR });
  using handshake = watch({ handshakeTimeoutMs: HOUR });
  using frame = watch({ frameTimeoutMs: HOUR });
  const decoder = torn();
  for (const { deadlines } of [idle, handshake, frame]) deadlines.reading(decoder);
  const before = performance.now();
  // Any time will do, so that there is a difference to see.
  while (performance.now() < before + 2) await null;
  for (const { deadlines } of [idle, handshake, frame]) deadlines.reading(decoder);
  const since = HOUR + before - performance.now();
  assertEquals(idle.after(since), []);
  assertEquals(handshake.after(since), ["handshake 3600000"]);
  assertEquals(frame.after(since), ["frame 3600000"]);
});

Deno.test("bytes sent extend the idle deadline", async () => {
  using watched = watch({ idleTimeoutMs: HOUR });
  watched.deadlines.reading(fresh());
  const before = performance.now();
  while (performance.now() < before + 2) await null;
  watched.deadlines.writing();
  watched.deadlines.written(1);
  assertEquals(watched.after(HOUR + before - performance.now()), []);
});

Deno.test("the handshake is over with the first frame, the frame deadline is for frames that began", () => {
  using watched = watch({ handshakeTimeoutMs: 1e6, frameTimeoutMs: 2e6 });
  const decoder = fresh();
  decoder.push(Uint8Array.of(0));
  watched.deadlines.reading(decoder);
  assertEquals(watched.after(HOUR), []);
  decoder.push(Uint8Array.of(5));
  watched.deadlines.reading(decoder);
  assertEquals(watched.after(HOUR), ["frame 2000000"]);
});

Deno.test("a frame that is being dropped has a deadline too", () => {
  using watched = watch({ frameTimeoutMs: 1e6 });
  const decoder = framing("u8").createDecoder({ maxFrameLength: 1, overLimit: "skip" });
  decoder.push(Uint8Array.of(9, 1));
  watched.deadlines.reading(decoder);
  assertEquals(watched.after(HOUR), ["frame 1000000"]);
});

Deno.test("one timer serves all connections, whichever limit is the shortest", async () => {
  const told = Promise.withResolvers<string>();
  const long = new Deadlines({ idleTimeoutMs: HOUR }, () => told.resolve("long"));
  const short = new Deadlines({ writeTimeoutMs: 5 }, (error) => told.resolve(error.message));
  long.reading(fresh());
  short.writing();
  assertEquals(
    await told.promise,
    "Connection closed (write deadline): waited 5 ms for the peer to take bytes",
  );
  short.close();
  long.close();
});

Deno.test("a message earns time with its bytes, and no drip extends it beyond", () => {
  using drip = watch({ frameTimeoutMs: HOUR, minRate: 1e9 });
  using strict = watch({ frameTimeoutMs: HOUR });
  for (const { deadlines } of [drip, strict]) {
    const before = performance.now();
    deadlines.message(1);
    while (performance.now() < before + 4) deadlines.message(2);
  }
  assertEquals(drip.after(HOUR - 2), ["frame 3600000"]);
  assertEquals(strict.after(HOUR - 2), ["frame 3600000"]);
  using fast = watch({ frameTimeoutMs: HOUR, minRate: 1 });
  const before = performance.now();
  fast.deadlines.message(1);
  while (performance.now() < before + 4);
  fast.deadlines.message(2);
  assertEquals(fast.after(HOUR - 2), []);
  assertEquals(fast.after(HOUR + 2), ["frame 3600000"]);
  fast.deadlines.message(0);
  assertEquals(fast.after(3 * HOUR), []);
});

Deno.test("who takes bytes too slowly falls behind, however often it takes one", () => {
  using slow = watch({ writeTimeoutMs: HOUR, minRate: 1e9 });
  using fast = watch({ writeTimeoutMs: HOUR, minRate: 1 });
  using any = watch({ writeTimeoutMs: HOUR });
  const all = [slow, fast, any];
  const before = performance.now();
  for (const { deadlines } of all) deadlines.writing();
  while (performance.now() < before + 4);
  for (const { deadlines } of all) {
    deadlines.written(1);
    deadlines.writing();
  }
  // A byte is worth a nanosecond, or a second, or whatever it took.
  assertEquals(slow.after(HOUR - 2), ["write 3600000"]);
  assertEquals(fast.after(HOUR - 2), []);
  assertEquals(any.after(HOUR - 2), []);
  slow.deadlines.written(1);
  slow.deadlines.drained();
  slow.deadlines.writing();
  assertEquals(slow.after(HOUR - 2), []);
});

Deno.test("limits must be positive", () => {
  assertEquals(Deadlines.any({}), false);
  assertEquals(Deadlines.any({ frameTimeoutMs: 1 }), true);
  assertThrows(() => Deadlines.any({ writeTimeoutMs: -1 }), RangeError, "writeTimeoutMs -1");
  assertThrows(() => Deadlines.any({ idleTimeoutMs: NaN }), RangeError, "idleTimeoutMs NaN");
  assertThrows(() => Deadlines.any({ minRate: 0 }), RangeError, "minRate 0");
});
