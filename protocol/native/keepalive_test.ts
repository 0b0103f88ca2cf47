import { assert, assertEquals, assertRejects } from "@std/assert";
import { DeadlineError } from "../session/errors.ts";
import { memoryPair } from "../transport/mod.ts";
import { ExchangeError, ProtocolError } from "./errors.ts";
import { encodeMessage } from "./link.ts";
import type { Message } from "./message.ts";
import { NativeClient } from "./client.ts";
import { serveNative } from "./server.ts";
import { ECHO, nativePair } from "./testing.ts";

const HELLO: Message = {
  type: "hello",
  versions: [1],
  software: "test",
  limits: { part: 262_144, window: 4_194_304 },
  nonce: "ab".repeat(32),
};
const OPEN: Message = { type: "open", id: 1, service: "work", args: {} };

/** A client that sends these messages and then neither reads nor writes. */
async function silentClient(messages: readonly Message[], idleTimeoutMs: number): Promise<unknown> {
  const [here, there] = memoryPair({ capacity: 4096 });
  const serving = serveNative(there, {
    services: {
      async work(exchange) {
        await exchange.receive();
      },
    },
    idleTimeoutMs,
    writeTimeoutMs: 5000,
  });
  for (const message of messages) await here.write(encodeMessage(message));
  try {
    await serving;
    return undefined;
  } catch (error) {
    return error;
  } finally {
    here.close();
    there.close();
  }
}

Deno.test("a silent client is dropped, in an exchange and between two", async () => {
  for (const messages of [[HELLO, OPEN], [HELLO]]) {
    const why = await silentClient(messages, 40);
    assert(why instanceof DeadlineError && why.phase === "idle", String(why));
  }
});

Deno.test("a client that waits for a slow service is asked for signs of life and kept", async () => {
  await using pair = await nativePair({
    async slow() {
      await new Promise((resolve) => setTimeout(resolve, 900));
      return { done: true };
    },
  }, { server: { idleTimeoutMs: 400 }, client: { idleTimeoutMs: 400 } });
  const exchange = await pair.client.open("slow");
  await exchange.end();
  assertEquals(await exchange.result(), { done: true });
});

Deno.test("a client that lives but takes nothing fails the exchange, not the server", async () => {
  await using pair = await nativePair({
    async flood(exchange) {
      for (;;) await exchange.send(new Uint8Array(65_536));
    },
    echo: ECHO,
  }, { server: { idleTimeoutMs: 400 } });
  const exchange = await pair.client.open("flood");
  const error = await assertRejects(() => exchange.result(), ExchangeError, "took nothing");
  assertEquals(error.code, "timeout");
});

Deno.test("a client that asks and never reads is dropped; what waits for it is bounded", async () => {
  const [here, there] = memoryPair({ capacity: 4096 });
  const serving = serveNative(there, { services: {} });
  const failed = assertRejects(() => serving, ProtocolError, "asks for answers and takes none");
  const flood = (async () => {
    await here.write(encodeMessage(HELLO));
    for (let id = 1;; id++) await here.write(encodeMessage({ type: "ping", id }));
  })();
  await assertRejects(() => flood);
  await failed;
  here.close();
  there.close();
});

Deno.test("a server that stops answering is given up by the client", async () => {
  const [here, there] = memoryPair();
  const limits = HELLO.type === "hello" ? HELLO.limits : { part: 0, window: 0 };
  const greeting: Message = {
    type: "greeting",
    versions: [1],
    software: "sleeper",
    limits,
    services: ["work"],
    auth: "none",
    nonce: "cd".repeat(32),
  };
  await there.write(encodeMessage(greeting));
  await there.write(encodeMessage({ type: "ready" }));
  const client = await NativeClient.over(here, { idleTimeoutMs: 40 });
  const exchange = await client.open("work");
  await assertRejects(() => exchange.result(), DeadlineError, "idle");
  client.close();
  there.close();
});
