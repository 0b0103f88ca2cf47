/**
 * The sections that have a framing each, and that of damage: right servers pass them, and of planted mistakes each is
 * found by one of their cases and by none of the others.
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { framing } from "../../protocol/framing/mod.ts";
import { listen } from "../../protocol/transport/mod.ts";
import type { RunResult } from "../campaign/result.ts";
import { runConformance } from "../run_conformance.ts";
import type { RunOptions } from "../run_options.ts";
import { echo, type TestServer, testServer, UNHURRIED } from "../testing.ts";

const LOOPBACK = "tcp://127.0.0.1:0";
/** Limit of all servers here, in payload bytes. */
const LIMIT = 2000;
const OURS = ["4", "5", "6", "7", "10"];
/** What everybody tests: cuts, joins, sizes, ends. */
const OTHERS = ["1.1", "1.4", "1.12", "2.1", "2.7", "3.3", "3.7", "3.8", "8.2"];

function run(
  endpoint: string,
  spec: string,
  options: Partial<RunOptions> = {},
): Promise<RunResult> {
  return runConformance(endpoint, {
    ...UNHURRIED,
    framing: spec,
    expect: "echo",
    maxFrame: LIMIT,
    cases: OURS,
    seed: 1,
    shrinkMs: 100,
    timeoutMs: 1000,
    ...options,
  });
}

/** Cases that did not come to one of these verdicts. */
function others({ cases }: RunResult, ...right: string[]): string[] {
  return cases.filter(({ verdict }) => !right.includes(verdict))
    .map(({ id, verdict, cause, detail }) => `${id} ${verdict} ${cause}: ${detail}`);
}

const judged = ({ cases }: RunResult) => cases.filter(({ verdict }) => verdict === "PASS").length;

const SPECS = ["u32be", "u16le?includes=header", "varint", "netstring", "line", "content-length"]
  .concat(["json+u32be", "slip", "marked:02:03"]);

for (const spec of SPECS) {
  Deno.test(`our server passes sections 4 to 10: ${spec}`, async () => {
    await using server = await testServer(LOOPBACK, spec, echo, { maxFrameLength: LIMIT });
    const result = await run(server.endpoint, spec);
    assertEquals(others(result, "PASS", "INFO", "UNSUPPORTED"), []);
    assert(judged(result) > 12, `${judged(result)} cases were judged`);
  });
}

for (const spec of ["u32be", "line", "slip"]) {
  Deno.test(`a server that skips what is over its limit passes as declared: ${spec}`, async () => {
    const options = { overLimit: "skip", maxFrameLength: LIMIT } as const;
    await using server = await testServer(LOOPBACK, spec, echo, options);
    const cases = ["2.7", "3.3", "3.7", "3.9", "6.5", "6.7", "6.10", "10"];
    const skip = await run(server.endpoint, spec, { cases, overLimit: "skip" });
    assertEquals(others(skip, "PASS", "INFO", "UNSUPPORTED"), []);
    const close = await run(server.endpoint, spec, {
      cases: ["3.7"],
      overLimit: "close",
    });
    const [found] = close.cases.filter(({ id }) => id === "3.7");
    assertEquals([found?.verdict, found?.cause], ["FAIL", "POLICY"]);
  });
}

Deno.test("a server that closes fails where skipping is declared", async () => {
  await using server = await testServer(LOOPBACK, "u32be", echo, { maxFrameLength: LIMIT });
  const result = await run(server.endpoint, "u32be", { cases: ["3.7", "3.9"], overLimit: "skip" });
  const found = result.cases.filter(({ id }) => id === "3.7" || id === "3.9");
  assertEquals(found.map(({ verdict, cause }) => `${verdict} ${cause}`), [
    "FAIL POLICY",
    "FAIL POLICY",
  ]);
});

