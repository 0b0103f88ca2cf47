/**
 * Small helpers for tests of servers.
 * @module
 */
import type { Connection } from "../protocol/transport/mod.ts";

const encoder = new TextEncoder(), decoder = new TextDecoder();

/** Writes all of a text. */
export async function say(connection: Connection, text: string): Promise<void> {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** One read, as text; null at the end of the stream. */
export async function hear(connection: Connection): Promise<string | null> {
  const buffer = new Uint8Array(65_536);
  const count = await connection.read(buffer);
  return count === null ? null : decoder.decode(buffer.subarray(0, count));
}

/** Everything to the end of the stream, as text. */
export async function hearAll(connection: Connection): Promise<string> {
  let text = "";
  for (let part = await hear(connection); part !== null; part = await hear(connection)) {
    text += part;
  }
  return text;
}
