import { envelope, FrameEncoder } from "../framing/mod.ts";
import { Deadlines } from "../session/deadlines.ts";
import { ConnectionClosedError, ConnectionLostError } from "../session/errors.ts";
import { FrameRate } from "../session/frame_rate.ts";
import { FrameWriter } from "../session/frame_writer.ts";
import { turns } from "../session/turns.ts";
import type { Connection } from "../transport/mod.ts";
import { ProtocolError } from "./errors.ts";
import { headerOf, type Message, messageOf } from "./message.ts";
import type { NativeSettings } from "./settings.ts";
import { Opening } from "./opening.ts";

/** How messages are laid out on the wire (PROTOCOL.md, clause 1.1). */
const LAYOUT = envelope("json+u32be");
/** Bytes in front of the JSON text of a header. */
const LENGTH = 4;
/** Bytes of one read: small for thousands of quiet connections, large for a busy one. */
const QUIET_READ = 4096, BUSY_READ = 262_144;
/** Bytes that may wait to be written before senders wait, too. */
const HIGH_WATER_MARK = 262_144;
/** Bytes that may wait when nobody waits for them: who makes us answer and takes no answers is dropped. */
const MOST_QUEUED = 1_048_576;
/** So many messages have to wait for their turn, and each takes about as long as so many bytes that are moved. */
const MESSAGES = 64, MESSAGE_COST = 8192;
/** Longest rest at a stretch from a peer that sends too many messages, in ms: shorter than any wait for a sign of life. */
const LONGEST_REST_MS = 1000;

/** Told of everything that comes, in order. What it throws ends the link. */
export interface LinkListener {
  /** A message has come; the body of `data` follows. `cost` is what it takes from the window, body included. */
  message(message: Message, cost: number): void;
  /** A piece of the body of the last message; it must be copied if it is kept. */
  body(bytes: Uint8Array): void;
}

/** Messages over a connection: their bytes in both directions, but not what they mean. */
export class Link {
  readonly #connection: Connection;
  readonly #deadlines: Deadlines;
  readonly #writer: FrameWriter;
  readonly #mostBody: number;
  readonly #rate: FrameRate | null;
  #received = 0;
  /** Messages that have come since there was a turn for them. */
  #untaken = 0;
  #heardAt = performance.now();
  #failure: { readonly reason: unknown } | null = null;

