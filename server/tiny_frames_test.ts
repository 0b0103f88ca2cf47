/**
 * Very many, very small frames (docs/THREATS.md, S9).
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { RunningServer } from "../cli/testing.ts";
import { connect, type Connection } from "../protocol/transport/mod.ts";

/** Frames of each kind, and how much the server may grow by them, in bytes. */
const FRAMES = 100_000, MOST_GROWTH = 48 * 1024 * 1024;
/** What the buffers of the system take is less than this. */
const MOST_SENT = 128 * 1024 * 1024;

/** Memory that a process really has, in bytes. */
async function memoryOf(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", `${pid}`] })
    .output();
  return Number(new TextDecoder().decode(stdout)) * 1024;
}

/** Reads so many bytes. */
async function readOut(connection: Connection, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = await connection.read(bytes.subarray(at));
    assert(count !== null, `the server ended after ${at} bytes`);
    at += count;
  }
  return bytes;
}

Deno.test("100,000 empty and 100,000 one-byte frames are answered and cost no memory", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using server = await RunningServer.start(
    ["--listen", "tcp://127.0.0.1:0?speak=echo&framing=u32be"],
    1,
  );
  const empty = new Uint8Array(4 * FRAMES);
  const tiny = new Uint8Array(5 * FRAMES).map((_, i) => i % 5 === 3 ? 1 : i % 5 === 4 ? 120 : 0);
  const before = await memoryOf(server.pid);
  for (const frames of [empty, tiny]) {
    const connection = await connect(server.urls[0] ?? "");
    const answers = readOut(connection, frames.length);
    for (let at = 0; at < frames.length;) at += await connection.write(frames.subarray(at));
    assertEquals(await answers, frames);
    connection.close();
  }
  const grown = await memoryOf(server.pid) - before;
  assert(grown < MOST_GROWTH, `the server grew by ${grown} bytes`);
});

Deno.test("frames that nobody takes the answers of stop the one who sends them, not the server", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using server = await RunningServer.start(
    ["--listen", "tcp://127.0.0.1:0?speak=echo&framing=u32be", "--frame-timeout", "2"],
    1,
  );
  const before = await memoryOf(server.pid);
  const connection = await connect(server.urls[0] ?? "");
  const frames = new Uint8Array(5 * FRAMES).map((_, i) => i % 5 === 3 ? 1 : 0);
  let most = 0, sent = 0;
  try {
    // Until the server hangs up, because its answers have not been taken for so long.
    for (; sent < MOST_SENT; sent += frames.length) {
      for (let at = 0; at < frames.length;) at += await connection.write(frames.subarray(at));
      most = Math.max(most, await memoryOf(server.pid) - before);
    }
  } catch {
    // It has hung up.
  }
  connection.close();
  most = Math.max(most, await memoryOf(server.pid) - before);
  assert(sent < MOST_SENT, "the server takes whatever comes");
  assert(most < MOST_GROWTH, `${sent} bytes were sent, the server grew by ${most}`);
});
