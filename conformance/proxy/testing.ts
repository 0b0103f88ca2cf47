/**
 * What tests of the proxy share: random traffic, and flows between ends in memory.
 * @module
 */
import { concat } from "@std/bytes/concat";
import { type Framing, framing } from "../../protocol/framing/mod.ts";
import { type Connection, memoryPair } from "../../protocol/transport/mod.ts";
import type { EdgeWatch } from "../edge/edge_probe.ts";
import type { RandomStream } from "../stimulus/random_stream.ts";
import { Flow, type FlowChunk, type FlowReport } from "./flow.ts";
import { parseChunking } from "./parse_chunking.ts";

/** What came of bytes that went through a flow. */
export interface Flowed {
  readonly chunks: readonly FlowChunk[];
  readonly report: FlowReport;
  /** What the other side read. */
  readonly bytes: Uint8Array;
  readonly lost: readonly string[];
}

/** Of ends in memory nothing is known, and nothing has to be waited for. */
const UNWATCHED: EdgeWatch = {
  method: "none",
  reason: "in memory",
  taken: undefined,
  targetInode: 0,
  settled: () => Promise.resolve("assumed"),
};

/** Sends `writes`, one after the other, through a flow with this rule, and FIN behind them. */
export async function flowed(
  rule: string,
  writes: readonly Uint8Array[],
  options: {
    readonly framing?: string;
    readonly seed?: number;
    readonly holdMs?: number;
    readonly bufferBytes?: number;
    /** Does something to the bytes on their way out. */
    readonly tamper?: (bytes: Uint8Array) => void;
  } = {},
): Promise<Flowed> {
  const frames: Framing | undefined = options.framing === undefined
    ? undefined
    : framing(options.framing);
  const [client, source] = memoryPair();
  const [sink, target] = memoryPair();
  const write = sink.write.bind(sink);
  sink.write = (bytes) => (options.tamper?.(bytes), write(bytes));
  const chunks: FlowChunk[] = [];
  const lost: string[] = [];
  const flow = new Flow({
    source,
    sink,
    edge: UNWATCHED,
    chunker: parseChunking(rule, frames).make("up", options.seed ?? 1, 1),
    framing: frames,
    bufferBytes: options.bufferBytes ?? 65_536,
    // Long enough that a slow machine does not flush, so that cuts are those of the rule.
    holdMs: options.holdMs ?? 60_000,
    edgeMs: 1000,
    now: () => performance.now(),
    onChunk: (chunk) => chunks.push(chunk),
    onLost: (why) => lost.push(why),
  });
  const feeding = async () => {
    for (const bytes of writes) await writeAll(client, bytes);
    await client.closeWrite();
  };
  const run = async () => {
    const report = await flow.run();
    await sink.closeWrite();
    return report;
  };
  const [report, bytes] = await Promise.all([run(), readAll(target), feeding()]);
  for (const end of [client, source, sink, target]) end.close();
  return { chunks, report, bytes, lost };
}

/** Writes all of `bytes`. */
export async function writeAll(connection: Connection, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** Reads to the end of the stream. */
export async function readAll(connection: Connection): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const buffer = new Uint8Array(4096);
  for (let count; (count = await connection.read(buffer)) !== null;) {
    parts.push(buffer.slice(0, count));
  }
  return concat(parts);
}

/** Reads exactly `count` bytes. */
export async function readExactly(connection: Connection, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const got = await connection.read(bytes.subarray(at));
    if (got === null) throw new Error(`The stream ended behind ${at} of ${count} bytes`);
    at += got;
  }
  return bytes;
}

/** Random bytes. */
export function randomBytes(random: RandomStream, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

/** Bytes in random pieces of 1 to `most` bytes. */
export function inPieces(random: RandomStream, bytes: Uint8Array, most: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = 1 + random.below(most);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

/** Frames with these payloads, as text, on the wire. */
export function wire(spec: string, ...payloads: readonly string[]): Uint8Array {
  const encoder = framing(spec).createEncoder();
  return concat(payloads.map((text) => encoder.encode(new TextEncoder().encode(text))));
}
