import { UsageError } from "../../cli/options.ts";
import { type ErrorCode, ExchangeError, type JsonObject } from "../../protocol/native/mod.ts";
import { ListenError } from "../../protocol/transport/mod.ts";

/** An error on its way to another thread: cloning would keep its message and lose what it is. */
export interface Fault {
  /** Its class. */
  readonly name: string;
  /** Its sentence. */
  readonly message: string;
  /** Where it was thrown. */
  readonly stack?: string;
  /** What an {@linkcode ExchangeError} tells besides. */
  readonly exchange?: { readonly code: ErrorCode; readonly info: JsonObject };
  /** What a {@linkcode ListenError} tells besides. */
  readonly listen?: Pick<ListenError, "endpoint" | "reason">;
}

/** Takes an error apart. */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, stack } = error;
  return {
    name,
    message,
    ...(stack === undefined ? {} : { stack }),
    ...(error instanceof ExchangeError
      ? { exchange: { code: error.code, info: error.info } }
      : error instanceof ListenError
      ? { listen: { endpoint: error.endpoint, reason: error.reason } }
      : {}),
  };
}

/** The same error in this thread. */
export function thrown({ name, message, stack, exchange, listen }: Fault): Error {
  if (exchange !== undefined) return new ExchangeError(exchange.code, message, exchange.info);
  if (listen !== undefined) {
    const problem = message.slice(message.indexOf(`${listen.endpoint}: `)).slice(
      listen.endpoint.length + 2,
    );
    return new ListenError(listen.endpoint, listen.reason, problem);
  }
  if (name === "UsageError") return new UsageError(message);
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
