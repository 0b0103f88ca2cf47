/**
 * What can go wrong before bytes flow. Each error says what was tried, why it failed, and what to do.
 * @module
 */

/** Why a connection could not be made or an endpoint not be listened on; stable across versions. */
export type TransportErrorReason =
  | "address"
  | "denied"
  | "identity"
  | "in-use"
  | "missing"
  | "no-port"
  | "refused"
  | "timeout"
  | "tls"
  | "unresolved"
  | "unsupported"
  | "other";

/** A connection could not be made. */
export class ConnectError extends Error {
  /** The endpoint that was tried, as text. */
  readonly endpoint: string;
  /** Why, for programs. */
  readonly reason: TransportErrorReason;
  /** The message without the endpoint. */
  readonly problem: string;

  /** Makes an error from the endpoint, the kind, and a sentence with the cure. */
  constructor(
    endpoint: string,
    reason: TransportErrorReason,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot connect to ${endpoint}: ${problem}`, options);
    this.name = "ConnectError";
    this.endpoint = endpoint;
    this.reason = reason;
    this.problem = problem;
  }
}

/** An endpoint could not be listened on. */
export class ListenError extends Error {
  /** The endpoint that was tried, as text. */
  readonly endpoint: string;
  /** Why, for programs. */
  readonly reason: TransportErrorReason;

  /** Makes an error from the endpoint, the kind, and a sentence with the cure. */
  constructor(
    endpoint: string,
    reason: TransportErrorReason,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot listen on ${endpoint}: ${problem}`, options);
    this.name = "ListenError";
    this.endpoint = endpoint;
    this.reason = reason;
  }
}

/** What a failure of the runtime means and what can be done about it. */
export function transportFailure(
  error: unknown,
): { reason: TransportErrorReason; problem: string } {
  const said = error instanceof Error ? error.message : String(error);
  for (const [kind, reason, problem] of FAILURES) {
    if (error instanceof kind) return { reason, problem };
  }
  if (error instanceof Deno.errors.NotCapable) {
    return { reason: "denied", problem: `the program was not given the permission: ${said}` };
  }
  if (/SUN_LEN/.test(said)) {
    return { reason: "address", problem: "the path is too long for a socket, use a shorter one" };
  }
  if (/lookup address|No such host|host name is not known/.test(said)) {
    return { reason: "unresolved", problem: "the host name is not known, check its spelling" };
  }
  if (/UnknownIssuer/.test(said)) {
    return {
      reason: "tls",
      problem: "its certificate is not trusted, name its authority (caCerts)",
    };
  }
  if (/KeyMismatch/.test(said)) {
    return { reason: "tls", problem: "the certificate and the key do not belong together" };
  }
  if (/InvalidContentType/.test(said)) {
    return { reason: "tls", problem: "the other side does not speak TLS, use tcp" };
  }
  if (/handshake failed: error 120/.test(said)) {
    return { reason: "tls", problem: "the other side speaks another protocol over QUIC" };
  }
  if (/refused to accept a new connection/.test(said)) {
    return { reason: "refused", problem: "the server takes no more connections now, try later" };
  }
  // In this place only TLS calls data invalid, and QUIC what goes wrong in its handshake by that name.
  if (error instanceof Deno.errors.InvalidData || /cryptographic handshake failed/.test(said)) {
    return { reason: "tls", problem: `TLS failed: ${said}` };
  }
  return { reason: "other", problem: said };
}

const FAILURES: readonly [new (message?: string) => Error, TransportErrorReason, string][] = [
  [Deno.errors.ConnectionRefused, "refused", "nothing listens there, is the server running?"],
  [Deno.errors.NotFound, "missing", "there is no such file or folder, is the server running?"],
  [
    Deno.errors.AddrInUse,
    "in-use",
    "another program listens there, stop it or choose another port",
  ],
  [Deno.errors.AddrNotAvailable, "address", "no network card of this machine has that address"],
  [Deno.errors.PermissionDenied, "denied", "the system does not allow it to this user"],
];