/** A server in this process that answers what a decoder of the test's own finds. */
async function plantedServer(spec: string, make: () => Decoder): Promise<TestServer> {
  const listener = await listen(LOOPBACK);
  const encoder = framing(spec).createEncoder();
  const serveOne = async (connection: Connection) => {
    const decode = make();
    const buffer = new Uint8Array(16_384);
    try {
      for (let count; (count = await connection.read(buffer)) !== null;) {
        const { frames, bad } = decode(buffer.slice(0, count));
        const answer = concat(frames.map((frame) => encoder.encode(frame)));
        for (let at = 0; at < answer.length;) at += await connection.write(answer.subarray(at));
        if (bad) break;
      }
    } catch {
      // What a peer does ends its own connection only.
    } finally {
      connection.close();
    }
  };
  const running: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const connection of listener.connections()) running.push(serveOne(connection));
  })();
  return {
    endpoint: listener.endpoint,
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      await accepting;
      await Promise.all(running);
    },
  };
}

type Listener = Awaited<ReturnType<typeof listen>>;
type Connection = ReturnType<Listener["connections"]> extends AsyncIterable<infer C> ? C : never;
type Decoder = (chunk: Uint8Array) => { frames: Uint8Array[]; bad: boolean };

/** A decoder from a function that finds the first frame in what is there: its end, null for `not yet`. */
function decoder(
  first: (bytes: Uint8Array, chunk: Uint8Array) => { payload: Uint8Array; end: number } | null,
): Decoder {
  let kept = new Uint8Array(0);
  return (chunk) => {
    kept = concat([kept, chunk]);
    const frames: Uint8Array[] = [];
    try {
      for (let found; (found = first(kept, chunk)) !== null; kept = kept.slice(found.end)) {
        frames.push(found.payload);
      }
      return { frames, bad: false };
    } catch {
      return { frames, bad: true };
    }
  };
}

function refuse(): never {
  throw new Error("refused");
}

/** The payload of `length` bytes at `at`, with `behind` bytes behind it. */
function body(bytes: Uint8Array, at: number, length: number, behind = 0) {
  if (!(length >= 0 && length <= LIMIT)) refuse();
  const end = at + length;
  return end + behind > bytes.length ? null : { payload: bytes.slice(at, end), end: end + behind };
}

/** Varints of any width: an eleventh byte is taken like any other. */
const wideVarint = () =>
  decoder((bytes) => {
    let value = 0;
    for (const [i, byte] of bytes.entries()) {
      if (i > 200) refuse();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return body(bytes, i + 1, value);
    }
    return null;
  });

const LATIN1 = new TextDecoder("latin1");

/** Header lines; `length` picks one of the lengths, `lineEnd` tells what ends a line. */
function headerLines(
  length: (all: string[]) => string,
  lineEnd: (whole: boolean) => RegExp,
): Decoder {
  return decoder((bytes, chunk) => {
    const text = LATIN1.decode(bytes);
    const blank = lineEnd(chunk.length >= bytes.length);
    const end = new RegExp(`${blank.source}${blank.source}`).exec(text);
    if (end === null) return text.length > LIMIT ? refuse() : null;
    const lines = text.slice(0, end.index).split(blank);
    if (lines.some((line) => !/^[\w-]+:[^\r\n]*$/.test(line))) refuse();
    const lengths = lines.filter((line) => /^content-length:/i.test(line))
      .map((line) => line.slice("content-length:".length).trim());
    const value = length(lengths);
    if (!/^\d+$/.test(value)) refuse();
    return body(bytes, end.index + end[0].length, Number(value));
  });
}

const CRLF = () => /\r\n/;
const one = (all: string[]) => all.length === 1 ? all[0] ?? "" : "";

/** Netstrings whose comma is counted, but not looked at. */
const commaBlind = () =>
  decoder((bytes) => {
    const text = LATIN1.decode(bytes.subarray(0, 20));
    const [head, digits = ""] = /^(0|[1-9]\d*):/.exec(text) ?? [];
    if (head === undefined) return /^(0|[1-9]\d{0,6})?$/.test(text) ? null : refuse();
    return body(bytes, head.length, Number(digits), 1);
  });

