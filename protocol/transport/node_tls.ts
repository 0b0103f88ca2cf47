/**
 * TLS through `node:tls`, for what the runtime's own cannot do: show the certificate of the other end, and present one of
 * ours.
 * @module
 */
import {
  connect as connectTls,
  type ConnectionOptions,
  type DetailedPeerCertificate,
  type TLSSocket,
} from "node:tls";
import type { Connection, ConnectionAddresses } from "./connection.ts";
import { ConnDuplex } from "./duplex.ts";
import { NodeConnection } from "./node_connection.ts";
import { denoError } from "./node_errors.ts";
import { isSince } from "./runtime_version.ts";

/** The first runtime whose TLS sockets of Node can end one direction and leave the other. */
const HALF_CLOSE = [2, 8] as const;

/** What the other end of a TLS connection showed. */
export interface ShownCertificate {
  /** The certificate of the other end (DER). */
  readonly der: Uint8Array;
  /** It and those that came with it (PEM). */
  readonly chain: readonly string[];
}

/** A TLS connection after its handshake. */
export interface DialledTls {
  readonly socket: TLSSocket;
  readonly addresses: ConnectionAddresses;
  /** What it stands on, where that is ours. */
  readonly source?: ConnDuplex;
}

/**
 * Dials `place` with `options`; resolves after the handshake. `signal` calls it off. Failures are errors of the runtime
 * (`Deno.errors`), as those of its own sockets.
 */
export async function dialNodeTls(
  { hostname, port }: { readonly hostname: string; readonly port: number },
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<DialledTls> {
  if (!canHalfClose()) {
    // These runtimes have TLS over sockets of Node only.
    const socket = await handshake({ ...options, host: hostname, port }, signal);
    const addresses = {
      local: address(socket.localAddress, socket.localPort),
      remote: address(socket.remoteAddress, socket.remotePort),
    };
    return { socket, addresses };
  }
  const conn = await Deno.connect({ hostname, port, signal });
  conn.setNoDelay(true);
  const addresses = { local: conn.localAddr, remote: conn.remoteAddr };
  const source = new ConnDuplex(conn);
  return { socket: await handshake({ ...options, socket: source }, signal), addresses, source };
}

async function handshake(options: ConnectionOptions, signal: AbortSignal): Promise<TLSSocket> {
  signal.throwIfAborted();
  // Not in the types of Node, but in its documentation: the options of the socket are taken, too.
  const all: ConnectionOptions & { allowHalfOpen: boolean } = { ...options, allowHalfOpen: true };
  const socket = connectTls(all);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onClose = () => reject(new Deno.errors.ConnectionReset("The peer ended the handshake"));
  const onAbort = () => reject(signal.reason);
  // An error that nobody listens to would end the program.
  socket.on("error", reject);
  socket.on("secureConnect", resolve);
  socket.on("close", onClose);
  signal.addEventListener("abort", onAbort);
  try {
    await promise;
    return socket;
  } catch (error) {
    socket.destroy();
    options.socket?.destroy();
    throw signal.aborted ? error : denoError(error);
  } finally {
    signal.removeEventListener("abort", onAbort);
    socket.off("close", onClose);
  }
}

/**
 * What the other end showed in the handshake. Null if the handshake has failed: some runtimes tell so only after they called the
 * connection secure (seen with Deno 2.6.8).
 */
export function shownCertificate(socket: TLSSocket): ShownCertificate | null {
  // Null is not in its types, but happens (Deno 2.6.8).
  const own: DetailedPeerCertificate | null = socket.getPeerCertificate(true);
  if (!(own?.raw instanceof Uint8Array)) return null;
  const chain = [own.raw];
  // The last one of a chain is its own issuer, where the runtime tells issuers at all.
  for (
    let at = own;
    at.issuerCertificate?.raw instanceof Uint8Array && at.issuerCertificate !== at &&
    chain.length < 10;
    at = at.issuerCertificate
  ) {
    chain.push(at.issuerCertificate.raw);
  }
  return { der: new Uint8Array(own.raw), chain: chain.map(pem) };
}

/** A certificate (DER) as PEM. */
export function pem(der: Uint8Array): string {
  const lines = der.toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** A TLS socket of Node as a {@linkcode Connection}; the handshake is done. */
export function nodeTlsConnection({ socket, addresses, source }: DialledTls): Connection {
  if (source !== undefined) {
    source.isFull = () => socket.readableLength >= socket.readableHighWaterMark;
  }
  return new NodeTlsConnection(socket, { addresses, scheme: "tls", onRead: () => source?.wake() });
}

class NodeTlsConnection extends NodeConnection {
  override closeWrite(): Promise<void> {
    if (canHalfClose()) return super.closeWrite();
    const cure = `Deno ${HALF_CLOSE.join(".")} can, or a certificate by --tls-ca`;
    return Promise.reject(
      new Deno.errors.NotSupported(`This runtime cannot end one direction of TLS here; ${cure}`),
    );
  }
}

/** Whether a connection over a TLS socket of Node can half-close in this runtime. */
export function canHalfClose(version: string = Deno.version.deno): boolean {
  return isSince(HALF_CLOSE, version);
}

function address(hostname: string | undefined, port: number | undefined): Deno.NetAddr {
  return { transport: "tcp", hostname: hostname ?? "", port: port ?? 0 };
}
