import { assert, assertEquals, assertRejects } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { random } from "../framing/testing.ts";
import { ConnectionClosedError, ConnectionLostError } from "../session/errors.ts";
import { memoryPair } from "../transport/mod.ts";
import { Bodies, Body } from "./body.ts";
import { NativeClient } from "./client.ts";
import { ExchangeError } from "./errors.ts";
import type { Exchange, Received } from "./exchange.ts";
import { serveNative } from "./server.ts";
import { ECHO, nativePair } from "./testing.ts";

const SEED = Number(crypto.getRandomValues(new Uint32Array(1))[0]);

async function all(exchange: Exchange): Promise<Received[]> {
  const received: Received[] = [];
  for await (const part of exchange) received.push(part);
  return received;
}

const bytesOf = (received: readonly Received[]) => concat(received.map(({ bytes }) => bytes));

Deno.test(`what is sent comes back, however the bytes are cut (seed ${SEED})`, async () => {
  const below = random(SEED);
  for (let round = 0; round < 20; round++) {
    const maxRead = [1, 2, 7, 100, Infinity][below(5)] ?? 1;
    const limits = { part: 1024 + below(2000), window: 200_000 };
    await using pair = await nativePair({ echo: ECHO }, {
      memory: { maxRead, capacity: 1 + below(5000) },
      server: { limits },
      client: { limits },
    });
    for (let i = 0; i < 3; i++) {
      const parts = Array.from(
        { length: below(4) },
        () => new Uint8Array(below(maxRead < 8 ? 1500 : 6000)).map(() => below(256)),
      );
      const exchange = await pair.client.open("echo", { i });
      const answers = all(exchange);
      for (const part of parts) await exchange.send(part, { length: part.length });
      await exchange.end();
      assertEquals(bytesOf(await answers), concat(parts), `seed ${SEED}, round ${round}`);
      assertEquals(await exchange.result(), {});
      assert(exchange.isOver);
    }
  }
});

Deno.test("`about` and empty parts come as they were sent", async () => {
  await using pair = await nativePair({ echo: ECHO });
  const exchange = await pair.client.open("echo");
  await exchange.tell({ say: "hi", deep: { list: [1, null] } });
  await exchange.send(new Uint8Array(0));
  await exchange.send(Uint8Array.of(7), { stream: "err" });
  await exchange.end();
  assertEquals(await all(exchange), [
    { about: { say: "hi", deep: { list: [1, null] } }, bytes: new Uint8Array(0) },
    { bytes: new Uint8Array(0) },
    { about: { stream: "err" }, bytes: Uint8Array.of(7) },
  ]);
});

Deno.test("a message arrives whole, wherever its bytes are cut", async () => {
  for (const maxRead of [1, 2, 3, 64, Infinity]) {
    await using pair = await nativePair({ echo: ECHO }, { memory: { maxRead } });
    const exchange = await pair.client.open("echo");
    const sent = ["Michael", "", "粘包", "x".repeat(1000)].map((text) => ({
      about: { text },
      bytes: new TextEncoder().encode(text),
    }));
    const answers = all(exchange);
    for (const { about, bytes } of sent) await exchange.send(bytes, about);
    await exchange.end();
    assertEquals(await answers, sent, `reads of ${maxRead}`);
  }
});

Deno.test("room for a body grows with what has come", () => {
  const body = new Body(1_000_000);
  for (let i = 0; i < 9; i++) assertEquals(body.take(Uint8Array.of(i)), null);
  const rest = new Uint8Array(1_000_000 - 9).fill(7);
  const whole = body.take(rest);
  assertEquals([whole?.length, whole?.[8], whole?.[9]], [1_000_000, 8, 7]);
  rest.fill(0);
  assertEquals(whole?.at(-1), 7);
});

Deno.test("memory that was given back holds the next body, and nothing of the last one", () => {
  const bodies = new Bodies();
  const first = bodies.begin(100_000).take(new Uint8Array(100_000).fill(1));
  assert(first !== null);
  bodies.reuse(first);
  const second = bodies.begin(70_000);
  assertEquals(second.take(new Uint8Array(30_000).fill(2)), null);
  const whole = second.take(new Uint8Array(40_000).fill(3));
  assertEquals([whole?.length, whole?.[0], whole?.at(-1)], [70_000, 2, 3]);
  assert(whole?.buffer === first.buffer);
  const larger = bodies.begin(200_000).take(new Uint8Array(200_000));
  assert(larger?.buffer !== first.buffer);
});

