import { hexBytes, hexText } from "../../protocol/framing/hex.ts";
import { ConformanceUsageError } from "../run_options.ts";
import type { ChunkReason, FlowChunk, FlowEnd, FlowReport } from "./flow.ts";
import type { Direction } from "./parse_chunking.ts";

/** What a proxy was asked to do, as its record begins. */
export interface ProxyAbout {
  /** Tells these records from those of `run`. */
  readonly command: "proxy";
  /** Version of the program. */
  readonly version: string;
  /** Seed of all that is random. */
  readonly seed: number;
  /** Where it listens. */
  readonly listen: string;
  /** Where it connects to. */
  readonly to: string;
  /** The rule of each direction. */
  readonly chunking: Readonly<Record<Direction, string>>;
  /** How the traffic is framed, if it was told. */
  readonly framing?: string;
}

/** One thing that happened, in the order in which it did: one line of a record. Times are ms since the proxy began. */
export type ProxyEvent =
  | { readonly event: "run"; readonly atMs: number; readonly format: 1; readonly about: ProxyAbout }
  | {
    readonly event: "connection";
    readonly atMs: number;
    readonly connection: number;
    /** How edges towards the target, and towards the client, are watched, and why not better. */
    readonly edge: string;
    readonly reason: string;
    readonly edgeDown: string;
    readonly reasonDown: string;
  }
  | {
    readonly event: "chunk";
    readonly atMs: number;
    readonly connection: number;
    readonly direction: Direction;
    /** Offset of its first byte in its direction. */
    readonly start: number;
    readonly by: ChunkReason;
    readonly edge: string;
    readonly hex: string;
  }
  | {
    readonly event: "finished";
    readonly atMs: number;
    readonly connection: number;
    readonly direction: Direction;
    readonly end: FlowEnd;
    readonly bytesIn: number;
    readonly bytesOut: number;
    readonly hashIn: string;
    readonly hashOut: string;
    readonly proven: number;
    readonly assumed: number;
  }
  | { readonly event: "end"; readonly atMs: number; readonly transparent: boolean };

/** The event of a chunk. */
export function chunkEvent(
  connection: number,
  direction: Direction,
  { start, bytes, by, writtenMs, edge }: FlowChunk,
): ProxyEvent {
  const hex = hexText(bytes);
  return { event: "chunk", atMs: writtenMs, connection, direction, start, by, edge, hex };
}

/** The event of the end of a direction. */
export function finishedEvent(
  connection: number,
  direction: Direction,
  atMs: number,
  report: FlowReport,
): ProxyEvent {
  const { end, bytesIn, bytesOut, hashIn, hashOut, proven, assumed } = report;
  const found = { end, bytesIn, bytesOut, hashIn, hashOut, proven, assumed };
  return { event: "finished", atMs, connection, direction, ...found };
}

/** An event as a line. */
export function recordLine(event: ProxyEvent): string {
  return JSON.stringify({ ...event, atMs: Math.round(event.atMs * 1000) / 1000 });
}

/** A step of one side of a recorded connection: bytes as one chunk, or how it ended. */
export type RecordedStep =
  | { readonly direction: Direction; readonly bytes: Uint8Array }
  | { readonly direction: Direction; readonly end: FlowEnd };

/** One recorded connection: what happened, in order. */
export interface RecordedConnection {
  /** Its number. */
  readonly connection: number;
  /** Chunks and ends of both directions. */
  readonly steps: readonly RecordedStep[];
}

/** A record as it is read again. */
export interface ProxyRecord {
  /** What the proxy was asked to do. */
  readonly about: ProxyAbout;
  /** The connections, in the order in which they began. */
  readonly connections: readonly RecordedConnection[];
}

/** Whether a file whose first line is `line` is the record of a proxy (and not the history of a run). */
export function isProxyRecord(line: string): boolean {
  const first = parsed(line);
  return first?.["event"] === "run" && isObject(first["about"]) &&
    first["about"]["command"] === "proxy";
}

/**
 * Reads a record.
 *
 * @example
 * ```ts
 * import { readProxyRecord } from "./record.ts";
 *
 * const about = {
 *   command: "proxy",
 *   version: "0",
 *   seed: 1,
 *   listen: "a",
 *   to: "b",
 *   chunking: { up: "drip", down: "none" },
 * };
 * const record = readProxyRecord([
 *   JSON.stringify({ event: "run", atMs: 0, format: 1, about }),
 *   JSON.stringify({ event: "chunk", connection: 1, direction: "up", start: 0, hex: "6869" }),
 * ]);
 * console.log(record.connections[0]?.steps.length); // 1
 * ```
 *
 * @throws {ConformanceUsageError} if a line is no line of a record; the message tells which one.
 */
export function readProxyRecord(lines: Iterable<string>): ProxyRecord {
  let about: ProxyAbout | undefined;
  const steps = new Map<number, RecordedStep[]>();
  let number = 0;
  for (const line of lines) {
    number++;
    if (line === "") continue;
    const event = parsed(line);
    if (about === undefined) {
      about = aboutOf(event);
      if (about === undefined) {
        throw new ConformanceUsageError("This is no record of a proxy: line 1 does not say so");
      }
      continue;
    }
    const connection = event?.["connection"];
    if (event?.["event"] === "end") continue;
    if (typeof connection !== "number") throw broken(number);
    const known = steps.get(connection) ?? [];
    steps.set(connection, known);
    if (event?.["event"] === "connection") continue;
    const step = event && stepOf(event);
    if (step === undefined) throw broken(number);
    known.push(step);
  }
  if (about === undefined) throw new ConformanceUsageError("The record is empty");
  return {
    about,
    connections: [...steps].map(([connection, steps]) => ({ connection, steps })),
  };
}

function broken(line: number): ConformanceUsageError {
  return new ConformanceUsageError(`Line ${line} of the record cannot be read; is it cut off?`);
}

function stepOf(event: Record<string, unknown>): RecordedStep | undefined {
  const { direction, hex, end } = event;
  if (direction !== "up" && direction !== "down") return undefined;
  if (event["event"] === "finished") {
    return end === "fin" || end === "reset" || end === "refused" ? { direction, end } : undefined;
  }
  const bytes = typeof hex === "string" ? hexBytes(hex) : undefined;
  return bytes === undefined ? undefined : { direction, bytes };
}

function aboutOf(event: Record<string, unknown> | undefined): ProxyAbout | undefined {
  const about = event?.["about"];
  if (event?.["event"] !== "run" || !isObject(about)) return undefined;
  const { command, version, seed, listen, to, chunking, framing } = about;
  if (command !== "proxy" || typeof seed !== "number" || !isObject(chunking)) return undefined;
  return {
    command,
    version: String(version),
    seed,
    listen: String(listen),
    to: String(to),
    chunking: { up: String(chunking["up"]), down: String(chunking["down"]) },
    ...(typeof framing === "string" ? { framing } : {}),
  };
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
