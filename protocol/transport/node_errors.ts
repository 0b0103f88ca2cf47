/** The failures of Node by their codes, as the runtime's own sockets tell them. */
const KINDS: readonly (readonly [RegExp, new (message: string) => Error])[] = [
  [/^ECONNREFUSED$/, Deno.errors.ConnectionRefused],
  [/^ECONNRESET$/, Deno.errors.ConnectionReset],
  [/^ECONNABORTED$/, Deno.errors.ConnectionAborted],
  [/^EPIPE$/, Deno.errors.BrokenPipe],
  [/^ETIMEDOUT$/, Deno.errors.TimedOut],
  [/^EADDRINUSE$/, Deno.errors.AddrInUse],
  [/^EADDRNOTAVAIL$/, Deno.errors.AddrNotAvailable],
  [/^EACCES$/, Deno.errors.PermissionDenied],
  [/SSL|TLS|^EPROTO$/, Deno.errors.InvalidData],
];

/** How Node names what is wrong with a certificate. */
const CERTIFICATE = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS_CERT|HOSTNAME_)/;

/** A failure of Node as the runtime's own sockets tell it. */
export function denoError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const said = error.message;
  if (CERTIFICATE.test(code)) {
    return new Deno.errors.InvalidData(`invalid peer certificate: ${said}`);
  }
  if (code === "ENOTFOUND") return new Error(`failed to lookup address: ${said}`);
  const kind = KINDS.find(([pattern]) => pattern.test(code))?.[1];
  if (kind !== undefined) return new kind(said);
  // Deno 2.6 gives no codes here.
  return /certificate|alert|TLS|corrupt message/i.test(said) && code === ""
    ? new Deno.errors.InvalidData(said)
    : error;
}
