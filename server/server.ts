import {
  type Connection,
  type Endpoint,
  listen,
  type Listener,
  type ListenOptions,
  type TlsIdentity,
} from "../protocol/transport/mod.ts";
import { closeGently } from "./close_gently.ts";
import { ConnectionSlots, type Slots } from "./connection_slots.ts";
import { Intake } from "./intake.ts";

/** Most connections at once when nothing is said: they fit into 1024 open files, the usual soft limit. */
export const DEFAULT_MAX_CONNECTIONS = 900;
/** How long a shutdown waits for running handlers when nothing is said, in ms. */
export const DEFAULT_DRAIN_TIMEOUT_MS = 5000;
/** How long the end of a connection waits for the peer's end when nothing is said, in ms. */
export const DEFAULT_LINGER_TIMEOUT_MS = 1000;

/** Settings of a server. */
export interface ServerOptions {
  /** Where to listen, such as `tcp://127.0.0.1:7000`; port 0 takes a free one. */
  readonly listen: Endpoint | string;
  /** Certificate chain and private key in PEM, for `tls://` endpoints. */
  readonly tls?: Exclude<ListenOptions["tls"], undefined>;
  /**
   * Connections that the system may keep waiting before they are taken in, TCP and TLS only.
   *
   * @default {4096}
   */
  readonly backlog?: number;
  /**
   * File mode of a Unix socket.
   *
   * @default {0o600} (only this user can connect)
   */
  readonly socketMode?: number;
  /**
   * Most connections served at once. Those in excess wait: one accepted, the others in the listen queue of the
   * kernel. Several servers share a number by sharing {@linkcode ConnectionSlots}.
   *
   * @default {900}
   */
  readonly maxConnections?: number | Slots;
  /**
   * Lets other servers have the same port, if all of them say so; the system shares the connections out among them. Linux only.
   *
   * @default {false}
   */
  readonly reusePort?: boolean;
  /**
   * Quiet time in ms, with no new connection, after which {@linkcode Server.idle} is called, again and again.
   *
   * @default {Infinity} (never)
   */
  readonly idleIntervalMs?: number;
  /**
   * How long after a handler the server waits for the peer to close its side, so that the last answers are not lost.
   *
   * @default {1000}
   */
  readonly lingerTimeoutMs?: number;
}

/** What the hooks of a server get to know besides the connection. */
export interface ServerContext {
  /** Where the server listens, with the real port. */
  readonly endpoint: string;
  /** Aborted when the server begins to shut down: a handler may then end early. */
  readonly signal: AbortSignal;
}

/** What a handler gets to know, and can say, besides the connection. */
export interface HandlerContext extends ServerContext {
  /** Says that the peer has introduced itself: its first message was understood, its secret was right. */
  readonly admit: () => void;
}

/**
 * A server for one endpoint, shaped like Python's `socketserver`: subclass it and write {@linkcode Server.handle};
 * the other hooks do nothing by default. Each connection is served by its own call, concurrently; what goes wrong in
 * one goes to {@linkcode Server.error} and touches no other.
 *
 * ```
 * accept ─▶ verify ─▶ setup ─▶ handle ─▶ finish ─▶ end of stream both ways ─▶ close
 *              │no       └────────┴────────┴─▶ error
 *              └─▶ close
 * ```
 *
 * @example
 * ```ts
 * import { Server } from "@nonstick/nonstick/server";
 * import type { Connection } from "@nonstick/nonstick/transport";
 *
 * class Greeter extends Server {
 *   override async handle(connection: Connection): Promise<void> {
 *     await connection.write(new TextEncoder().encode("hello\n"));
 *   }
 * }
 * await using server = new Greeter({ listen: "tcp://127.0.0.1:0" });
 * await server.bind();
 * console.log(server.endpoint); // tcp://127.0.0.1:…
 * ```
 */
