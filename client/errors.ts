/**
 * How a command of `nonstick` can fail, each with its exit code.
 * @module
 */
import { UsageError } from "../cli/options.ts";
import { ConnectError } from "../protocol/transport/mod.ts";

/** What the exit codes mean, as the help shows them. */
export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "everything was sent and answered"],
  ["1", "the server broke off, or its answer cannot be read"],
  ["2", "the command line or the input cannot be used"],
  ["3", "cannot connect"],
  ["5", "the answer is not what it must be"],
  ["124", "the server did not answer in time"],
];

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

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  // The reader of our output has seen enough (`nonstick … | head -1`): that is no failure.
  if (error instanceof OutputClosedError) return 0;
  if (error instanceof UsageError || error instanceof InputError) return 2;
  if (error instanceof ConnectError) return 3;
  if (error instanceof IntegrityError) return 5;
  if (error instanceof TimeoutError) return 124;
  return 1;
}
