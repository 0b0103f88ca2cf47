import {
  FrameBatch,
  type FrameDecoder,
  type Framing,
  framing as parseFraming,
  FramingError,
  type OverLimit,
} from "../framing/mod.ts";
import { type Connection, connectionOf } from "../transport/mod.ts";
import { type DeadlineOptions, Deadlines } from "./deadlines.ts";
import { ConnectionClosedError, ConnectionLostError, DeadlineError } from "./errors.ts";
import { FrameRate } from "./frame_rate.ts";
import { FrameWriter } from "./frame_writer.ts";
import { ReadSize } from "./read_size.ts";

/** Settings of a {@linkcode FramedConnection}. */
export interface FramedConnectionOptions extends DeadlineOptions {
  /**
   * Most payload bytes of one frame, in both directions.
   *
   * @default {16777216} (16 MiB)
   */
  readonly maxFrameLength?: number;
  /**
   * What to do with a received frame over the limit: fail, or drop it and go on.
   *
   * @default {"close"}
   */
  readonly overLimit?: OverLimit;
  /** Told of each dropped frame. */
  readonly onSkip?: (error: FramingError) => void;
  /**
   * Most frames per second that are received, on average; a second's worth may come at once. Who sends more is read from
   * more slowly: nothing is lost. No limit by default.
   */
  readonly maxFrameRate?: number;
  /**
   * Bytes that may be queued for sending before `send` makes its caller wait.
   *
   * @default {1048576} (1 MiB)
   */
  readonly highWaterMark?: number;
  /** Closes the connection when aborted; whatever waits rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How long disposal waits for queued frames to leave when there is no write deadline, in milliseconds. */
const FLUSH_MS = 5_000;

const CLOSED = "The connection was closed by this side";

const SENT: Promise<void> = Promise.resolve();

/**
 * A connection that carries frames: a byte stream, a framing, and limits.
 *
 * Receive with {@linkcode FramedConnection.receive} (batches without a copy, the fast path) or by iterating (a frame at a
 * time, a copy). Send with {@linkcode FramedConnection.send}; frames sent in one turn, or while a write is under
 * way, leave in one write.
 *
 * Deadlines run only while this side waits for the peer, never while the program is busy.
 *
 * @example
 * ```ts
 * import { FramedConnection } from "@nonstick/nonstick";
 * import { connect, listen } from "@nonstick/nonstick/transport";
 *
 * await using listener = await listen("tcp://127.0.0.1:0");
 * await using client = new FramedConnection(await connect(listener.endpoint), "u32be");
 * await client.send(new TextEncoder().encode("hello"));
 * await client.closeWrite();
 *
 * const accepted = await listener.accept();
 * if (accepted !== null) {
 *   await using server = new FramedConnection(accepted, "u32be", { idleTimeoutMs: 60_000 });
 *   for await (const frame of server) console.log(new TextDecoder().decode(frame)); // hello
 * }
 * ```
 */
export class FramedConnection implements AsyncDisposable, AsyncIterable<Uint8Array> {
  /** The byte stream underneath. */
  readonly connection: Connection;
  /** How frames are marked, in both directions. */
  readonly framing: Framing;
  /** Turns received bytes into frames; its limit may be changed on the way. */
  readonly decoder: FrameDecoder;

  readonly #writer: FrameWriter;
  readonly #deadlines: Deadlines | null;
  readonly #rate: FrameRate | null;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: (() => void) | undefined;
  readonly #flushMs: number;
  readonly #readSize = new ReadSize();
  #bytesReceived = 0;
  /** What a `receive` under way waits for. */
  #waiting: "flush" | "read" | null = null;
  #inputEnded = false;
  #outputEnd: Promise<void> | null = null;
  /** The batch received last, and how many of its frames were handed out. */
  #batch: FrameBatch | null = null;
  #handedOut = 0;
  #failure: { readonly reason: unknown } | null = null;

