import { addressText, type Connection } from "./connection.ts";
import { resolveDatagramAddress } from "./datagram_address.ts";
import { ConnectError } from "./errors.ts";
import { hasQuic, NO_QUIC, QUIC_END, QUIC_LIFE, QUIC_PROTOCOL } from "./quic.ts";
import { QuicConnection } from "./quic_connection.ts";
import type { TlsClientOptions } from "./tls_trust.ts";

/** One socket for all connections of this process: the runtime gives sockets of its own back only with its garbage. */
let shared: Deno.QuicEndpoint | undefined;

/** Connects to a `quic` endpoint; `text` is its name. */
export async function connectQuic(
  { hostname, port }: { readonly hostname: string; readonly port: number },
  text: string,
  options: TlsClientOptions,
  signal: AbortSignal,
): Promise<Connection> {
  checkOptions(text, options);
  // The runtime would try one address only, and of `localhost` perhaps the one where nobody listens.
  const found = await resolveDatagramAddress({ scheme: "udp", hostname, port });
  if (found.scheme !== "udp") throw new TypeError("Cannot connect: a name led out of UDP");
  const connecting = Deno.connectQuic<false>({
    ...QUIC_LIFE,
    hostname: found.hostname,
    port,
    serverName: hostname,
    alpnProtocols: [QUIC_PROTOCOL],
    caCerts: [...options.caCerts ?? []],
    ...(shared === undefined ? {} : { endpoint: shared }),
  });
  const connection = await calledOff(connecting, signal);
  shared ??= connection.endpoint;
  return new QuicConnection(connection, {
    local: addressText(connection.endpoint.addr, "quic"),
    remote: addressText(connection.remoteAddr, "quic"),
  });
}

/** The connection, unless `signal` comes first. The runtime cannot be told to stop trying; what comes late is closed. */
function calledOff(
  connecting: Promise<Deno.QuicConn>,
  signal: AbortSignal,
): Promise<Deno.QuicConn> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(signal.reason);
      connecting.then((late) => late.close({ closeCode: QUIC_END.reset, reason: "" }), () => {});
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort);
    connecting.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
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
