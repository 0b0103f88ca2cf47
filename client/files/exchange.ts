import type { JsonObject, NativeClient } from "../../protocol/native/mod.ts";
import { type Exchange, ExchangeError } from "../../protocol/native/mod.ts";

/** Does something in an exchange with the files of a server; a failure here is told to the server. */
export async function inFiles<Result>(
  native: NativeClient,
  args: JsonObject,
  work: (exchange: Exchange) => Promise<Result>,
): Promise<Result> {
  const exchange = await native.open("files", args);
  try {
    return await work(exchange);
  } catch (error) {
    const { code, message } = error instanceof ExchangeError
      ? error
      : { code: "io" as const, message: "The client cannot go on" };
    await exchange.fail(code, message).catch(() => {});
    throw error;
  }
}

/** One thing on the server. */
export interface Entry {
  readonly name: string;
  readonly type: "file" | "dir" | "other";
  readonly size: number;
  /** When it was changed, in ms since 1970. */
  readonly mtime: number;
}

/**
 * Lists a path on the server, and with `recursive` everything below it.
 *
 * @throws {ExchangeError} `limit` if there are more entries than `most`: a hostile server could go on for ever.
 */
export async function* entriesOf(
  native: NativeClient,
  path: string,
  recursive: boolean,
  most = Infinity,
): AsyncGenerator<Entry, void> {
  const exchange = await native.open("files", { op: "ls", path, recursive });
  await exchange.end();
  let count = 0;
  for await (const { about } of exchange) {
    if (++count > most) {
      await exchange.cancel();
      throw new ExchangeError("limit", `The server lists more than ${most} entries`);
    }
    yield entryOf(about ?? {});
  }
  await exchange.result();
}

/** The last moment that there is a date for, in ms since 1970. */
const LATEST_MS = 8.64e15;

function entryOf({ name, type, size, mtime }: JsonObject): Entry {
  if (
    typeof name === "string" && typeof size === "number" && typeof mtime === "number" &&
    Math.abs(mtime) <= LATEST_MS &&
    (type === "file" || type === "dir" || type === "other")
  ) return { name, type, size, mtime };
  throw new ExchangeError("protocol", "An entry of the list cannot be read");
}