export abstract class Server implements AsyncDisposable {
  readonly #options: ServerOptions;
  readonly #slots: Slots;
  readonly #draining = new AbortController();
  readonly #running = new Map<Connection, Promise<void>>();
  readonly #finished = Promise.withResolvers<void>();
  #listener: Listener | null = null;
  #intake: Intake | null = null;
  #abandoned = false;

  /**
   * Takes the settings; nothing is opened yet.
   *
   * @throws {RangeError} if `maxConnections` is not a positive integer.
   */
  constructor(options: ServerOptions) {
    this.#options = options;
    const slots = options.maxConnections ?? DEFAULT_MAX_CONNECTIONS;
    this.#slots = typeof slots === "number" ? new ConnectionSlots(slots) : slots;
  }

  /** Serves one connection; when it ends, the connection is closed. */
  abstract handle(connection: Connection, context: HandlerContext): void | Promise<void>;

  /** Says whether a new connection is served at all; if not, it is closed at once. */
  verify(_connection: Connection, _context: ServerContext): boolean | Promise<boolean> {
    return true;
  }

  /** Prepares a connection before {@linkcode Server.handle}. If it fails, neither `handle` nor `finish` is called. */
  setup(_connection: Connection, _context: ServerContext): void | Promise<void> {}

  /** Told when a handler says by `admit` that the peer has introduced itself. */
  admitted(_connection: Connection, _context: ServerContext): void {}

  /** Cleans up after {@linkcode Server.handle}, whether that failed or not. */
  finish(_connection: Connection, _context: ServerContext): void | Promise<void> {}

  /**
   * Told of everything that fails in the other hooks, with the connection it failed for (null for
   * {@linkcode Server.idle}); prints it on stderr unless overridden.
   */
  error(
    error: unknown,
    connection: Connection | null,
    _context: ServerContext,
  ): void | Promise<void> {
    const where = connection === null ? "The idle hook" : `Connection from ${connection.remote}`;
    console.error(`${where} failed:`, error);
  }

  /**
   * Told that a connection could not be accepted, for want of open files or because its peer has gone; it is tried again. Without
   * open files the runtime cannot even tell the `stack` of an error: reading it ends the process (Deno 2.9.6).
   */
  acceptFailed(error: unknown, { endpoint }: ServerContext): void {
    console.error(`Cannot accept a connection on ${endpoint}: ${error}`);
  }

  /** Called when no connection came for `idleIntervalMs`. */
  idle(): void | Promise<void> {}

  /**
   * Where the server listens, with the real port.
   *
   * @throws {TypeError} before {@linkcode Server.bind}.
   */
  get endpoint(): string {
    if (this.#listener === null) {
      throw new TypeError("Cannot tell the endpoint: the server is not bound yet, await bind()");
    }
    return this.#listener.endpoint;
  }

  /** Connections being served now. */
  get connectionCount(): number {
    return this.#running.size;
  }

  /** Resolves when the server was shut down and every handler has ended or was given up. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /**
   * Opens the endpoint; connections queue up until they are served. Done by {@linkcode Server.serveForever} and
   * {@linkcode Server.handleOne} if need be.
   *
   * @throws {ListenError} if the endpoint cannot be listened on.
   */
  async bind(): Promise<void> {
    if (this.#listener !== null) return;
    this.#draining.signal.throwIfAborted();
    const { listen: endpoint, tls, backlog, socketMode, reusePort = false } = this.#options;
    this.#listener = await listen(endpoint, {
      reusePort,
      onAcceptError: (error) => this.acceptFailed(error, this.#context),
      ...(tls ? { tls } : {}),
      ...(backlog === undefined ? {} : { backlog }),
      ...(socketMode === undefined ? {} : { socketMode }),
    });
    this.#intake = new Intake(this.#listener);
  }

  /**
   * Takes another certificate for new connections of a `tls://` endpoint; open ones go on. Other endpoints have none.
   *
   * @throws {Error} if the certificate cannot be used; then the old one stays.
   */
  async renewCertificate(identity: TlsIdentity): Promise<void> {
    await this.#listener?.renew?.(identity);
  }