/** 01 01 02 at the end of a frame, searched so that a false start is searched no more. No text has these bytes. */
const noFallback = () =>
  decoder((bytes) => {
    const mark = [1, 1, 2];
    for (let i = 0, matched = 0; i < bytes.length; i++) {
      matched = bytes[i] === mark[matched] ? matched + 1 : 0;
      if (matched === 3) return i - 2 > LIMIT ? refuse() : body(bytes, 0, i - 2, 3);
    }
    return bytes.length > LIMIT + 3 ? refuse() : null;
  });

/** Lines; a CR is stripped only when its LF comes in the same chunk. */
const forgetfulLines = () =>
  decoder((bytes, chunk) => {
    const at = bytes.indexOf(0x0a), chunkAt = bytes.length - chunk.length;
    if (at < 0) return bytes.length > LIMIT ? refuse() : null;
    const strip = at !== chunkAt && bytes[at - 1] === 0x0d ? 1 : 0;
    return body(bytes, 0, at - strip, 1 + strip);
  });

/** SLIP in which a broken escape ends the frame, and what was there is delivered. */
const earlySlip = () =>
  decoder((bytes) => {
    const payload: number[] = [];
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte === 0xc0) {
        if (payload.length === 0) return body(bytes.subarray(i + 1), 0, -1);
        return { payload: Uint8Array.from(payload), end: i + 1 };
      }
      if (payload.length >= LIMIT) refuse();
      if (byte !== 0xdb) payload.push(byte ?? 0);
      else if (i + 1 < bytes.length) {
        const next = bytes[++i];
        if (next !== 0xdc && next !== 0xdd) {
          return { payload: Uint8Array.from(payload), end: i + 1 };
        }
        payload.push(next === 0xdc ? 0xc0 : 0xdb);
      }
    }
    return null;
  });

/** Planted mistakes: the framing, the server's decoder, and the cases that must find it. */
const PLANTED: readonly (readonly [what: string, spec: string, () => Decoder, string[]])[] = [
  ["varints wider than 64 bits are taken", "varint", wideVarint, ["4.5"]],
  [
    "of two Content-Lengths the last one counts",
    "content-length",
    () => headerLines((all) => all.at(-1) ?? "", CRLF),
    ["5.3"],
  ],
  [
    "LF alone ends a header line, but only when all came in one chunk",
    "content-length",
    () => headerLines(one, (whole) => whole ? /\r?\n/ : /\r\n/),
    ["5.4"],
  ],
  ["a delimiter is not found behind a false start", "delim:010102", noFallback, ["6.2"]],
  ["a CR in another chunk than its LF is kept", "line?strip=cr", forgetfulLines, ["6.9"]],
  ["the comma of a netstring is not looked at", "netstring", commaBlind, ["7.3", "10.4"]],
  ["a broken escape ends a frame", "slip", earlySlip, ["6.10", "10.1"]],
];

for (const [what, spec, make, by] of PLANTED) {
  Deno.test(`${what}: found by ${by.join(", ")}, and by no case of other sections`, async () => {
    await using server = await plantedServer(spec, make);
    const result = await run(server.endpoint, spec, { cases: [...OTHERS, ...OURS] });
    const failed = result.cases.filter(({ verdict }) => verdict === "FAIL").map(({ id }) => id);
    assertEquals(by.filter((id) => !failed.includes(id)), [], `failed: ${failed}`);
    // Random bytes (0.3) may hit anything.
    const strangers = failed.filter((id) => id !== "0.3" && !OURS.includes(id.split(".")[0] ?? ""));
    assertEquals(strangers, [], others(result, "PASS", "INFO", "UNSUPPORTED").join("\n"));
  });
}

Deno.test("the same decoders without their mistake pass", async () => {
  const right = () => headerLines(one, CRLF);
  await using server = await plantedServer("content-length", right);
  const result = await run(server.endpoint, "content-length", { cases: [...OTHERS, ...OURS] });
  assertEquals(others(result, "PASS", "INFO", "UNSUPPORTED", "NONSTRICT"), []);
});
