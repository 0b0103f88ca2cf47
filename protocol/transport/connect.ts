import { type Connection, connectionOf } from "./connection.ts";
import { type Endpoint, formatEndpoint, parseEndpoint } from "./endpoint.ts";
import { ConnectError, transportFailure } from "./errors.ts";
import { connectMemory } from "./memory_listener.ts";
import { connectQuic } from "./quic_client.ts";
import { stdioConnection } from "./stdio.ts";
import { connectTrusting, type TlsClientOptions } from "./tls_trust.ts";

/** Settings of {@linkcode connect}. */
export interface ConnectOptions {
  /** Calls the attempt off; `connect` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Longest time for name lookup, connecting and TLS handshake together, in milliseconds.
   *
   * @default {10_000}
   */
  readonly connectTimeoutMs?: number;
  /** For `tls` endpoints, and for `quic` ones as far as that can: only `caCerts`. */
  readonly tls?: TlsClientOptions;
}

/**
 * Connects to an endpoint. TLS and QUIC connections have finished their handshake. `quic` needs `--unstable-net`.
 *
 * @example
 * ```ts
 * import { connect, listen } from "@nonstick/nonstick/transport";
 *
 * await using listener = await listen("memory:example");
 * const connection = await connect("memory:example", { connectTimeoutMs: 2_000 });
 * await connection.write(new TextEncoder().encode("hello"));
 * connection.close();
 * ```
 *
 * @throws {EndpointError} if the endpoint string cannot be read.
 * @throws {ConnectError} if no connection can be made; `reason` and the message say why and what to do.
 */
export async function connect(
  endpoint: Endpoint | string,
  options: ConnectOptions = {},
): Promise<Connection> {
  const place = typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
  const text = formatEndpoint(place);
  options.signal?.throwIfAborted();
  switch (place.scheme) {
    case "memory":
      return connectMemory(place.name, text);
    case "stdio":
      return stdioConnection();
    case "fd":
      throw new ConnectError(text, "unsupported", "a socket that was passed is for listening only");
  }
  if (place.scheme !== "unix" && place.port === 0) {
    throw new ConnectError(text, "no-port", "port 0 is only for listening, name the real port");
  }
  if (place.scheme === "quic") {
    return await bounded(
      text,
      options,
      (signal) => connectQuic(place, text, options.tls ?? {}, signal),
    );
  }
  const usual = () => bounded(text, options, (signal) => dial(place, options, signal));
  if (place.scheme !== "tls") return await usual();
  return await connectTrusting(place, text, options.tls ?? {}, {
    usual,
    bounded: (work) => bounded(text, options, work),
  });
}

/** Does `work` within the time for connecting; its failure is told as that of the endpoint `text`. */
async function bounded<Result>(
  text: string,
  { signal, connectTimeoutMs = 10_000 }: ConnectOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  // One controller for both ways to give up; its reason is what the caller is told.
  const giveUp = new AbortController();
  const timer = setTimeout(() => {
    const problem = `no answer within ${connectTimeoutMs} ms, is the address right?`;
    giveUp.abort(new ConnectError(text, "timeout", problem));
  }, connectTimeoutMs);
  const onAbort = () => giveUp.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  try {
    return await work(giveUp.signal);
  } catch (error) {
    giveUp.signal.throwIfAborted();
    if (error instanceof ConnectError) throw error;
    const { reason, problem } = transportFailure(error);
    throw new ConnectError(text, reason, problem, { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

async function dial(
  place: Endpoint & { scheme: "tcp" | "tls" | "unix" },
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Connection> {
  // A Unix socket connects at once or not at all.
  if (place.scheme === "unix") {
    return connectionOf(await Deno.connect({ transport: "unix", path: place.path }));
  }
  const { hostname, port } = place;
  const socket = await Deno.connect({ hostname, port, signal });
  if (place.scheme === "tcp") return connectionOf(socket);
  // The runtime's TLS sockets have no setNoDelay and do not know their addresses: do both before the handshake.
  socket.setNoDelay(true);
  const addresses = { local: socket.localAddr, remote: socket.remoteAddr };
  const { caCerts = [], insecureHostname = false } = options.tls ?? {};
  const secure = await Deno.startTls(socket, {
    hostname,
    caCerts: [...caCerts],
    unsafelyDisableHostnameVerification: insecureHostname,
  });
  const connection = connectionOf(secure, addresses);
  const close = () => connection.close();
  signal.addEventListener("abort", close);
  try {
    await secure.handshake();
    signal.throwIfAborted();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}
