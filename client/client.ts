import type { Framing } from "../protocol/framing/mod.ts";
import { FramedConnection, type FramedConnectionOptions } from "../protocol/session/mod.ts";
import {
  connect,
  type ConnectOptions,
  type Endpoint,
  EndpointError,
  formatEndpoint,
  parseEndpoint,
} from "../protocol/transport/mod.ts";

/** How long {@linkcode Client.request} waits for an answer when nothing is said, in ms. */
export const DEFAULT_ANSWER_TIMEOUT_MS = 30_000;

/** Settings of a client: those of the connection, of its frames, and how long an answer may take. */
export interface ClientOptions extends ConnectOptions, FramedConnectionOptions {
  /** How frames are marked; may also be said in the endpoint, as `?framing=u32be`. */
  readonly framing?: Framing | string;
  /** Calls connecting off and, later, closes the connection. */
  readonly signal?: AbortSignal;
  /**
   * Longest wait for the answer to a request, in ms.
   *
   * @default {30_000}
   */
  readonly answerTimeoutMs?: number;
}

/** A request got no answer. The connection is closed, because a late answer would be taken for the next one. */
export class NoAnswerError extends Error {
  /** Whether the time was up or the server had closed the connection. */
  readonly reason: "timeout" | "closed";

  /** Makes an error from the reason and a sentence. */
  constructor(reason: "timeout" | "closed", message: string) {
    super(message);
    this.name = "NoAnswerError";
    this.reason = reason;
  }
}

/**
 * A client of a server that answers each frame with one frame, in order. Several requests may be under way at once.
 * For anything else use its {@linkcode Client.frames}.
 *
 * @example
 * ```ts
 * import { Client } from "@nonstick/nonstick/client";
 * import { framed, serve } from "@nonstick/nonstick/server";
 *
 * await using server = await serve(
 *   framed("u32be", async (frames) => {
 *     for await (const payload of frames) await frames.send(payload);
 *   }),
 *   { listen: "tcp://127.0.0.1:0" },
 * );
 * await using client = await Client.connect(server.endpoint, { framing: "u32be" });
 * const answer = await client.request(new TextEncoder().encode("hello"));
 * console.log(new TextDecoder().decode(answer)); // hello
 * ```
 */
export class Client implements AsyncDisposable {
  /** The connection underneath. */
  readonly frames: FramedConnection;
  readonly #answers: AsyncGenerator<Uint8Array, void>;
  readonly #answerTimeoutMs: number;
  /** Resolves when the requests before have their answers: then the next frame belongs to the next request. */
  #turn: Promise<unknown> = Promise.resolve();

  /** Takes over a framed connection; {@linkcode Client.connect} makes one. */
  constructor(frames: FramedConnection, options: { readonly answerTimeoutMs?: number } = {}) {
    this.frames = frames;
    this.#answers = frames.frames();
    this.#answerTimeoutMs = options.answerTimeoutMs ?? DEFAULT_ANSWER_TIMEOUT_MS;
  }

  /**
   * Connects to `endpoint`.
   *
   * @throws {EndpointError} if the endpoint cannot be used or no framing is said.
   * @throws {FramingSpecError} if the framing cannot be used.
   * @throws {ConnectError} if no connection can be made.
   */
  static async connect(
    endpoint: Endpoint | string,
    options: ClientOptions = {},
  ): Promise<Client> {
    const place = typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
    const framing = options.framing ?? place.options.get("framing");
    if (framing === undefined) {
      const text = formatEndpoint(place, { options: true });
      throw new EndpointError(text, "options", "no framing is said, as in ?framing=u32be");
    }
    const connection = await connect(place, options);
    try {
      return new Client(new FramedConnection(connection, framing, options), options);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Sends one frame; resolves when the next one may be sent. */
  send(payload: Uint8Array): Promise<void> {
    return this.frames.send(payload);
  }

  /** The next frame as bytes of its own; null when the server has ended the stream. */
  async receive(): Promise<Uint8Array | null> {
    const next = await this.#answers.next();
    return next.done ? null : next.value;
  }

  /**
   * Sends one frame and resolves to the frame that answers it. Answers are matched by order.
   *
   * @throws {NoAnswerError} if the server ends the stream first or the answer takes too long.
   * @throws {FramingError} if the framing cannot carry the payload or the answer breaks it.
   */
  async request(payload: Uint8Array): Promise<Uint8Array> {
    const ms = this.#answerTimeoutMs;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.close();
    }, ms);
    try {
      const sent = this.send(payload);
      const turn = this.#turn.then(() => sent).then(() => this.receive());
      this.#turn = turn.catch(() => {});
      // A payload that the framing refuses is told at once, and takes no turn.
      await sent;
      const answer = await turn;
      if (answer !== null) return answer;
    } catch (error) {
      if (!late) throw error;
    } finally {
      clearTimeout(timer);
    }
    throw late
      ? new NoAnswerError("timeout", `No answer within ${ms} ms`)
      : new NoAnswerError("closed", "The server ended the stream without an answer");
  }

  /** Says that no more frames will be sent; answers still come. */
  closeWrite(): Promise<void> {
    return this.frames.closeWrite();
  }

  /** Closes the connection at once. */
  close(): void {
    this.frames.close();
  }

  /** Sends what is queued, then closes. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.frames[Symbol.asyncDispose]();
  }
}
