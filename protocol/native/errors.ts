import type { JsonObject } from "./message.ts";

/** What the codes of errors mean (PROTOCOL.md, clause 7). A peer may send others; they count as `internal`. */
export const ERROR_CODES = {
  "not-nonstick": "the first bytes are not nonstick's",
  version: "no common version",
  auth: "a token is needed, or it is wrong",
  protocol: "a message that the protocol does not allow",
  "unknown-service": "there is no such service here",
  invalid: "an argument cannot be used",
  denied: "it is not allowed here",
  "not-found": "what was asked for is not there",
  exists: "it is there already",
  integrity: "the bytes are not those that were sent",
  limit: "a limit was reached",
  timeout: "it took too long",
  cancelled: "the other side asked to stop",
  io: "the system could not do it",
  shutdown: "the server is stopping",
  internal: "a fault of the other side",
} as const;

/** The code of an error. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The peer broke the protocol; the connection is closed, after it was told why. */
export class ProtocolError extends Error {
  /** The class of the error. */
  override readonly name: string = "ProtocolError";
  /** What the peer is told. */
  readonly code: ErrorCode;

  /** Makes an error from what is wrong, without a full stop. */
  constructor(message: string, code: ErrorCode = "protocol") {
    super(message);
    this.code = code;
  }
}

/**
 * An exchange came to nothing. Thrown by a service, it is sent to the peer as it is; thrown by what uses an exchange,
 * it is what the peer has sent.
 *
 * @example
 * ```ts
 * import { ExchangeError } from "@nonstick/nonstick/native";
 *
 * const error = new ExchangeError("not-found", "There is no file a.txt");
 * console.log(error.code, error.message); // not-found There is no file a.txt
 * ```
 */
export class ExchangeError extends Error {
  /** The class of the error. */
  override readonly name: string = "ExchangeError";
  /** What kind of failure it is. */
  readonly code: ErrorCode;
  /** More, for programs. */
  readonly info: JsonObject;

  /** Makes an error from its kind and a sentence without a full stop. */
  constructor(code: ErrorCode, message: string, info: JsonObject = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.info = info;
  }
}

/** The code that a peer has sent, `internal` for one that is not known. */
export function knownCode(code: string): ErrorCode {
  return isCode(code) ? code : "internal";
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