  /** Serves connections until {@linkcode Server.shutdown}, and resolves when the last one has ended. */
  async serveForever(): Promise<void> {
    const { idleIntervalMs = Infinity } = this.#options;
    for (;;) {
      const connection = await this.#next(idleIntervalMs);
      if (connection === null) break;
      if (connection === "timeout") await this.#idle();
      else this.#start(connection);
    }
    // Some listeners end by themselves: stdio has one connection only.
    if (!this.#draining.signal.aborted) {
      await Promise.all(this.#running.values());
      this.#finished.resolve();
    }
    await this.finished;
  }

  /**
   * Serves one connection from accept to close. Resolves to false when none came within `timeoutMs` (then
   * {@linkcode Server.idle} was called) or the server was shut down.
   */
  async handleOne(options: { readonly timeoutMs?: number } = {}): Promise<boolean> {
    const connection = await this.#next(options.timeoutMs ?? Infinity);
    if (connection === "timeout") await this.#idle();
    if (connection === null || connection === "timeout") return false;
    await this.#start(connection);
    return true;
  }

  /**
   * Stops accepting, lets running handlers end for up to `timeoutMs` (5000), then closes their connections. Resolves
   * to how many had to be closed. May be called again to shorten the wait.
   */
  async shutdown(options: { readonly timeoutMs?: number } = {}): Promise<number> {
    this.#draining.abort();
    const ended = Promise.all([this.#intake?.close(), ...this.#running.values()]);
    await within(ended, options.timeoutMs ?? DEFAULT_DRAIN_TIMEOUT_MS);
    const left = [...this.#running.keys()];
    if (left.length > 0) {
      this.#abandoned = true;
      for (const connection of left) connection.close();
      await within(ended, this.#lingerTimeoutMs);
    }
    this.#finished.resolve();
    return left.length;
  }

  /** Shuts down with the usual time for running handlers. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  get #lingerTimeoutMs(): number {
    return this.#options.lingerTimeoutMs ?? DEFAULT_LINGER_TIMEOUT_MS;
  }

  get #context(): ServerContext {
    return { endpoint: this.endpoint, signal: this.#draining.signal };
  }

  /** The next connection, with a slot taken for it. */
  async #next(timeoutMs: number): Promise<Connection | null | "timeout"> {
    await this.bind();
    const connection = await this.#intake?.next(timeoutMs) ?? null;
    if (connection === null || connection === "timeout") return connection;
    if (await this.#slots.acquire(this.#draining.signal)) return connection;
    connection.close();
    return null;
  }

  #start(connection: Connection): Promise<void> {
    const done = this.#serve(connection).finally(() => {
      this.#running.delete(connection);
      this.#slots.release();
    });
    this.#running.set(connection, done);
    return done;
  }

  async #idle(): Promise<void> {
    try {
      await this.idle();
    } catch (error) {
      await this.#report(error, null);
    }
  }

  /** Never rejects: whatever happens here is the matter of this connection alone. */
  async #serve(connection: Connection): Promise<void> {
    const context = this.#context;
    try {
      if (!await this.verify(connection, context)) return connection.close();
      await this.setup(connection, context);
      try {
        const admit = () => this.admitted(connection, context);
        await this.handle(connection, { ...context, admit });
      } finally {
        await this.finish(connection, context);
      }
    } catch (error) {
      // Closed by shutdown: the handler is not to blame.
      if (!this.#abandoned) await this.#report(error, connection);
    }
    await closeGently(connection, this.#lingerTimeoutMs);
  }

  async #report(error: unknown, connection: Connection | null): Promise<void> {
    try {
      await this.error(error, connection, this.#context);
    } catch (second) {
      console.error("The error hook of a server failed:", second, "while it was told of:", error);
    }
  }
}

/** Waits for `done`, but no longer than `ms`. */
async function within(done: Promise<unknown>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([done, late]);
  clearTimeout(timer);
}
