/**
 * How a command of `nonstick` can fail, each with its exit code.
 * @module
 */
import { UsageError } from "../cli/options.ts";
import { type ErrorCode, ExchangeError, ProtocolError } from "../protocol/native/mod.ts";
import { DeadlineError } from "../protocol/session/mod.ts";
import { ConnectError, DatagramError, ListenError } from "../protocol/transport/mod.ts";

/** What the exit codes mean, as the help shows them. */
export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "everything was sent and answered"],
  ["1", "the server broke off, or its answer cannot be read"],
  ["2", "the command line or the input cannot be used"],
  ["3", "cannot connect"],
  ["4", "refused: the token, what was asked for, or a certificate that is not the known one"],
  ["5", "the answer is not what it must be"],
  ["124", "the server did not answer in time"],
  ["255", "exec: the program did not run to its end; otherwise its own code"],
];

/** The codes of nonstick/1 that have an exit code of their own (PROTOCOL.md, clause 7). */
const NATIVE_EXIT_CODES: Partial<Record<ErrorCode, number>> = {
  auth: 4,
  denied: 4,
  integrity: 5,
  timeout: 124,
};

/** What is to be sent cannot be read, or cannot be said in this framing. */
export class InputError extends Error {}

/** The server broke off, or its bytes cannot be read. */
export class RemoteError extends Error {}

/** The server answered something else than it must. */
export class IntegrityError extends Error {}

/** The server took too long. */
export class TimeoutError extends Error {}

/** Nobody reads our output any more. */
export class OutputClosedError extends Error {}

/** The exit code for what cannot be asked at all. */
export const USAGE = 2;

/** The exit code for what is refused: by the server, or because it is not the server we know. */
const REFUSED = 4;

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  // The reader of our output has seen enough (`nonstick … | head -1`): that is no failure.
  if (error instanceof OutputClosedError) return 0;
  if (error instanceof UsageError || error instanceof InputError) return USAGE;
  if (error instanceof ConnectError && error.reason === "identity") return REFUSED;
  if (
    error instanceof ConnectError || error instanceof DatagramError || error instanceof ListenError
  ) return 3;
  if (error instanceof IntegrityError) return 5;
  if (error instanceof TimeoutError || error instanceof DeadlineError) return 124;
  if (error instanceof ExchangeError || error instanceof ProtocolError) {
    return NATIVE_EXIT_CODES[error.code] ?? 1;
  }
  return 1;
}
