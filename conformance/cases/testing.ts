/**
 * Planted servers for the tests of the case book: `u32be` frames over plain sockets, written by hand, so that one thing
 * can be wrong with them at a time.
 * @module
 */
import { concat } from "@std/bytes/concat";
import { assert } from "@std/assert";
import type { CaseResult } from "../campaign/result.ts";
import { runConformance } from "../run_conformance.ts";
import type { RunOptions } from "../run_options.ts";
import { UNHURRIED } from "../testing.ts";

/** What the planted servers are told, and expected to do. */
export const ECHO = {
  ...UNHURRIED,
  framing: "u32be",
  expect: "echo",
  seed: 1,
  timeoutMs: 2000,
  shrinkMs: 100,
} as const;

/** A server in this process that treats each connection as `handle` says. */
export interface PlantedServer extends AsyncDisposable {
  /** Where it listens. */
  readonly endpoint: string;
}

/** Starts a server; errors of `handle` end its connection. */
export function plantedServer(handle: (socket: Deno.TcpConn) => Promise<void>): PlantedServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  const serve = async (socket: Deno.TcpConn) => {
    socket.setNoDelay(true);
    open.add(socket);
    try {
      await handle(socket);
    } catch {
      // What a peer does ends its own connection only.
    } finally {
      open.delete(socket);
      close(socket);
    }
  };
  const running: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const socket of listener) running.push(serve(socket));
  })();
  return {
    endpoint: `tcp://127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of open) close(socket);
      listener.close();
      await accepting;
      await Promise.all(running);
    },
  };
}

/** Closes a socket that may be closed. */
export function close(socket: Deno.TcpConn): void {
  try {
    socket.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** The next bytes; null at the end of the stream. */
export async function readSome(socket: Deno.TcpConn): Promise<Uint8Array | null> {
  const buffer = new Uint8Array(65_536);
  const count = await socket.read(buffer);
  return count === null ? null : buffer.slice(0, count);
}

/** Writes all of it. */
export async function writeAll(socket: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
}

/** Takes whole frames, headers included, out of a growing buffer. */
export class Frames {
  /** What is left. */
  rest: Uint8Array = new Uint8Array(0);

  /** The frames that are complete with these bytes. */
  take(bytes: Uint8Array): Uint8Array[] {
    let buffer = concat([this.rest, bytes]);
    const frames: Uint8Array[] = [];
    for (;;) {
      const length = buffer.length < 4
        ? Infinity
        : 4 + new DataView(buffer.buffer, buffer.byteOffset).getUint32(0);
      if (buffer.length < length) break;
      frames.push(buffer.slice(0, length));
      buffer = buffer.subarray(length);
    }
    this.rest = buffer.slice();
    return frames;
  }
}

/** One frame. */
export function frame(payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + payload.length);
  new DataView(bytes.buffer).setUint32(0, payload.length);
  bytes.set(payload, 4);
  return bytes;
}

/** What a promise gives within `ms`, else "late"; no timer is left. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | "late"> {
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Runs one case against a planted server and tells what came of it: `FAIL LOST`, or the verdict alone. */
export async function verdictOf(
  id: string,
  handle: (socket: Deno.TcpConn) => Promise<void>,
  options: Partial<RunOptions> = {},
): Promise<string> {
  await using server = plantedServer(handle);
  const { cases } = await runConformance(server.endpoint, { ...ECHO, cases: [id], ...options });
  return verdictText(cases, id);
}

/** The verdict and cause of one case. */
export function verdictText(cases: readonly CaseResult[], id: string): string {
  const found = cases.find((one) => one.id === id);
  assert(found, `case ${id} was run`);
  return found.cause === undefined ? found.verdict : `${found.verdict} ${found.cause}`;
}

/** Answers each frame, in order, and reads no further before that is written. */
export async function right(socket: Deno.TcpConn): Promise<void> {
  const frames = new Frames();
  for (let bytes; (bytes = await readSome(socket)) !== null;) {
    for (const whole of frames.take(bytes)) await writeAll(socket, whole);
  }
}
