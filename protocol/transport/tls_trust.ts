import type { ConnectionOptions } from "node:tls";
import { rootCertificates } from "node:tls";
import type { Connection } from "./connection.ts";
import { ConnectError } from "./errors.ts";
import { fingerprintOf, parseFingerprint } from "./fingerprint.ts";
import { hangUp } from "./node_connection.ts";
import { dialNodeTls, nodeTlsConnection, pem, shownCertificate } from "./node_tls.ts";

/**
 * Whom to believe at the other end of a `tls` endpoint, and who we are. In this order: `pin`; the authorities of `caCerts` and
 * the well-known ones; `trust`.
 */
export interface TlsClientOptions {
  /** Certificates (PEM) to trust besides the well-known authorities. */
  readonly caCerts?: readonly string[];
  /** Accepts a valid certificate made for another host name. */
  readonly insecureHostname?: boolean;
  /** SHA-256 of the one certificate that is accepted, in any form of {@linkcode parseFingerprint}; no authority is asked. */
  readonly pin?: string;
  /**
   * Asked about a certificate that nobody vouches for: whether to trust it all the same. An error that it throws is that of
   * `connect`. Its time does not count.
   */
  readonly trust?: (peer: PeerCertificate) => boolean | Promise<boolean>;
  /** Our own certificate chain and its private key (PEM), for servers that want to see one. */
  readonly identity?: { readonly cert: string; readonly key: string };
}

/** The certificate of a server that nobody vouches for. */
export interface PeerCertificate {
  /** The server, as an endpoint string. */
  readonly endpoint: string;
  /** SHA-256 of the certificate, as `AB:CD:…`. */
  readonly fingerprint: string;
  /** The certificate (PEM); as `caCerts` it makes the server known. */
  readonly pem: string;
  /** Why it is not trusted. */
  readonly problem: string;
}

/** How connections are made here. */
interface Dialling {
  /** By the runtime's own TLS, with authorities. */
  readonly usual: () => Promise<Connection>;
  /** Within the time for connecting, told as a failure of the endpoint. */
  readonly bounded: <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;
}

/** The part of a `tls` endpoint that is dialled. */
interface TlsEndpoint {
  readonly hostname: string;
  readonly port: number;
}

/**
 * Connects to whom `options` trust.
 *
 * A certificate is public: whoever shows it must also prove to have its key, and no runtime that does not verify the
 * certificate checks that proof (seen with Deno 2.6.8, where it connects to a liar). So a certificate that is known by its
 * fingerprint alone is looked at in a first connection, which says nothing and proves nothing; the second one is verified
 * with it as the only authority, and must show the same.
 */
export async function connectTrusting(
  place: TlsEndpoint,
  text: string,
  options: TlsClientOptions,
  { usual, bounded }: Dialling,
): Promise<Connection> {
  const { pin, trust } = options;
  const pinned = pin === undefined ? undefined : readPin(text, pin);
  let problem = "";
  if (pinned === undefined) {
    try {
      return await (options.identity === undefined
        ? usual()
        : bounded((signal) => dialVerified(place, options, signal)));
    } catch (error) {
      const found = certificateProblem(error);
      if (trust === undefined || found === null) throw error;
      problem = found;
    }
  }
  const { der, chain } = await bounded((signal) => look(place, options, signal));
  const fingerprint = fingerprintOf(der);
  if (pinned !== undefined && fingerprint !== pinned) {
    const wrong = `it is not the server that was pinned: its certificate has the fingerprint\n` +
      `  ${fingerprint}\nand not\n  ${pinned}\n` +
      "Somebody may be in between, or the server has a new certificate: ask its owner";
    throw new ConnectError(text, "identity", wrong);
  }
  if (
    pinned === undefined &&
    !await trust?.({ endpoint: text, fingerprint, pem: pem(der), problem })
  ) {
    throw new ConnectError(text, "identity", `its certificate ${fingerprint} is not trusted`);
  }
  return await bounded((signal) => dialKnown(place, text, options, { chain, fingerprint }, signal));
}

/** What is wrong with the certificate, null if something else went wrong. */
function certificateProblem(error: unknown): string | null {
  const cause = error instanceof ConnectError ? error.cause : error;
  const said = cause instanceof Error ? cause.message : "";
  return /invalid peer certificate: (.*)/s.exec(said)?.[1] ?? null;
}

/** What the server shows, whoever it is. Nothing is sent to it. */
async function look(place: TlsEndpoint, options: TlsClientOptions, signal: AbortSignal) {
  const look = { ...common(place, options), rejectUnauthorized: false };
  const { socket } = await dialNodeTls(place, look, signal);
  const shown = shownCertificate(socket);
  hangUp(socket);
  if (shown === null) throw new Deno.errors.InvalidData("the server shows no certificate");
  return shown;
}

/** With authorities, and a certificate of our own. */
async function dialVerified(place: TlsEndpoint, options: TlsClientOptions, signal: AbortSignal) {
  const { caCerts = [], insecureHostname = false } = options;
  const dialled = await dialNodeTls(place, {
    ...common(place, options),
    ca: [...rootCertificates, ...caCerts],
    ...(insecureHostname ? ANY_NAME : {}),
  }, signal);
  const connection = nodeTlsConnection(dialled);
  if (shownCertificate(dialled.socket) !== null) return connection;
  // The failure follows (see shownCertificate).
  return await connection.read(new Uint8Array(1)).then(() => {
    throw new Deno.errors.InvalidData("the server shows no certificate");
  }).finally(() => connection.close());
}

/** With this certificate, and no other one. */
async function dialKnown(
  place: TlsEndpoint,
  text: string,
  options: TlsClientOptions,
  { chain, fingerprint }: { readonly chain: readonly string[]; readonly fingerprint: string },
  signal: AbortSignal,
): Promise<Connection> {
  const ca = [...chain, ...options.caCerts ?? []];
  const known = { ...common(place, options), ca, ...ANY_NAME };
  const dialled = await dialNodeTls(place, known, signal);
  const connection = nodeTlsConnection(dialled);
  const shown = shownCertificate(dialled.socket);
  if (shown !== null && fingerprintOf(shown.der) === fingerprint) return connection;
  connection.close();
  const wrong = "it showed a certificate first and did not prove now that it is its own";
  throw new ConnectError(text, "identity", wrong);
}

/** Names do not matter where the certificate itself is known. */
const ANY_NAME: ConnectionOptions = { checkServerIdentity: () => undefined };

function common(place: TlsEndpoint, { identity }: TlsClientOptions): ConnectionOptions {
  const { hostname } = place;
  return {
    // An address is no server name (RFC 6066, 3).
    ...(/^[\d.]+$|:/.test(hostname) ? {} : { servername: hostname }),
    ...(identity === undefined ? {} : { cert: identity.cert, key: identity.key }),
  };
}

function readPin(text: string, pin: string): string {
  try {
    return parseFingerprint(pin);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConnectError(text, "identity", `cannot use the pin ${JSON.stringify(pin)}: ${why}`);
  }
}