  /** Takes over a connection. */
  constructor(
    connection: Connection,
    { limits, writeTimeoutMs, messageTimeoutMs, minRate, maxMessageRate }: NativeSettings,
  ) {
    this.#rate = maxMessageRate === undefined ? null : new FrameRate(maxMessageRate);
    this.#connection = connection;
    this.#mostBody = limits.part;
    const deadlines = { writeTimeoutMs, frameTimeoutMs: messageTimeoutMs, minRate };
    this.#deadlines = new Deadlines(deadlines, (error) => this.close(error));
    connection.setNoDelay?.(true);
    this.#writer = new FrameWriter(
      connection,
      new PlainEncoder(),
      HIGH_WATER_MARK,
      this.#deadlines,
      (error) => this.#lost(error),
    );
  }

  /** When the last byte came, by `performance.now()`. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Bytes received so far. */
  get bytesReceived(): number {
    return this.#received;
  }

  /** Bytes sent so far. */
  get bytesSent(): number {
    return this.#writer.sent;
  }

  /** Why the link is closed; undefined while it is open. */
  get closedBy(): unknown {
    return this.#failure?.reason;
  }

  /** Sends a message without a body, as {@linkcode Link.sendEncoded} does. */
  async send(message: Message): Promise<void> {
    if (this.#failure === null && this.#writer.queued > MOST_QUEUED) {
      this.close(new ProtocolError("It asks for answers and takes none", "limit"));
    }
    await this.sendEncoded(encodeMessage(message));
  }

  /**
   * Sends a message that was encoded before, and its body. Resolves when the body may be used again and there is room for
   * more.
   *
   * @throws {ConnectionLostError} or whatever the link was closed with.
   */
  async sendEncoded(head: Uint8Array, body?: Uint8Array): Promise<void> {
    this.#checkOpen();
    const first = this.#writer.send(head);
    if (body === undefined || body.length === 0) return await (first ?? undefined);
    const rest = this.#writer.send(body);
    await Promise.all([first, rest]);
  }

  /** Sends bytes that are no message: what another protocol is told. */
  async sendRaw(bytes: Uint8Array): Promise<void> {
    await this.#writer.send(bytes);
  }

  /** Resolves when the system has taken everything that was sent. */
  async flush(): Promise<void> {
    if (this.#failure === null) await this.#writer.flush();
  }

  /**
   * Reads to the end of the stream and tells `listener` everything.
   *
   * @throws {ProtocolError} if the peer breaks the protocol.
   * @throws {FramingError} if the bytes are no messages.
   * @throws {ConnectionLostError} if the connection breaks off.
   */
  async read(listener: LinkListener): Promise<void> {
    const decoder = LAYOUT.createDecoder({ maxBodyLength: this.#mostBody });
    const opening = new Opening();
    let buffer = new Uint8Array(QUIET_READ);
    let whole = 0;
    for (;;) {
      if (this.#rate !== null) await this.#slowDown(this.#rate);
      const count = await this.#read(buffer);
      if (count === null) return decoder.end();
      this.#heardAt = performance.now();
      const chunk = buffer.subarray(0, count);
      opening.check(chunk);
      this.#received += count;
      for (const event of decoder.push(chunk)) {
        if (event.type === "header") {
          if (++this.#untaken === MESSAGES) await this.#takeTurn();
          listener.message(messageOf(event.header), event.headerLength + event.size);
        } else if (event.type === "body") listener.body(event.bytes);
      }
      if (decoder.envelopeCount !== whole) this.#deadlines.received();
      this.#rate?.came(decoder.envelopeCount - whole);
      whole = decoder.envelopeCount;
      this.#deadlines.message(decoder.unfinishedLength);
      if (count === buffer.length && count < BUSY_READ) buffer = new Uint8Array(BUSY_READ);
    }
  }

  /** Tells the peer that nothing more will be sent, once everything is. */
  async end(): Promise<void> {
    await this.flush();
    await this.#connection.closeWrite();
  }

  /** Closes both directions; what waits rejects with `reason`. */
  close(
    reason: unknown = new ConnectionClosedError("The connection was closed by this side"),
  ): void {
    this.release(reason);
    this.#connection.close();
  }

  /** Stops using the connection without closing it. */
  release(reason: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { reason };
    this.#deadlines.close();
    this.#rate?.stop();
    this.#writer.fail(reason);
  }

  /** A peer that is not read from is no silent one. */
  async #slowDown(rate: FrameRate): Promise<void> {
    while (rate.aheadMs > 0) {
      await rate.rest(LONGEST_REST_MS);
      this.#heardAt = performance.now();
    }
  }

  /** However many messages one read has brought, those of others come in between. */
  async #takeTurn(): Promise<void> {
    this.#untaken = 0;
    await turns.take(MESSAGES * MESSAGE_COST);
    this.#checkOpen();
  }

  #checkOpen(): void {
    if (this.#failure !== null) throw this.#failure.reason;
  }

  async #read(buffer: Uint8Array): Promise<number | null> {
    this.#checkOpen();
    let count: number | null;
    try {
      count = await this.#connection.read(buffer);
    } catch (error) {
      throw this.#lost(error);
    }
    // What had come when it was closed comes too late.
    this.#checkOpen();
    return count;
  }

  #lost(error: unknown): unknown {
    if (this.#failure !== null) return this.#failure.reason;
    return new ConnectionLostError(this.#received, this.#writer.sent, error);
  }
}

/** Messages come to the writer as they go out. */
class PlainEncoder extends FrameEncoder {
  override encodedLength(payload: Uint8Array): number {
    return payload.length;
  }

  override encodeInto(payload: Uint8Array, target: Uint8Array, at: number): number {
    target.set(payload, at);
    return at + payload.length;
  }

  override encodeParts(payload: Uint8Array): Uint8Array[] {
    return [payload];
  }
}

/**
 * The length and the header of a message; its body goes behind them.
 *
 * @throws {UnencodableFrameError} if the header is over 64 KiB.
 */
export function encodeMessage(message: Message): Uint8Array {
  return LAYOUT.encodeHeader(headerOf(message));
}

/** What a message takes from the window of its exchange, in bytes (PROTOCOL.md, clause 5.3). */
export function costOf(encoded: Uint8Array, body: number): number {
  return encoded.length - LENGTH + body;
}
