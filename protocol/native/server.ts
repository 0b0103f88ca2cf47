import { FramingError } from "../framing/mod.ts";
import { ConnectionLostError, DeadlineError } from "../session/errors.ts";
import type { Connection } from "../transport/mod.ts";
import { type ErrorCode, ExchangeError, ProtocolError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { OpenExchange } from "./open_exchange.ts";
import { Keepalive } from "./keepalive.ts";
import { Link } from "./link.ts";
import type { JsonObject, Message, MessageOf } from "./message.ts";
import { refusal, StrangerError } from "./opening.ts";
import { freshNonce, isNonce, proofOf, sameProof } from "./proof.ts";
import {
  type NativeOptions,
  type NativeSettings,
  PROTOCOL_VERSION,
  settingsOf,
  wrongLimits,
} from "./settings.ts";
import { whenAborted } from "./when_aborted.ts";

/**
 * What is done in an exchange. What it returns is the result that the client gets with the end; an {@linkcode ExchangeError}
 * is sent to the client as it is, any other error as `internal` without its text.
 */
export type NativeService = (
  exchange: Exchange,
  context: NativeContext,
) => Promise<JsonObject | void>;

/** What a service knows besides its exchange. */
export interface NativeContext {
  /** The client, as an endpoint string. */
  readonly peer: string;
  /** Aborted when the server begins to stop. */
  readonly stopping: AbortSignal;
}

/** Settings of {@linkcode serveNative}. */
export interface NativeServerOptions extends NativeOptions {
  /** The services by name. */
  readonly services: Readonly<Record<string, NativeService>>;
  /** Ends the connection after the exchange under way. */
  readonly signal?: AbortSignal;
  /** Told when the client has introduced itself, and proved what it has to. */
  readonly onReady?: () => void;
  /** Told when a service fails for a reason that the client is not told. */
  readonly onFault?: (error: unknown, service: string) => void;
  /** Told of every exchange when this side is done with it; `outcome` is `ok` or the code of the error. */
  readonly onExchange?: (exchange: Exchange, outcome: "ok" | ErrorCode) => void;
}

/**
 * Serves one connection in nonstick/1 until the client ends it.
 *
 * @throws {ProtocolError} if the client broke the protocol, was refused, or spoke another one; it was told so.
 * @throws {FramingError} if its bytes were no messages.
 * @throws {DeadlineError} if it took too long.
 * @throws {ConnectionLostError} if the connection broke off within an exchange, or before the opening was over.
 */
export async function serveNative(
  connection: Connection,
  options: NativeServerOptions,
): Promise<void> {
  const session = new ServerSession(connection, options, settingsOf(options));
  await session.run();
}

class ServerSession {
  readonly #options: NativeServerOptions;
  readonly #settings: NativeSettings;
  readonly #context: NativeContext;
  readonly #link: Link;
  readonly #nonce = freshNonce();
  #hello: MessageOf<"hello"> | null = null;
  #lastId = 0;
  #exchange: OpenExchange | null = null;
  #serving: Promise<void> = Promise.resolve();
  #pings = 0;
  #stopped = false;

  constructor(connection: Connection, options: NativeServerOptions, settings: NativeSettings) {
    this.#options = options;
    this.#settings = settings;
    const never = new AbortController().signal;
    this.#context = { peer: connection.remote, stopping: options.signal ?? never };
    this.#link = new Link(connection, settings);
  }

  async run(): Promise<void> {
    const { handshakeTimeoutMs, idleTimeoutMs } = this.#settings;
    const link = this.#link;
    const { signal } = this.#options;
    const handshake = setTimeout(() => {
      if (this.#hello === null) link.close(new DeadlineError("handshake", handshakeTimeoutMs));
    }, handshakeTimeoutMs);
    using _keepalive = new Keepalive({
      link,
      exchange: () => this.#exchange,
      ping: () => void link.send({ type: "ping", id: ++this.#pings }).catch(() => {}),
      idleTimeoutMs,
      dropIdle: true,
    });
    using _stopping = signal && whenAborted(signal, () => this.#stop());
    try {
      await link.send(this.#greeting());
      if (signal?.aborted) this.#stop();
      await link.read({
        message: (message, cost) => this.#take(message, cost),
        body: (bytes) => this.#exchange?.takeBody(bytes),
      });
      this.#exchange?.lose(this.#gone());
      await this.#serving;
      await link.flush();
    } catch (error) {
      // Between two exchanges a client may go as it likes: nothing is lost then.
      const idle = this.#hello !== null && this.#exchange === null;
      if (idle && error instanceof ConnectionLostError) return;
      this.#exchange?.lose(error);
      await this.#explain(error);
      await this.#serving;
      throw error;
    } finally {
      clearTimeout(handshake);
      link.release(this.#gone());
    }
  }

  #gone(): ConnectionLostError {
    const { bytesReceived, bytesSent } = this.#link;
    return new ConnectionLostError(bytesReceived, bytesSent, "The client has gone");
  }

  #greeting(): Message {
    const { software, limits, token } = this.#settings;
    return {
      type: "greeting",
      versions: [PROTOCOL_VERSION],
      software,
      limits,
      services: Object.keys(this.#options.services),
      auth: token === undefined ? "none" : "hmac-sha256",
      nonce: this.#nonce,
    };
  }

  #take(message: Message, cost: number): void {
    const { type } = message;
    if (this.#hello === null) {
      if (type === "hello") return this.#welcome(message);
      throw new ProtocolError(`"${type}" came before "hello"`);
    }
    switch (type) {
      case "open":
        return this.#open(message, this.#hello);
      case "ping":
        return void this.#link.send({ type: "pong", id: message.id }).catch(() => {});
      case "pong":
      case "bye":
        return;
      case "data":
      case "credit":
      case "end":
      case "error":
      case "cancel":
        return this.#forExchange(message, cost);
      default:
        throw new ProtocolError(`A client does not say "${type}" here`);
    }
  }

  #welcome(hello: MessageOf<"hello">): void {
    if (!hello.versions.includes(PROTOCOL_VERSION)) {
      const theirs = hello.versions.join(", ");
      throw new ProtocolError(
        `Version ${PROTOCOL_VERSION} is spoken here, not ${theirs}`,
        "version",
      );
    }
    const wrong = wrongLimits(hello.limits);
    if (wrong !== undefined) throw new ProtocolError(`The limits cannot be used: ${wrong}`);
    if (!isNonce(hello.nonce)) throw new ProtocolError("The nonce is not 32 bytes in hex");
    const { token } = this.#settings;
    const nonces = { server: this.#nonce, client: hello.nonce };
    if (token !== undefined) {
      if (hello.proof === undefined) throw new ProtocolError("A token is needed here", "auth");
      if (!sameProof(hello.proof, proofOf(token, "client", nonces))) {
        throw new ProtocolError("The token is wrong", "auth");
      }
    }
    this.#hello = hello;
    this.#options.onReady?.();
    const proof = token === undefined ? {} : { proof: proofOf(token, "server", nonces) };
    this.#link.send({ type: "ready", ...proof }).catch(() => {});
  }

  #open({ id, service, args }: MessageOf<"open">, hello: MessageOf<"hello">): void {
    if (this.#exchange !== null) {
      throw new ProtocolError(`Exchange ${id} was opened before exchange ${this.#lastId} was over`);
    }
    if (id !== this.#lastId + 1) {
      throw new ProtocolError(`Exchange ${id} was opened, ${this.#lastId + 1} is next`);
    }
    this.#lastId = id;
    const exchange = new OpenExchange({
      link: this.#link,
      id,
      service,
      args,
      own: this.#settings.limits,
      peers: hello.limits,
      minRate: this.#settings.minRate,
      over: () => this.#over(),
    });
    this.#exchange = exchange;
    this.#serving = this.#serve(exchange);
  }

  async #serve(exchange: Exchange): Promise<void> {
    const { services, onFault, onExchange } = this.#options;
    const { service } = exchange;
    const handler = Object.hasOwn(services, service) ? services[service] : undefined;
    try {
      if (this.#stopped) throw new ExchangeError("shutdown", "The server is stopping");
      if (handler === undefined) {
        throw new ExchangeError("unknown-service", `There is no service ${service} here`);
      }
      const result = await handler(exchange, this.#context);
      await exchange.end(result ?? {});
      onExchange?.(exchange, "ok");
    } catch (error) {
      const known = error instanceof ExchangeError;
      // What the connection or the client broke off is no fault of the service.
      if (!known && !exchange.signal.aborted) onFault?.(error, service);
      const told = known ? error : new ExchangeError("internal", `The service ${service} failed`);
      await exchange.fail(told.code, told.message, told.info).catch(() => {});
      onExchange?.(exchange, told.code);
    }
  }

  #forExchange(message: Exclude<Message, MessageOf<"open">>, cost: number): void {
    const id = "id" in message ? message.id : undefined;
    if (id === undefined && message.type === "error") {
      throw new ProtocolError(`The client gave up: ${message.message}`);
    }
    if (this.#exchange === null || id !== this.#exchange.id) {
      // Credit may cross the last word of this side.
      if (message.type === "credit" && message.id <= this.#lastId) return;
      throw new ProtocolError(`"${message.type}" came for exchange ${id}, which is not under way`);
    }
    this.#exchange.take(message, cost);
  }

  #over(): void {
    this.#exchange = null;
    if (this.#stopped) this.#link.end().catch(() => {});
  }

  /** The server is stopping: no more exchanges; the client ends the connection when the last one is over. */
  #stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#link.send({ type: "bye", message: "The server is stopping" }).catch(() => {});
    if (this.#exchange === null) this.#link.end().catch(() => {});
  }

  /** Tells the peer why the connection is closed, where it can still hear it. */
  async #explain(error: unknown): Promise<void> {
    try {
      if (error instanceof StrangerError) await this.#link.sendRaw(refusal(error.stranger));
      else if (error instanceof ProtocolError) {
        await this.#link.send({ type: "error", code: error.code, message: error.message });
      } else if (error instanceof FramingError) {
        await this.#link.send({ type: "error", code: "protocol", message: error.message });
      } else return;
      await this.#link.flush();
    } catch {
      // It cannot hear it any more.
    }
  }
}
