import { concat } from "@std/bytes/concat";
import { connect, type Connection, type ConnectOptions } from "../../protocol/transport/mod.ts";
import { type EdgeMethod, type EdgeProbe, openEdgeProbe } from "../edge/edge_probe.ts";
import { ConformanceUsageError } from "../run_options.ts";
import type { Direction } from "./parse_chunking.ts";
import type { ProxyRecord, RecordedConnection } from "./record.ts";
import { resetConnection } from "./reset_connection.ts";

/** Options of {@linkcode replayProxyRecord}. */
export interface ReplayOptions {
  /** Where the target listens. */
  readonly to: string;
  /** Only this connection; by default all of them, one after the other. */
  readonly connection?: number;
  /**
   * Longest wait for an answer that is due, in ms.
   *
   * @default {5_000}
   */
  readonly timeoutMs?: number;
  /** Certificates (PEM) to trust, for a `tls` target. */
  readonly caCerts?: readonly string[];
  /**
   * The best way to watch edges that may be used.
   *
   * @default {"sock_diag"}
   */
  readonly edgeMethod?: EdgeMethod;
}

/** What came of one connection that was played again. */
export interface ReplayedConnection {
  /** Its number in the record. */
  readonly connection: number;
  /** Bytes that were recorded as answers. */
  readonly expected: Uint8Array;
  /** Bytes that came now. */
  readonly got: Uint8Array;
  /** Offset of the first byte that is another one, or that is missing or too much; undefined if there is none. */
  readonly differsAt: number | undefined;
  /** Why it could not be played to its end; undefined if it was. */
  readonly stopped: string | undefined;
  /** Chunks whose edge is proven. */
  readonly proven: number;
  /** Chunks whose edge is not proven. */
  readonly assumed: number;
}

/**
 * Plays the client's side of recorded traffic against a target: the same bytes in the same chunks, each once the answers
 * have come that it came behind. What the target answers is compared with the record byte by byte.
 *
 * @throws {ConnectError} if the target is not there.
 * @throws {ConformanceUsageError} if the record has no such connection.
 */
export async function replayProxyRecord(
  record: ProxyRecord,
  options: ReplayOptions,
): Promise<ReplayedConnection[]> {
  using probe = openEdgeProbe({ method: options.edgeMethod ?? "sock_diag" });
  const replayed: ReplayedConnection[] = [];
  for (const one of chosen(record, options.connection)) {
    replayed.push(await replayOne(one, options, probe));
  }
  return replayed;
}

/**
 * All bytes of one direction of one recorded connection; by default of the first one.
 *
 * @throws {ConformanceUsageError} if the record has no such connection.
 */
export function recordedBytes(
  record: ProxyRecord,
  direction: Direction,
  connection?: number,
): Uint8Array {
  const [first] = chosen(record, connection ?? record.connections[0]?.connection);
  return bytesOf(first, direction);
}

function bytesOf(one: RecordedConnection | undefined, direction: Direction): Uint8Array {
  const steps = one?.steps ?? [];
  return concat(
    steps.flatMap((step) => "bytes" in step && step.direction === direction ? [step.bytes] : []),
  );
}

function chosen({ connections }: ProxyRecord, number: number | undefined): RecordedConnection[] {
  const found = connections.filter(({ connection }) =>
    number === undefined || connection === number
  );
  if (found.length > 0) return found;
  const known = connections.map(({ connection }) => connection).join(", ") || "none";
  throw new ConformanceUsageError(
    `The record has no connection${number === undefined ? "" : ` ${number}`}; it has ${known}`,
  );
}

async function replayOne(
  recorded: RecordedConnection,
  options: ReplayOptions,
  probe: EdgeProbe,
): Promise<ReplayedConnection> {
  const timeoutMs = options.timeoutMs ?? 5000;
  const dialing: ConnectOptions = options.caCerts ? { tls: { caCerts: options.caCerts } } : {};
  const connection = await connect(options.to, dialing);
  connection.setNoDelay?.(true);
  const expected = bytesOf(recorded, "down");
  const answers = new Answers(connection, expected.length);
  const count = { proven: 0, assumed: 0 };
  let stopped: string | undefined;
  try {
    const edge = probe.watch(connection.addresses);
    let due = 0;
    for (const step of recorded.steps) {
      if (step.direction === "down") {
        if ("bytes" in step) due += step.bytes.length;
        continue;
      }
      if (!await answers.until(due, timeoutMs)) {
        stopped = `${answers.length} of ${due} bytes had come when the next chunk was due`;
        break;
      }
      if ("bytes" in step) {
        await writeAll(connection, step.bytes, timeoutMs);
        const verdict = await edge.settled({ deadlineMs: timeoutMs });
        count[verdict === "proven" ? "proven" : "assumed"]++;
      } else if (step.end === "fin") await connection.closeWrite();
      else break;
    }
    if (stopped === undefined && !await answers.until(due, timeoutMs)) {
      stopped = `${answers.length} of ${due} bytes came`;
    }
    const ended = recorded.steps.some((step) =>
      "end" in step && step.direction === "down" && step.end === "fin"
    );
    // What comes behind the recorded bytes shows before the end, if there was one.
    if (stopped === undefined && ended && !await answers.untilEnd(timeoutMs)) {
      stopped = "the target did not close as it did in the record";
    }
  } catch (error) {
    stopped ??= `the target broke off: ${error instanceof Error ? error.message : error}`;
  } finally {
    const reset = recorded.steps.some((step) =>
      "end" in step && step.direction === "up" && step.end === "reset"
    );
    if (reset) resetConnection(connection);
    else connection.close();
    await answers.done;
  }
  const got = answers.bytes;
  const differsAt = firstDifference(expected, got);
  return { connection: recorded.connection, expected, got, differsAt, stopped, ...count };
}

async function writeAll(connection: Connection, bytes: Uint8Array, ms: number): Promise<void> {
  const timer = setTimeout(() => connection.close(), ms);
  try {
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  } finally {
    clearTimeout(timer);
  }
}

function firstDifference(expected: Uint8Array, got: Uint8Array): number | undefined {
  const at = got.findIndex((byte, i) => byte !== expected[i]);
  if (at >= 0) return at;
  return got.length < expected.length ? got.length : undefined;
}

/** Bytes that may come beyond the recorded ones before nothing more is read. */
const SURPLUS = 65_536;

/** Reads what a target answers, beside everything that is sent. */
class Answers {
  readonly #connection: Connection;
  readonly #most: number;
  readonly #parts: Uint8Array[] = [];
  readonly done: Promise<void>;
  #length = 0;
  #ended = false;
  #wake = () => {};

  constructor(connection: Connection, expected: number) {
    this.#connection = connection;
    this.#most = expected + SURPLUS;
    this.done = this.#run();
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): Uint8Array {
    return concat(this.#parts);
  }

  /** Whether `count` bytes come; each has `ms` behind the one before. */
  async until(count: number, ms: number): Promise<boolean> {
    while (this.#length < count) {
      if (this.#ended || !await this.#news(ms)) return false;
    }
    return true;
  }

  async untilEnd(ms: number): Promise<boolean> {
    while (!this.#ended) {
      if (!await this.#news(ms)) return false;
    }
    return true;
  }

  #news(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  async #run(): Promise<void> {
    const buffer = new Uint8Array(16_384);
    try {
      for (let count; (count = await this.#connection.read(buffer)) !== null;) {
        this.#parts.push(buffer.slice(0, count));
        this.#length += count;
        this.#wake();
        if (this.#length > this.#most) break;
      }
    } catch {
      // How it ended is told by what is missing.
    }
    this.#ended = true;
    this.#wake();
  }
}