  /**
   * Takes over a connection (or a socket of the runtime).
   *
   * @throws {FramingSpecError} if the framing is given as text that is no framing.
   * @throws {RangeError} if a limit is out of range.
   */
  constructor(
    connection: Connection | Deno.Conn,
    framing: Framing | string,
    options: FramedConnectionOptions = {},
  ) {
    const { maxFrameLength, overLimit, onSkip, highWaterMark = 1_048_576, signal } = options;
    const { maxFrameRate } = options;
    this.framing = typeof framing === "string" ? parseFraming(framing) : framing;
    const limit = maxFrameLength === undefined ? {} : { maxFrameLength };
    this.decoder = this.framing.createDecoder({
      ...limit,
      ...(overLimit === undefined ? {} : { overLimit }),
      ...(onSkip === undefined ? {} : { onSkip }),
    });
    if (!(highWaterMark >= 0)) {
      throw new RangeError(`Cannot use highWaterMark ${highWaterMark}: it must be 0 bytes or more`);
    }
    this.#rate = maxFrameRate === undefined ? null : new FrameRate(maxFrameRate);
    const encoder = this.framing.createEncoder(limit);
    this.connection = "localAddr" in connection ? connectionOf(connection) : connection;
    this.#deadlines = Deadlines.any(options)
      ? new Deadlines(options, (error) => this.#fail(error))
      : null;
    this.#flushMs = options.writeTimeoutMs ?? FLUSH_MS;
    this.#writer = new FrameWriter(
      this.connection,
      encoder,
      highWaterMark,
      this.#deadlines,
      (error) => this.#lost(error),
    );
    // Frames are joined before they are written, so Nagle's algorithm could only delay them. (The runtime cannot turn it
    // off for TLS connections that were accepted.)
    this.connection.setNoDelay?.(true);
    this.#signal = signal;
    if (signal === undefined) return;
    this.#onAbort = () => this.#fail(signal.reason);
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener("abort", this.#onAbort);
  }

  /** Bytes received, on the wire. */
  get bytesReceived(): number {
    return this.#bytesReceived;
  }

  /** Bytes that the system has taken for sending, on the wire. */
  get bytesSent(): number {
    return this.#writer.sent;
  }

  /** Bytes queued for sending. */
  get bytesQueued(): number {
    return this.#writer.queued;
  }

  /**
   * The next frames, as many as have come; null at the end of the stream. The batch is valid until the next call. What
   * {@linkcode FramedConnection.sendBatch} has queued is written before anything is read.
   *
   * @throws {FramingError} if the peer broke the framing; frames before the fault were received first.
   * @throws {ConnectionLostError} if the connection broke off.
   * @throws {DeadlineError} if the peer took too long.
   * @throws {ConnectionClosedError} after {@linkcode FramedConnection.close}.
   */
  async receive(): Promise<FrameBatch | null> {
    if (this.#failure !== null) throw this.#failure.reason;
    if (this.#waiting !== null) throw new Error("Cannot receive: another receive is waiting");
    const decoder = this.decoder, writer = this.#writer, deadlines = this.#deadlines;
    if (this.#batch !== null && this.#handedOut < this.#batch.count) {
      const rest = restOf(this.#batch, this.#handedOut);
      this.#handedOut = Infinity;
      return this.#batch = rest;
    }
    this.#waiting = "flush";
    try {
      let batch = decoder.next();
      while (batch === null) {
        // Batches to send still lie in the memory that is read into next.
        if (writer.deferred) await writer.flush();
        if (this.#inputEnded) break;
        if (this.#rate !== null) await this.#slowDown(this.#rate);
        const room = decoder.reserve(this.#readSize.bytes);
        deadlines?.reading(decoder);
        this.#waiting = "read";
        const count = await this.connection.read(room);
        this.#waiting = "flush";
        if (count === null) {
          this.#inputEnded = true;
          batch = decoder.end();
        } else {
          this.#bytesReceived += count;
          this.#readSize.learn(count, room.length);
          batch = decoder.commit(count);
        }
      }
      deadlines?.received();
      this.#rate?.came(batch?.count ?? 0);
      this.#handedOut = Infinity;
      return this.#batch = batch;
    } catch (error) {
      throw await this.#broken(error);
    } finally {
      this.#waiting = null;
    }
  }

  /** All batches to the end of the stream; each is valid until the next one is asked for. */
  async *batches(): AsyncGenerator<FrameBatch, void> {
    for (let batch = await this.receive(); batch !== null; batch = await this.receive()) {
      yield batch;
    }
  }

  /**
   * All frames to the end of the stream, each as a copy (`FrameBatch.keep`). Leaving the loop loses nothing: the next loop or
   * `receive` goes on with the next frame.
   */
  async *frames(): AsyncGenerator<Uint8Array, void> {
    do {
      while (this.#batch !== null && this.#handedOut < this.#batch.count) {
        if (this.#failure !== null) throw this.#failure.reason;
        yield this.#batch.keep(this.#handedOut++);
      }
      if (await this.receive() !== null) this.#handedOut = 0;
    } while (this.#batch !== null);
  }

  /** The same as {@linkcode FramedConnection.frames}. */
  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    return this.frames();
  }

  /**
   * Sends one frame. Resolves when the payload may be reused and no more than `highWaterMark` bytes are queued, so
   * awaiting it keeps a fast sender in step with a slow peer. Frames are never mixed, whoever sends them.
   *
   * @throws {FramingError} if the framing cannot carry the payload; the connection stays usable.
   * @throws {ConnectionLostError} if the connection broke off.
   * @throws {DeadlineError} if the peer took too long.
   * @throws {ConnectionClosedError} after `close` or `closeWrite`.
   */
  send(payload: Uint8Array): Promise<void> {
    try {
      this.#checkOutput();
      return this.#writer.send(payload) ?? SENT;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Sends one frame for each payload, in order, as {@linkcode FramedConnection.send} does. */
  async sendAll(payloads: Iterable<Uint8Array>): Promise<void> {
    for (const payload of payloads) {
      this.#checkOutput();
      const busy = this.#writer.send(payload);
      if (busy !== null) await busy;
    }
  }

  /**
   * Sends the frames of a batch. One that this connection received is queued where it lies, with its bytes as they are
   * by then: a payload may be changed in place to another that the framing can carry. It is written together with
   * the others of the same read, at the latest before the next read or with {@linkcode FramedConnection.flush}. For
   * a batch of another connection await the promise before that one receives again.
   *
   * @throws {FramingError} if the framing cannot carry a frame of another connection.
   * @throws {ConnectionLostError} if the connection broke off.
   * @throws {DeadlineError} if the peer took too long.
   * @throws {ConnectionClosedError} after `close` or `closeWrite`.
   */
  sendBatch(batch: FrameBatch): void | Promise<void> {
    if (batch !== this.#batch) return this.sendAll(batch);
    this.#checkOutput();
    this.#writer.defer(batch);
  }

  /** Resolves when the system has taken everything that was sent so far. */
  async flush(): Promise<void> {
    if (this.#failure !== null) throw this.#failure.reason;
    await this.#writer.flush();
  }

  /** Sends what is queued, then tells the peer that no more will come; receiving goes on. */
  closeWrite(): Promise<void> {
    return this.#outputEnd ??= this.flush().then(() => this.connection.closeWrite());
  }

  /** Closes both directions at once and drops what is queued. Doing it again changes nothing. */
  close(): void {
    this.#fail(new ConnectionClosedError(CLOSED));
  }

  /**
   * Sends what is queued, then closes. It waits no longer than the write deadline, or 5 s if there is none.
   *
   * @throws {DeadlineError} if that was too short; what was left is lost.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flushAndFail(
      new ConnectionClosedError(CLOSED),
      new DeadlineError("write", this.#flushMs),
    );
  }

  async #slowDown(rate: FrameRate): Promise<void> {
    await rate.rest();
    if (this.#failure !== null) throw this.#failure.reason;
  }

  /** Closes after a failure to receive and returns what to throw. */
  async #broken(error: unknown): Promise<unknown> {
    const reason = this.#waiting === "read" ? this.#lost(error) : error;
    // Frames before a bad one were received in good order: their answers still leave.
    if (reason instanceof FramingError) await this.#flushAndFail(reason, reason).catch(() => {});
    this.#fail(reason);
    return reason;
  }

  /** Sends what is queued, then closes for `reason`; for `late` if that takes too long. */
  async #flushAndFail(reason: unknown, late: unknown): Promise<void> {
    if (this.#failure !== null || this.#writer.queued === 0) return this.#fail(reason);
    const timer = setTimeout(() => this.#fail(late), this.#flushMs);
    try {
      await this.#writer.flush();
    } finally {
      clearTimeout(timer);
      this.#fail(reason);
    }
  }

  /** What a failed read or write means: the end that this side made, or else a lost connection. */
  #lost(error: unknown): unknown {
    if (this.#failure !== null) return this.#failure.reason;
    return new ConnectionLostError(this.#bytesReceived, this.#writer.sent, error);
  }

  #fail(reason: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { reason };
    this.#deadlines?.close();
    this.#rate?.stop();
    if (this.#onAbort) this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#writer.fail(reason);
    this.connection.close();
  }

  #checkOutput(): void {
    if (this.#failure !== null) throw this.#failure.reason;
    if (this.#outputEnd !== null) throw new ConnectionClosedError("Cannot send after closeWrite()");
  }
}

/** The frames of `batch` from the `from`th on. */
function restOf(batch: FrameBatch, from: number): FrameBatch {
  const rest = new FrameBatch();
  rest.buffer = batch.buffer;
  rest.bounds = batch.bounds.slice(2 * from, 2 * batch.count);
  rest.count = batch.count - from;
  rest.unterminated = batch.unterminated;
  return rest;
}
