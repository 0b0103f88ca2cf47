import { AcceptLoop } from "./accept_loop.ts";
import { addressText, type Connection, connectionOf, keepAlive } from "./connection.ts";
import { type Endpoint, formatEndpoint, parseEndpoint } from "./endpoint.ts";
import { ListenError, transportFailure } from "./errors.ts";
import { listenInherited } from "./inherited_listener.ts";
import { listenMemory } from "./memory_listener.ts";
import { hasQuic, NO_QUIC } from "./quic.ts";
import { QuicListener } from "./quic_listener.ts";
import { resolveDatagramAddress } from "./datagram_address.ts";
import { stdioConnection } from "./stdio.ts";
import { canHalfClose } from "./node_tls.ts";
import { KnownClients } from "./tls_known_clients.ts";
import { type TlsIdentity, TlsListener } from "./tls_listener.ts";
import { listenUnix } from "./unix_socket.ts";

/**
 * Connections that the system keeps waiting when nothing is said. It is Linux's own limit: with the usual 511 of the runtime a
 * burst makes honest clients wait for a second, too.
 */
export const DEFAULT_BACKLOG = 4096;

/** Settings of {@linkcode listen}. */
export interface ListenOptions {
  /**
   * Certificate chain and private key in PEM; `tls` and `quic` endpoints need them. A peer that never finishes the TLS handshake
   * keeps its file descriptor until it goes away, even when the connection is closed (seen with Deno 2.9.6): 32 of them at
   * most, from Deno 2.8 on.
   */
  readonly tls?: {
    readonly cert: string;
    readonly key: string;
    /** Authorities (PEM): only clients with a certificate that one of them has signed are served. Needs Deno 2.8. */
    readonly clientCa?: readonly string[];
  };
  /**
   * Connections that the system may keep waiting for `accept`, TCP and TLS only. The system has a limit of its own; Linux's is
   * `net.core.somaxconn`. Who finds no room tries again after a second.
   *
   * @default {4096}
   */
  readonly backlog?: number;
  /**
   * Lets several listeners have the same port, if all of them say so (`SO_REUSEPORT`); the system shares the connections out
   * among them. TCP and TLS on Linux only, elsewhere it changes nothing; the runtime wants `--unstable-net` for it.
   *
   * @default {false}
   */
  readonly reusePort?: boolean;
  /**
   * File mode of a Unix socket.
   *
   * @default {0o600} (only this user can connect)
   */
  readonly socketMode?: number;
  /** Told of each failed `accept` and how long the loop waits before it goes on, in milliseconds. */
  readonly onAcceptError?: (error: unknown, retryInMs: number) => void;
}

/** Takes in connections. Made by {@linkcode listen}. */
export interface Listener extends AsyncDisposable {
  /** What it listens on, as an endpoint string with the real port. */
  readonly endpoint: string;
  /** Waits for the next connection; null once the listener is closed. */
  accept(): Promise<Connection | null>;
  /**
   * All connections until the listener is closed. Unlike the runtime's own iteration it survives failures to accept
   * (no more file descriptors, a peer that is already gone): it waits 5 ms, twice as long each time up to
   * 1 s, and goes on.
   */
  connections(): AsyncIterable<Connection>;
  /**
   * Takes another certificate for new connections, where TLS is listened for; open ones go on. For a moment connections are
   * refused. Rejects if the certificate cannot be used; then the old one stays.
   */
  readonly renew?: (identity: TlsIdentity) => Promise<void>;
  /** Stops listening; what was accepted stays open. Doing it again changes nothing. */
  close(): void;
}

/**
 * Listens on an endpoint. The default host is loopback; port 0 takes a free one. `quic` needs `--unstable-net`.
 *
 * @example
 * ```ts
 * import { connect, listen } from "@nonstick/nonstick/transport";
 *
 * await using listener = await listen("tcp://127.0.0.1:0");
 * const client = await connect(listener.endpoint);
 * for await (const connection of listener.connections()) {
 *   console.log(connection.remote);
 *   connection.close();
 *   break;
 * }
 * client.close();
 * ```
 *
 * @throws {EndpointError} if the endpoint string cannot be read.
 * @throws {ListenError} if the endpoint cannot be listened on.
 */
