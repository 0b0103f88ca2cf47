/**
 * S16, S17, S20, S23: what a text, a body, a name does to those who get it.
 * @module
 */
import { assert } from "@std/assert";
import { exchange, hostileServer, putting, utf8 } from "../attack.ts";
import type { Finding, Probe, Seat, Target } from "../target.ts";

/** S16 */
export const escapes: Probe = async (target) => {
  const log = await logOf(target, "\x1b]52;c;cm0gLXJmIH4=\x07\u202egnp.exe");
  // deno-lint-ignore no-control-regex
  return /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(log)
    ? { safe: false, says: "its log writes to the clipboard of who reads it" }
    : { safe: true, says: "shows each control character as an escape" };
};

/** S17 */
export const forgedLine: Probe = async (target) => {
  const log = await logOf(target, "a\r\nroot logged in");
  return /^root logged in/m.test(log)
    ? { safe: false, says: "its log has a line that the client has written" }
    : { safe: true, says: "one event is one line, whatever its name has in it" };
};

/** What a server writes down of a file with such a name. */
async function logOf(target: Target, name: string): Promise<string> {
  await using served = await target.serve();
  const before = served.process.said.length;
  await exchange(served.port("files"), putting(`${name}MARK`, "x"));
  await served.process.until(/MARK/);
  return served.process.said.slice(before);
}

/** S20 */
export const bomb: Probe = async (target) => {
  const size = 20_000_000;
  const packed = await new Response(
    new Blob([new Uint8Array(size)]).stream().pipeThrough(new CompressionStream("gzip")),
  ).bytes();
  await using server = hostileServer(async (conn) => {
    await conn.read(new Uint8Array(10_000));
    await conn.write(utf8(
      `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`,
    ));
    for (let at = 0; at < packed.length;) at += await conn.write(packed.subarray(at));
    await conn.read(new Uint8Array(1));
  });
  const directory = await Deno.makeTempDir(), path = `${directory}/file`;
  await using client = await target.fetch(`http://127.0.0.1:${server.port}/`, path);
  await client.ended();
  const kept = (await Deno.stat(path).catch(() => null))?.size ?? 0;
  await Deno.remove(directory, { recursive: true });
  return kept > packed.length
    ? { safe: false, says: "20 KB on the wire become 20 MB on the disk" }
    : { safe: true, says: "unpacks nothing: keeps the bytes that came" };
};

/** S23 */
export const chat: Probe = async (target) => {
  await using served = await target.serve();
  await using ann = await target.join(served, "ann");
  let says = "";
  const broken = (why: string): Finding => ({ safe: false, says: why });
  for (const name of ["Ann", "\u0430nn", "ann\u200b", "x".repeat(5000)]) {
    const other: Seat | null = await target.join(served, name).catch(() => null);
    await other?.[Symbol.asyncDispose]();
    if (other) says ||= `lets somebody in as \`${name.slice(0, 9)}\` beside \`ann\``;
  }
  if (says !== "") return broken(says);
  await using bob = await target.join(served, "bob");
  await bob.say("y".repeat(50_000));
  await bob.say("hello");
  const heard = await ann.heard();
  assert(heard !== "", "nothing was heard");
  return heard.length > 10_000
    ? broken("hands on a line of any length")
    : { safe: true, says: "refuses a name that looks like another one, and a line without end" };
};