Deno.test("more than the window is never under way; who takes nothing stops the sender", async () => {
  const window = 2 * (1024 + 65_536);
  const taken = Promise.withResolvers<void>();
  await using pair = await nativePair({
    async sink(exchange) {
      await taken.promise;
      let bytes = 0;
      for await (const part of exchange) bytes += part.bytes.length;
      return { bytes };
    },
  }, { server: { limits: { part: 1024, window } } });
  const exchange = await pair.client.open("sink");
  const size = 4 * window;
  const sending = exchange.send(new Uint8Array(size)).then(() => exchange.end());
  while (exchange.stalledMs === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert(exchange.bytesSent <= window, `${exchange.bytesSent}`);
  assert(exchange.bytesSent > window - 2048 - window / 10, `${exchange.bytesSent}`);
  taken.resolve();
  await sending;
  assertEquals(await exchange.result(), { bytes: size });
});

Deno.test("a service's error reaches the client behind what it sent before", async () => {
  await using pair = await nativePair({
    async half(exchange) {
      await exchange.send(Uint8Array.of(1, 2));
      throw new ExchangeError("not-found", "There is no file", { name: "a" });
    },
  });
  const exchange = await pair.client.open("half");
  assertEquals((await exchange.receive())?.bytes, Uint8Array.of(1, 2));
  const error = await assertRejects(() => exchange.receive(), ExchangeError, "There is no file");
  assertEquals([error.code, error.info], ["not-found", { name: "a" }]);
  await assertRejects(() => exchange.result(), ExchangeError);
  await assertRejects(() => exchange.send(Uint8Array.of(1)), ExchangeError);
  // The connection lives on.
  const next = await pair.client.open("nothing-here");
  const unknown = await assertRejects(() => next.result(), ExchangeError);
  assertEquals(unknown.code, "unknown-service");
});

Deno.test("a fault of a service is told without its text, and the next exchange works", async () => {
  const faults: unknown[] = [];
  await using pair = await nativePair({
    broken: () => Promise.reject(new Error("secret path")),
    echo: ECHO,
  }, { server: { onFault: (error, service) => faults.push([String(error), service]) } });
  const exchange = await pair.client.open("broken");
  const error = await assertRejects(() => exchange.result(), ExchangeError);
  assertEquals([error.code, error.message], ["internal", "The service broken failed"]);
  assertEquals(faults, [["Error: secret path", "broken"]]);
  const next = await pair.client.open("echo");
  await next.end();
  assertEquals(await next.result(), {});
});

Deno.test("cancel stops a service that waits, one that sends, and one that is stalled", async () => {
  for (const kind of ["waits", "sends"]) {
    const stopped = Promise.withResolvers<unknown>();
    await using pair = await nativePair({
      async work(exchange) {
        exchange.signal.addEventListener("abort", () => stopped.resolve(exchange.signal.reason));
        if (kind === "waits") await exchange.receive();
        else for (;;) await exchange.send(new Uint8Array(65_536));
      },
      echo: ECHO,
    });
    const exchange = await pair.client.open("work");
    if (kind === "sends") await exchange.receive();
    await exchange.cancel();
    const reason = await stopped.promise;
    assert(reason instanceof ExchangeError && reason.code === "cancelled", String(reason));
    await assertRejects(() => exchange.result(), ExchangeError);
    while (!exchange.isOver) await new Promise((resolve) => setTimeout(resolve, 1));
    const next = await pair.client.open("echo");
    await next.end();
    assertEquals(await next.result(), {});
  }
});

Deno.test("a client's error is what the service's receive throws", async () => {
  const seen = Promise.withResolvers<unknown>();
  await using pair = await nativePair({
    async put(exchange) {
      try {
        for await (const _ of exchange);
      } catch (error) {
        seen.resolve(error);
        throw error;
      }
    },
  });
  const exchange = await pair.client.open("put");
  await exchange.send(Uint8Array.of(1));
  await exchange.fail("io", "The disk cannot be read");
  const error = await seen.promise;
  assert(error instanceof ExchangeError);
  assertEquals([error.code, error.message], ["io", "The disk cannot be read"]);
});

Deno.test("a lost connection is told to both sides, behind what came before", async () => {
  const lost = Promise.withResolvers<unknown>();
  await using pair = await nativePair({
    async wait(exchange) {
      await exchange.send(Uint8Array.of(5));
      await exchange.receive().catch(lost.resolve);
      throw new Error("must not be reported");
    },
  }, { server: { onFault: (error) => lost.reject(error) } });
  const exchange = await pair.client.open("wait");
  assertEquals((await exchange.receive())?.bytes, Uint8Array.of(5));
  pair.client.close();
  assert(await lost.promise instanceof ConnectionLostError);
  await assertRejects(() => exchange.receive(), ConnectionClosedError);
  await assertRejects(() => exchange.result(), ConnectionClosedError);
});

Deno.test("a client may break off between two exchanges, and not within one", async () => {
  for (const within of [false, true]) {
    const [here, there] = memoryPair();
    const served = serveNative(there, { services: { echo: ECHO } }).then(
      () => undefined,
      (error: unknown) => error,
    );
    const client = await NativeClient.over(here);
    const exchange = await client.open("echo");
    if (!within) {
      await exchange.end();
      await exchange.result();
    } else {
      await exchange.send(Uint8Array.of(1));
      await exchange.receive();
    }
    here.reset();
    const end = await served;
    assertEquals(end instanceof ConnectionLostError, within, String(end));
    there.close();
    client.close();
  }
});

Deno.test("one exchange at a time, and nothing is sent behind the end", async () => {
  await using pair = await nativePair({ echo: ECHO });
  const exchange = await pair.client.open("echo");
  await assertRejects(() => pair.client.open("echo"), Error, "number 1 is not over");
  await exchange.end();
  await exchange.end();
  await assertRejects(() => exchange.send(Uint8Array.of(1)), ConnectionClosedError);
});

Deno.test("pings are answered during an exchange and between two", async () => {
  await using pair = await nativePair({ echo: ECHO });
  assert(await pair.client.ping() >= 0);
  const exchange = await pair.client.open("echo");
  assert(await pair.client.ping() >= 0);
  await exchange.end();
  await exchange.result();
});

Deno.test("a stopping server lets the exchange end, then the connection", async () => {
  const stop = new AbortController();
  await using pair = await nativePair({ echo: ECHO }, { server: { signal: stop.signal } });
  const exchange = await pair.client.open("echo");
  await exchange.send(Uint8Array.of(1));
  stop.abort();
  assertEquals((await exchange.receive())?.bytes, Uint8Array.of(1));
  await exchange.send(Uint8Array.of(2));
  assertEquals((await exchange.receive())?.bytes, Uint8Array.of(2));
  await exchange.end();
  assertEquals(await exchange.result(), {});
  assertEquals(pair.client.bye, "The server is stopping");
  await pair.client.end();
  assertEquals(await pair.served, undefined);
});
