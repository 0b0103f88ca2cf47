import {
  type ErrorCode,
  ExchangeError,
  ProtocolError,
  RefusedError,
} from "../protocol/native/mod.ts";

/** How a server is started that has a service. */
const GRANTS: Readonly<Record<string, string>> = {
  files: "--root DIR (for put: and --allow-write)",
  exec: "--allow-exec PROG,…",
  chat: "--rooms N, with N above 0",
};

/** What helps against an error of nonstick/1 with `service`; nothing where that is not known. */
export function cureFor(error: unknown, service: string | null | undefined): string {
  if (error instanceof RefusedError && error.code === "auth") {
    return " The token is given by --token-file FILE.";
  }
  if (!(error instanceof ExchangeError || error instanceof ProtocolError)) return "";
  return CURES[error.code]?.(error, service ?? "") ?? "";
}

const CURES: Partial<
  Record<ErrorCode, (error: ExchangeError | ProtocolError, service: string) => string>
> = {
  "unknown-service": (_, service) => {
    const grant = GRANTS[service];
    return grant === undefined ? "" : ` The server has it when it is started with ${grant}.`;
  },
  exists: (error, service) => {
    const busy = error instanceof ExchangeError && error.info["busy"] === true;
    if (busy) return "";
    // A file of this machine, when there is no service.
    if (service === "") return " --overwrite replaces it.";
    if (service !== "files") return "";
    return " --overwrite replaces it, --rename keeps both.";
  },
};
