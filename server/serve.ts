import type { Connection } from "../protocol/transport/mod.ts";
import { type HandlerContext, Server, type ServerOptions } from "./server.ts";

/** Serves one connection; when it ends, the connection is closed. */
export type ConnectionHandler = (
  connection: Connection,
  context: HandlerContext,
) => void | Promise<void>;

/** Settings and hooks of {@linkcode serve}; the hooks are those of {@linkcode Server}. */
export interface ServeOptions extends ServerOptions {
  /** Called with the endpoint when it listens, before anybody is served; what it throws ends the listener. */
  readonly bound?: (endpoint: string) => void;
  /** Says whether a new connection is served at all. */
  readonly verify?: Server["verify"];
  /** Prepares a connection before the handler. */
  readonly setup?: Server["setup"];
  /** Told when a handler says that the peer has introduced itself. */
  readonly admitted?: Server["admitted"];
  /** Cleans up after the handler. */
  readonly finish?: Server["finish"];
  /** Told of everything that fails in a connection. */
  readonly error?: Server["error"];
  /** Told that a connection could not be accepted. */
  readonly acceptFailed?: Server["acceptFailed"];
  /** Called when no connection came for `idleIntervalMs`. */
  readonly idle?: Server["idle"];
}

/**
 * Listens and serves every connection with `handler`, concurrently, until the returned server is shut down.
 *
 * @example
 * ```ts
 * import { serve } from "@nonstick/nonstick/server";
 *
 * await using server = await serve(async (connection) => {
 *   await connection.write(new TextEncoder().encode("hello\n"));
 * }, { listen: "tcp://127.0.0.1:0" });
 * console.log(server.endpoint); // tcp://127.0.0.1:…
 * ```
 *
 * @throws {ListenError} if the endpoint cannot be listened on.
 */
export async function serve(handler: ConnectionHandler, options: ServeOptions): Promise<Server> {
  const server = new HookServer(handler, options);
  await server.bind();
  try {
    options.bound?.(server.endpoint);
  } catch (error) {
    await server.shutdown({ timeoutMs: 0 });
    throw error;
  }
  void server.serveForever();
  return server;
}

/** A server whose hooks are functions. */
class HookServer extends Server {
  readonly #hooks: ServeOptions;
  override readonly handle: ConnectionHandler;

  constructor(handler: ConnectionHandler, hooks: ServeOptions) {
    super(hooks);
    this.handle = handler;
    this.#hooks = hooks;
  }

  override verify(...args: Parameters<Server["verify"]>): boolean | Promise<boolean> {
    return this.#hooks.verify?.(...args) ?? true;
  }

  override setup(...args: Parameters<Server["setup"]>): void | Promise<void> {
    return this.#hooks.setup?.(...args);
  }

  override admitted(...args: Parameters<Server["admitted"]>): void {
    this.#hooks.admitted?.(...args);
  }

  override finish(...args: Parameters<Server["finish"]>): void | Promise<void> {
    return this.#hooks.finish?.(...args);
  }

  override error(...args: Parameters<Server["error"]>): void | Promise<void> {
    return this.#hooks.error ? this.#hooks.error(...args) : super.error(...args);
  }

  override acceptFailed(...args: Parameters<Server["acceptFailed"]>): void {
    return this.#hooks.acceptFailed
      ? this.#hooks.acceptFailed(...args)
      : super.acceptFailed(...args);
  }

  override idle(): void | Promise<void> {
    return this.#hooks.idle?.();
  }
}