export async function listen(
  endpoint: Endpoint | string,
  options: ListenOptions = {},
): Promise<Listener> {
  const place = typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
  const text = formatEndpoint(place);
  try {
    switch (place.scheme) {
      case "tcp":
      case "tls":
        return listenTcp(place, text, options);
      case "quic":
        return await listenQuic(place, text, options);
      case "unix": {
        const { accept, close } = await listenUnix(place.path, text, options.socketMode ?? 0o600);
        return new AcceptLoop(text, accept, close, options.onAcceptError);
      }
      case "memory":
        return listenMemory(place.name, text);
      case "fd":
        return await listenInherited(place.fd, text, options.onAcceptError);
      case "stdio": {
        const connections: Connection[] = [stdioConnection()];
        return new AcceptLoop(text, () => Promise.resolve(connections.shift() ?? null), () => {});
      }
    }
  } catch (error) {
    if (error instanceof ListenError) throw error;
    const { reason, problem } = transportFailure(error);
    throw new ListenError(text, reason, problem, { cause: error });
  }
}

function listenTcp(
  place: Endpoint & { scheme: "tcp" | "tls" },
  text: string,
  options: ListenOptions,
): Listener {
  const { hostname, port } = place;
  const tls = place.scheme === "tls";
  if (tls && options.tls === undefined) {
    throw new ListenError(text, "tls", "TLS needs a certificate and a key (PEM)");
  }
  const where = {
    hostname,
    port,
    tcpBacklog: options.backlog ?? DEFAULT_BACKLOG,
    ...(options.reusePort === true ? { reusePort: true } : {}),
  };
  if (tls && options.tls?.clientCa !== undefined) {
    return listenForKnownClients(where, text, options.tls, options.tls.clientCa, options);
  }
  if (tls && options.tls !== undefined) {
    const { cert, key } = options.tls;
    const listener = new TlsListener(where, { cert, key });
    return new AcceptLoop(
      addressText(listener.addr, "tls"),
      () => listener.accept(),
      () => listener.close(),
      options.onAcceptError,
      (identity) => listener.renew(identity),
    );
  }
  const listener = Deno.listen({ ...where, transport: "tcp" });
  return new AcceptLoop(
    addressText(listener.addr, "tcp"),
    async () => connectionOf(keepAlive(await listener.accept())),
    () => listener.close(),
    options.onAcceptError,
  );
}

async function listenQuic(
  { hostname, port }: Endpoint & { scheme: "quic" },
  text: string,
  { tls, onAcceptError }: ListenOptions,
): Promise<Listener> {
  if (!hasQuic()) throw new ListenError(text, "unsupported", NO_QUIC);
  if (tls === undefined) {
    throw new ListenError(text, "tls", "QUIC needs a certificate and a key (PEM)");
  }
  if (tls.clientCa !== undefined) {
    const cure = "the runtime's QUIC cannot ask for certificates of clients, use tls";
    throw new ListenError(text, "unsupported", cure);
  }
  const found = await resolveDatagramAddress({ scheme: "udp", hostname, port });
  if (found.scheme !== "udp") throw new TypeError("Cannot listen: a name led out of UDP");
  const listener = new QuicListener({ hostname: found.hostname, port }, tls);
  return new AcceptLoop(
    listener.text,
    () => listener.accept(),
    () => listener.close(),
    onAcceptError,
    (renewed) => Promise.resolve(listener.renew(renewed)),
  );
}

function listenForKnownClients(
  where: Deno.TcpListenOptions,
  text: string,
  identity: TlsIdentity,
  clientCa: readonly string[],
  { onAcceptError }: ListenOptions,
): Listener {
  // What came before does not ask for certificates, and would serve everybody.
  if (!canHalfClose()) {
    const cure = `certificates of clients need Deno 2.8, and this is ${Deno.version.deno}`;
    throw new ListenError(text, "unsupported", cure);
  }
  const clients = new KnownClients(identity, clientCa);
  const listener = Deno.listen({ ...where, transport: "tcp" });
  return new AcceptLoop(
    addressText(listener.addr, "tls"),
    async () => clients.serve(keepAlive(await listener.accept())),
    () => listener.close(),
    onAcceptError,
    (renewed) => Promise.resolve(clients.renew(renewed)),
  );
}
