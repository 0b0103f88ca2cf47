/**
 * Each option that limits a time does so, in every dialect. What the phases are is tested with their parts.
 * @module
 */
import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { RunningServer } from "../cli/testing.ts";
import { encodeMessage } from "../protocol/native/link.ts";
import type { Message } from "../protocol/native/message.ts";
import { connect, type Connection } from "../protocol/transport/mod.ts";
import { hear } from "./testing.ts";

const HELLO: Message = {
  type: "hello",
  versions: [1],
  software: "test",
  limits: { part: 262_144, window: 4_194_304 },
  nonce: "ab".repeat(32),
};
const OPEN = encodeMessage({ type: "open", id: 1, service: "echo", args: {} });
const FRAME = Uint8Array.of(0, 0, 0, 1, 120);

/** A server of three dialects: nonstick/1, frames and raw. */
async function start(...args: string[]): Promise<RunningServer> {
  const listen = ["", "?framing=u32be", "?speak=echo"].flatMap((dialect) => [
    ...["--listen", `tcp://127.0.0.1:0${dialect}`],
  ]);
  return await RunningServer.start([...listen, ...args], 3);
}

/** Says something to each dialect, or nothing, and waits until each has been given up in that phase. */
async function givenUp(
  server: RunningServer,
  said: readonly (Uint8Array | null)[],
  phase: string,
): Promise<void> {
  const peers: Connection[] = [];
  for (const [i, bytes] of said.entries()) {
    const url = server.urls[i] ?? "";
    if (bytes === null) continue;
    const peer = await connect(url);
    peers.push(peer);
    // What is not taken any more is what this is about.
    void writeAll(peer, bytes).catch(() => {});
    const listener = url.replace(/\?.*/, "");
    await server.logged(
      new RegExp(`listener=${listener} .* error=DeadlineError phase=${phase} ms=200 `),
    );
  }
  for (const peer of peers) peer.close();
}

async function writeAll(peer: Connection, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await peer.write(bytes.subarray(at));
}

Deno.test("--handshake-timeout: whoever says nothing is given up", async () => {
  await using server = await start("--handshake-timeout", "0.2");
  const nothing = new Uint8Array(0);
  await givenUp(server, [nothing, nothing, nothing], "handshake");
});

Deno.test("--idle-timeout: whoever falls silent is given up", async () => {
  await using server = await start("--idle-timeout", "0.2");
  await givenUp(server, [encodeMessage(HELLO), FRAME, FRAME], "idle");
});

Deno.test("--frame-timeout: whoever does not finish, or does not take the answers, is given up", async () => {
  await using server = await start("--frame-timeout", "0.2");
  const torn = concat([encodeMessage(HELLO), OPEN.subarray(0, OPEN.length - 1)]);
  await givenUp(server, [torn, FRAME.subarray(0, 3), null], "frame");
  // More than any buffer between the two holds.
  const flood = new Uint8Array(32_000_000);
  for (let at = 0; at < flood.length; at += 1000) flood.set([0, 0, 3, 228], at);
  await givenUp(server, [null, flood, flood], "write");
});

Deno.test("--min-rate: a message may take longer by what its bytes are worth", async () => {
  /** Whether a message that comes byte by byte, in much longer than the timeout, is taken, and a ping behind it answered. */
  const dripped = async (rate: string) => {
    await using server = await start("--frame-timeout", "0.2", "--min-rate", rate);
    const peer = await connect(server.urls[0] ?? "");
    await writeAll(peer, encodeMessage(HELLO));
    let said = "";
    const hearing = (async () => {
      while (!/"type":"pong"/.test(said)) {
        const part = await hear(peer);
        if (part === null) return;
        said += part;
      }
    })().catch(() => {});
    for (const byte of concat([OPEN, encodeMessage({ type: "ping", id: 7 })])) {
      await peer.write(Uint8Array.of(byte)).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await hearing;
    peer.close();
    return said.includes('"type":"pong"');
  };
  assertEquals([await dripped("1000000000"), await dripped("1")], [false, true]);
});
