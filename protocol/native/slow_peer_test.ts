/**
 * Peers that are never silent, and take for ever all the same.
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DeadlineError } from "../session/errors.ts";
import { type MemoryConnection, memoryPair } from "../transport/mod.ts";
import { ProtocolError } from "./errors.ts";
import { encodeMessage } from "./link.ts";
import type { Message } from "./message.ts";
import { type NativeServerOptions, serveNative } from "./server.ts";
import { ECHO } from "./testing.ts";
import { SendWindow } from "./window.ts";

const HELLO: Message = {
  type: "hello",
  versions: [1],
  software: "test",
  limits: { part: 262_144, window: 4_194_304 },
  nonce: "ab".repeat(32),
};
const OPEN: Message = { type: "open", id: 1, service: "echo", args: {} };
const DATA: Message = { type: "data", id: 1, size: 100_000 };

/** Sends `whole` at once and then `drip` byte by byte, and tells what the server says to it in the end. */
async function dripped(
  whole: readonly Message[],
  drip: Uint8Array,
  options: Partial<NativeServerOptions>,
): Promise<unknown> {
  const [here, there] = memoryPair();
  const serving = serveNative(there, { services: { echo: ECHO }, ...options })
    .then(() => undefined, (error: unknown) => error)
    .finally(() => there.close());
  const dripping = (async () => {
    for (const message of whole) await here.write(encodeMessage(message));
    for (const byte of drip) {
      await here.write(Uint8Array.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })().catch(() => {});
  const why = await serving;
  here.close();
  await dripping;
  return why;
}

/** Longer than any of these tests waits for. */
const HOUR = 3_600_000;

Deno.test("a drip extends neither the handshake nor a message: header, body, in an exchange or not", async () => {
  const slow = { messageTimeoutMs: 60, minRate: 1e9, handshakeTimeoutMs: HOUR };
  const body = new Uint8Array(100_000);
  for (
    const [phase, whole, drip, options] of [
      ["handshake", [], encodeMessage(HELLO), { handshakeTimeoutMs: 60, messageTimeoutMs: HOUR }],
      ["frame", [], encodeMessage(HELLO), slow],
      ["frame", [HELLO], encodeMessage(OPEN), slow],
      ["frame", [HELLO, OPEN], encodeMessage(DATA), slow],
      ["frame", [HELLO, OPEN, DATA], body, slow],
    ] as const
  ) {
    const why = await dripped(whole, drip, options);
    assert(why instanceof DeadlineError && why.phase === phase, `${phase} ${why}`);
  }
});

Deno.test("who keeps up the least speed takes as long as it takes, and who is quiet is not slow", async () => {
  const [here, there] = memoryPair();
  const limits = { messageTimeoutMs: 60, minRate: 100 };
  const serving = serveNative(there, { services: { echo: ECHO }, ...limits });
  const failing = assertRejects(() => serving, ProtocolError, "gave up");
  const bytes = encodeMessage(OPEN);
  await here.write(encodeMessage(HELLO));
  // Three times its limit: each byte earns 10 ms.
  for (let at = 0; at < bytes.length; at += 2) {
    await here.write(bytes.subarray(at, at + 2));
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  // Twice its limit, between two messages.
  await new Promise((resolve) => setTimeout(resolve, 120));
  await here.write(encodeMessage({ type: "end", id: 1, result: {} }));
  assertEquals(await ended(here), true);
  await here.write(encodeMessage({ type: "error", code: "io", message: "test" }));
  await failing;
  here.close();
  there.close();
});

/** Whether the exchange was answered by its end. */
async function ended(connection: MemoryConnection): Promise<boolean> {
  let said = "";
  const buffer = new Uint8Array(4096);
  while (!said.includes('"end"')) {
    const count = await connection.read(buffer);
    if (count === null) return false;
    said += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return true;
}

Deno.test("credit in crumbs is no progress", async () => {
  for (const [minRate, behind] of [[1e9, true], [1, false]] as const) {
    const window = new SendWindow(100, minRate);
    await window.take(100);
    const waiting = window.take(100);
    let left = 100;
    for (const begun = performance.now(); performance.now() < begun + 20; left--) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      assert(window.give(1));
    }
    assertEquals(window.stalledMs > 15, behind, `${minRate}: ${window.stalledMs}`);
    assert(window.give(left));
    await waiting;
    assertEquals(window.stalledMs, 0);
  }
});
