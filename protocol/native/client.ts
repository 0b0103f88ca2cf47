import { FramingError } from "../framing/mod.ts";
import { connect, type Connection, type ConnectOptions, type Endpoint } from "../transport/mod.ts";
import { ConnectionLostError, DeadlineError } from "../session/errors.ts";
import { ExchangeError, knownCode, ProtocolError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { OpenExchange } from "./open_exchange.ts";
import { Keepalive } from "./keepalive.ts";
import { Link } from "./link.ts";
import type { JsonObject, Message, MessageOf } from "./message.ts";
import { freshNonce, isNonce, proofOf, sameProof } from "./proof.ts";
import {
  type NativeOptions,
  type NativeSettings,
  PROTOCOL_VERSION,
  settingsOf,
  wrongLimits,
} from "./settings.ts";

/** Settings of a {@linkcode NativeClient}. */
export interface NativeClientOptions extends NativeOptions, ConnectOptions {}

/** The server refused the client, or the client the server: the token is missing or wrong, or no version is common. */
export class RefusedError extends ProtocolError {
  /** The class of the error. */
  override readonly name = "RefusedError";
}

/**
 * The client of a nonstick/1 connection: one exchange after the other.
 *
 * @example
 * ```ts
 * import { NativeClient, serveNative } from "@nonstick/nonstick/native";
 * import { memoryPair } from "@nonstick/nonstick/transport";
 *
 * const [here, there] = memoryPair();
 * const services = { greet: async () => ({ text: "hello" }) };
 * const serving = serveNative(there, { services });
 * const client = await NativeClient.over(here);
 * const exchange = await client.open("greet");
 * await exchange.end();
 * console.log(await exchange.result()); // { text: "hello" }
 * client.close();
 * await serving.catch(() => {});
 * ```
 */
export class NativeClient implements Disposable {
  readonly #settings: NativeSettings;
  readonly #link: Link;
  readonly #nonce = freshNonce();
  readonly #ready = Promise.withResolvers<void>();
  readonly #pings = new Map<number, PromiseWithResolvers<void>>();
  #reading: Promise<void> = Promise.resolve();
  #keepalive: Keepalive | null = null;
  #greeting: MessageOf<"greeting"> | null = null;
  #isReady = false;
  #exchange: OpenExchange | null = null;
  #lastId = 0;
  #pinged = 0;
  #bye: string | null = null;

  private constructor(connection: Connection, options: NativeClientOptions) {
    this.#settings = settingsOf(options);
    this.#link = new Link(connection, this.#settings);
    this.#ready.promise.catch(() => {});
  }

  /**
   * Connects to a server and introduces itself.
   *
   * @throws {ConnectError} if there is no connection.
   * @throws {RefusedError} if one side does not accept the other.
   * @throws {ProtocolError} if the server does not speak nonstick/1.
   * @throws {DeadlineError} if it says nothing in time.
   */
  static async connect(
    endpoint: Endpoint | string,
    options: NativeClientOptions = {},
  ): Promise<NativeClient> {
    return await NativeClient.over(await connect(endpoint, options), options);
  }

  /** Introduces itself over a connection that is there already; throws as {@linkcode NativeClient.connect}. */
  static async over(
    connection: Connection,
    options: NativeClientOptions = {},
  ): Promise<NativeClient> {
    const client = new NativeClient(connection, options);
    await client.#begin();
    return client;
  }

  /** The services that the server offers. */
  get services(): readonly string[] {
    return this.#greeting?.services ?? [];
  }

  /** What the server calls itself. */
  get serverSoftware(): string {
    return this.#greeting?.software ?? "";
  }

  /** Whether the connection is there. */
  get isOpen(): boolean {
    return this.#link.closedBy === undefined;
  }

  /** Why the server takes no more exchanges; null while it does. */
  get bye(): string | null {
    return this.#bye;
  }

  /**
   * Opens an exchange with a service.
   *
   * @throws {Error} if the last exchange is not over yet.
   * @throws {ConnectionLostError} if the connection is gone.
   */
  async open(service: string, args: JsonObject = {}): Promise<Exchange> {
    const greeting = this.#greeting;
    if (greeting === null) throw new Error("Cannot open an exchange before the greeting");
    if (this.#exchange !== null) {
      throw new Error(`Cannot open an exchange: number ${this.#lastId} is not over`);
    }
    const id = ++this.#lastId;
    const exchange = new OpenExchange({
      link: this.#link,
      id,
      service,
      args,
      own: this.#settings.limits,
      peers: greeting.limits,
      minRate: this.#settings.minRate,
      over: () => this.#exchange = null,
    });
    this.#exchange = exchange;
    await this.#link.send({ type: "open", id, service, args });
    return exchange;
  }

  /** Asks the server for a sign of life and resolves to how long it took, in ms. */
  async ping(): Promise<number> {
    const id = ++this.#pinged;
    const settle = Promise.withResolvers<void>();
    this.#pings.set(id, settle);
    const started = performance.now();
    await this.#link.send({ type: "ping", id });
    await settle.promise;
    return performance.now() - started;
  }

  /** Bytes of the connection so far, both directions together, as far as they have come and gone. */
  get bytesMoved(): number {
    return this.#link.bytesReceived + this.#link.bytesSent;
  }

  /** Closes the connection at once; an exchange under way is lost. */
  close(): void {
    this.#keepalive?.[Symbol.dispose]();
    this.#link.close();
  }

  /** Ends the connection: waits until the server has received everything and closes, too. */
  async end(): Promise<void> {
    await this.#link.end();
    await this.#reading;
    this.close();
  }

  /** The same as {@linkcode NativeClient.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #begin(): Promise<void> {
    const { handshakeTimeoutMs, idleTimeoutMs } = this.#settings;
    const late = setTimeout(
      () => this.#link.close(new DeadlineError("handshake", handshakeTimeoutMs)),
      handshakeTimeoutMs,
    );
    this.#reading = this.#read();
    try {
      await this.#ready.promise;
    } catch (error) {
      this.#link.close(error);
      await this.#reading;
      throw error;
    } finally {
      clearTimeout(late);
    }
    this.#keepalive = new Keepalive({
      link: this.#link,
      exchange: () => this.#exchange,
      ping: () => void this.ping().catch(() => {}),
      idleTimeoutMs,
      dropIdle: false,
    });
  }

  /** Reads to the end; never rejects: whoever waits is told. */
  async #read(): Promise<void> {
    let reason: unknown;
    try {
      await this.#link.read({
        message: (message, cost) => this.#take(message, cost),
        body: (bytes) => this.#exchange?.takeBody(bytes),
      });
      const { bytesReceived, bytesSent } = this.#link;
      const cause = this.#bye ?? "The server has closed the connection";
      reason = new ConnectionLostError(bytesReceived, bytesSent, cause);
    } catch (error) {
      reason = error;
    }
    this.#lose(reason);
    if (this.#isReady) await this.#explain(reason);
    this.#keepalive?.[Symbol.dispose]();
    this.#link.close(reason);
    // What was begun while the server was told would wait for ever.
    this.#lose(reason);
  }

  /** Tells everybody who waits that nothing will come any more. */
  #lose(reason: unknown): void {
    this.#exchange?.lose(reason);
    this.#ready.reject(reason);
    for (const { reject, promise } of this.#pings.values()) {
      promise.catch(() => {});
      reject(reason);
    }
    this.#pings.clear();
  }

  /** Tells the server what was wrong with what it said, where it may still listen. */
  async #explain(reason: unknown): Promise<void> {
    if (reason instanceof RefusedError) return;
    if (!(reason instanceof ProtocolError || reason instanceof FramingError)) return;
    const code = reason instanceof ProtocolError ? reason.code : "protocol";
    await this.#link.send({ type: "error", code, message: reason.message })
      .then(() => this.#link.flush()).catch(() => {});
  }

  #take(message: Message, cost: number): void {
    const { type } = message;
    if (type === "error" && message.id === undefined) throw this.#refused(message);
    if (this.#greeting === null) {
      if (type === "greeting") return this.#answer(message);
      throw new ProtocolError(`"${type}" came before "greeting"`);
    }
    if (type === "ready" && !this.#isReady) return this.#check(message, this.#greeting);
    switch (type) {
      case "ping":
        return void this.#link.send({ type: "pong", id: message.id }).catch(() => {});
      case "pong":
        this.#pings.get(message.id)?.resolve();
        this.#pings.delete(message.id);
        return;
      case "bye":
        this.#bye = message.message;
        return;
      case "data":
      case "credit":
      case "end":
      case "error":
      case "cancel":
        if (this.#exchange === null || message.id !== this.#exchange.id) {
          // Credit may cross the last word of this side.
          if (type === "credit" && message.id <= this.#lastId) return;
          throw new ProtocolError(
            `"${type}" came for exchange ${message.id}, which is not under way`,
          );
        }
        return this.#exchange.take(message, cost);
      default:
        throw new ProtocolError(`A server does not say "${type}" here`);
    }
  }

  #answer(greeting: MessageOf<"greeting">): void {
    const { software, limits, token } = this.#settings;
    if (!greeting.versions.includes(PROTOCOL_VERSION)) {
      const theirs = greeting.versions.join(", ");
      throw new RefusedError(
        `The server speaks version ${theirs}, not ${PROTOCOL_VERSION}`,
        "version",
      );
    }
    const wrong = wrongLimits(greeting.limits);
    if (wrong !== undefined) throw new ProtocolError(`The limits cannot be used: ${wrong}`);
    if (!isNonce(greeting.nonce)) throw new ProtocolError("The nonce is not 32 bytes in hex");
    if (greeting.auth !== "none" && token === undefined) {
      throw new RefusedError("The server asks for a token", "auth");
    }
    if (greeting.auth === "none" && token !== undefined) {
      throw new RefusedError(
        "The server asks for no token, so it is not the one that knows it",
        "auth",
      );
    }
    this.#greeting = greeting;
    const nonces = { server: greeting.nonce, client: this.#nonce };
    const proof = token === undefined ? {} : { proof: proofOf(token, "client", nonces) };
    const versions = [PROTOCOL_VERSION];
    this.#link.send({ type: "hello", versions, software, limits, nonce: this.#nonce, ...proof })
      .catch(() => {});
  }

  #check({ proof }: MessageOf<"ready">, greeting: MessageOf<"greeting">): void {
    const { token } = this.#settings;
    const nonces = { server: greeting.nonce, client: this.#nonce };
    if (token !== undefined && !sameProof(proof ?? "", proofOf(token, "server", nonces))) {
      throw new RefusedError("The server does not know the token", "auth");
    }
    this.#isReady = true;
    this.#ready.resolve();
  }

  #refused({ code, message }: MessageOf<"error">): Error {
    const known = knownCode(code);
    return this.#isReady
      ? new ExchangeError(known, `The server gave up: ${message}`)
      : new RefusedError(`The server refused: ${message}`, known);
  }
}
