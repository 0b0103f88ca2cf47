import { addressText, type Connection } from "./connection.ts";
import { resolveDatagramAddress } from "./datagram_address.ts";
import { ConnectError } from "./errors.ts";
import { hasQuic, NO_QUIC, QUIC_END, QUIC_LIFE, QUIC_PROTOCOL } from "./quic.ts";
import { QuicConnection } from "./quic_connection.ts";
import { giveBack, takeSocket } from "./quic_sockets.ts";
import type { TlsClientOptions } from "./tls_trust.ts";

/** How an attempt ends that nobody waits for. */
const RESET: Deno.QuicCloseInfo = { closeCode: QUIC_END.reset, reason: "" };

/** Connects to a `quic` endpoint; `text` is its name. */
export async function connectQuic(
  { hostname, port }: { readonly hostname: string; readonly port: number },
  text: string,
  options: TlsClientOptions,
  signal: AbortSignal,
): Promise<Connection> {
  checkOptions(text, options);
  // The runtime would try one address only, and of `localhost` perhaps the one where nobody listens.
  const found = await unlessAborted(
    resolveDatagramAddress({ scheme: "udp", hostname, port }),
    signal,
  );
  if (found.scheme !== "udp") throw new TypeError("Cannot connect: a name led out of UDP");
  signal.throwIfAborted();
  const socket = takeSocket(found.hostname);
  const connection = await attempt(socket, signal, {
    ...QUIC_LIFE,
    hostname: found.hostname,
    port,
    serverName: hostname,
    alpnProtocols: [QUIC_PROTOCOL],
    caCerts: [...options.caCerts ?? []],
  });
  const output = await connection.createUnidirectionalStream().catch((error) => {
    connection.closed.catch(() => {});
    connection.close(RESET);
    giveBack(connection.endpoint);
    throw error;
  });
  return new QuicConnection(connection, output, {
    local: addressText(connection.endpoint.addr, "quic"),
    remote: addressText(connection.remoteAddr, "quic"),
    onEnd: () => giveBack(connection.endpoint),
  });
}

/** Connects over `socket`, unless `signal` comes first. */
async function attempt(
  socket: Deno.QuicEndpoint | undefined,
  signal: AbortSignal,
  options: Deno.ConnectQuicOptions<false>,
): Promise<Deno.QuicConn> {
  if (socket === undefined) {
    const connecting = Deno.connectQuic(options);
    try {
      return await unlessAborted(connecting, signal);
    } catch (error) {
      // The runtime cannot be told to stop trying; what comes late is closed.
      connecting.then((late) => late.close(RESET), () => {});
      throw error;
    }
  }
  const stop = () => socket.close(RESET);
  signal.addEventListener("abort", stop);
  try {
    const connection = await Deno.connectQuic({ ...options, endpoint: socket });
    signal.throwIfAborted();
    return connection;
  } catch (error) {
    if (!signal.aborted) giveBack(socket);
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** `work`, unless `signal` comes first. */
function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** The runtime's QUIC verifies a certificate by authorities and says nothing about it: what needs more cannot be had. */
function checkOptions(text: string, { pin, identity, insecureHostname }: TlsClientOptions): void {
  if (!hasQuic()) throw new ConnectError(text, "unsupported", NO_QUIC);
  const asked = pin !== undefined
    ? "pin a certificate"
    : identity !== undefined
    ? "show a certificate of the client"
    : insecureHostname === true
    ? "leave out the check of the host name"
    : null;
  if (asked === null) return;
  const cure = "name the certificate or its authority (caCerts), or use tls";
  throw new ConnectError(text, "unsupported", `QUIC cannot ${asked} here; ${cure}`);
}
