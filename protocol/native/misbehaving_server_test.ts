/**
 * Servers that do not keep to nonstick/1: the client says what was wrong, closes, and whoever waits is told.
 * @module
 */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Connection, memoryPair } from "../transport/mod.ts";
import { NativeClient, RefusedError } from "./client.ts";
import { ExchangeError, ProtocolError } from "./errors.ts";
import { encodeMessage } from "./link.ts";
import type { Message } from "./message.ts";
import { settingsOf } from "./settings.ts";
import { ECHO, nativePair } from "./testing.ts";

const GREETING: Message = {
  type: "greeting",
  versions: [1],
  software: "test",
  limits: { part: 262_144, window: 4_194_304 },
  services: ["echo"],
  auth: "none",
  nonce: "ab".repeat(32),
};
const READY: Message = { type: "ready" };

/** What no program of ours would say. */
function raw(header: Record<string, unknown>): Message {
  return header as unknown as Message;
}

/** A server that says just these messages, whatever it hears. */
function saying(...messages: readonly Message[]): { here: Connection; there: Connection } {
  const [here, there] = memoryPair();
  (async () => {
    for (const message of messages) await there.write(encodeMessage(message));
    for (const buffer = new Uint8Array(4096); await there.read(buffer) !== null;);
  })().catch(() => {}).finally(() => there.close());
  return { here, there };
}

Deno.test("an opening that is none is refused, with what is wrong with it", async () => {
  const cases: readonly (readonly [Message[], string])[] = [
    [[raw({ nonstick: [1], type: "ready" })], '"ready" came before "greeting"'],
    [[{ ...GREETING, versions: [2, 3] }], "The server speaks version 2, 3, not 1"],
    [[{ ...GREETING, limits: { part: 1024, window: 1024 } }], "a window of 1024 bytes"],
    [[{ ...GREETING, nonce: "AB".repeat(32) }], "The nonce is not 32 bytes in hex"],
    [[raw({ ...GREETING, nonstick: [1], auth: "rot13" })], "one of none, hmac-sha256"],
    [[raw({ ...GREETING, nonstick: [1], services: "echo" })], "a list of texts"],
    [[raw({ ...GREETING, nonstick: [1], services: [1] })], "a list of texts"],
    [
      [raw({ nonstick: [1], type: "error", code: "limit", message: "full" })],
      "The server refused: full",
    ],
  ];
  for (const [messages, words] of cases) {
    const { here } = saying(...messages);
    await assertRejects(() => NativeClient.over(here), ProtocolError, words);
  }
});

Deno.test("what does not belong into a conversation ends it, and whoever waits is told", async () => {
  const cases: readonly (readonly [Message, string])[] = [
    [GREETING, 'A server does not say "greeting" here'],
    [{ type: "end", id: 7, result: {} }, '"end" came for exchange 7, which is not under way'],
    [raw({ type: "open", id: 1, service: "x", args: {} }), 'A server does not say "open" here'],
    [{ type: "data", id: 1, size: 262_145 }, "262145"],
    [{ type: "credit", id: 1, bytes: 1 }, "More credit came than was spent"],
  ];
  for (const [message, words] of cases) {
    const [here, there] = memoryPair();
    const saying = async (said: Message) => void await there.write(encodeMessage(said));
    await saying(GREETING);
    await saying(READY);
    const client = await NativeClient.over(here);
    const exchange = await client.open("echo");
    await saying(message);
    await assertRejects(() => exchange.receive(), Error, words);
    await assertRejects(() => exchange.result(), Error, words);
    const heard: number[] = [];
    const buffer = new Uint8Array(4096);
    for (let n; (n = await there.read(buffer)) !== null;) heard.push(...buffer.subarray(0, n));
    const text = new TextDecoder().decode(Uint8Array.from(heard));
    assert(text.includes('"type":"error"'), text);
    assert(!client.isOpen);
    there.close();
  }
});

Deno.test("more than the window takes is not kept", async () => {
  const [here, there] = memoryPair({ capacity: 10_000_000 });
  await there.write(encodeMessage(GREETING));
  await there.write(encodeMessage(READY));
  const limits = { part: 1024, window: 140_000 };
  const client = await NativeClient.over(here, { limits });
  const exchange = await client.open("echo");
  const flood = (async () => {
    for (let i = 0; i < 200; i++) {
      await there.write(encodeMessage({ type: "data", id: 1, size: 1024 }));
      await there.write(new Uint8Array(1024));
    }
  })();
  // Nobody receives: what is held may not grow beyond the window.
  await assertRejects(() => exchange.result(), ProtocolError, "More was sent than the window");
  there.close();
  await flood.catch(() => {});
  client.close();
});

Deno.test("a server that gives up tells everybody, and credit for what is over harms nobody", async () => {
  const [here, there] = memoryPair();
  const say = async (said: Message) => void await there.write(encodeMessage(said));
  await say(GREETING);
  await say(READY);
  using client = await NativeClient.over(here);
  assertEquals([client.services, client.serverSoftware], [["echo"], "test"]);
  const exchange = await client.open("echo");
  await assertRejects(() => client.open("echo"), Error, "number 1 is not over");
  await say({ type: "end", id: 1, result: { a: 1 } });
  assertEquals(await exchange.result(), { a: 1 });
  await exchange.end();
  assert(exchange.isOver);
  await say({ type: "credit", id: 1, bytes: 0 });
  const pinging = client.ping();
  await say({ type: "pong", id: 1 });
  assert(await pinging >= 0);
  const second = await client.open("echo");
  await say({ type: "error", code: "no-such-code", message: "enough" });
  const error = await assertRejects(() => second.receive(), ExchangeError, "enough");
  assertEquals(error.code, "internal");
  there.close();
});

Deno.test("two who receive from one exchange at once are told apart", async () => {
  await using pair = await nativePair({ echo: ECHO });
  const exchange = await pair.client.open("echo");
  const first = exchange.receive();
  await assertRejects(() => exchange.receive(), Error, "another receive is waiting");
  await exchange.send(Uint8Array.of(1));
  assertEquals((await first)?.bytes, Uint8Array.of(1));
  assert(pair.client.bytesMoved > 0);
});

Deno.test("settings that cannot work are refused before anything is opened", () => {
  assertThrows(() => settingsOf({ limits: { part: 1023 } }), RangeError, "a part of 1023 bytes");
  assertThrows(() => settingsOf({ limits: { window: 1 } }), RangeError, "a window of 1 bytes");
  assertThrows(() => settingsOf({ idleTimeoutMs: 0 }), RangeError, "idleTimeoutMs 0");
  assertThrows(() => settingsOf({ writeTimeoutMs: NaN }), RangeError, "writeTimeoutMs NaN");
});

Deno.test("a refusal by the server is a RefusedError with its code", async () => {
  const { here } = saying(raw({ nonstick: [1], type: "error", code: "auth", message: "no" }));
  const error = await assertRejects(() => NativeClient.over(here), RefusedError);
  assertEquals(error.code, "auth");
});
