import type { JsonObject } from "../native/mod.ts";
import { type Exchange, ExchangeError } from "../native/mod.ts";

/** What a sender says of a file before it is sent. */
export interface FileOffer {
  /** Its name. */
  readonly name: string;
  /** Its length in bytes, if it is known. */
  readonly size?: number;
  /** The same text as long as it is the same content. */
  readonly version?: string;
}

/** What became of a transfer. */
export interface TransferResult {
  /** The name under which it was kept. */
  readonly name: string;
  /** Its length in bytes. */
  readonly size: number;
  /** SHA-256 over the SHA-256 digests of its blocks, in hex. */
  readonly root: string;
  /** Bytes that were there from before. */
  readonly resumedAt: number;
}

/** How far a transfer is. */
export interface TransferProgress {
  /** What is done: comparing what is there already, or sending the rest. */
  readonly phase: "checking" | "sending";
  /** Bytes done, those from before included. */
  readonly bytes: number;
  /** All bytes, if that is known. */
  readonly total?: number;
}

/** Settings of both sides of a transfer. */
export interface TransferOptions {
  /** Told of every step. */
  readonly onProgress?: (progress: TransferProgress) => void;
  /** Bytes of a block; both sides must agree. By default {@linkcode BLOCK_SIZE}. */
  readonly blockSize?: number;
}

/**
 * The next message, which must be of this kind.
 *
 * @throws {ExchangeError} `protocol` if it is another one.
 */
export async function receiveKind(
  exchange: Exchange,
  ...kinds: readonly string[]
): Promise<{ readonly about: JsonObject; readonly bytes: Uint8Array }> {
  const { about, bytes } = await exchange.receive() ?? {};
  if (about !== undefined && bytes !== undefined && kinds.some((kind) => kind === about["kind"])) {
    return { about, bytes };
  }
  throw unexpected(about, kinds.join(" or "));
}

/** The error for a message that does not fit. */
export function unexpected(about: JsonObject | undefined, wanted: string): ExchangeError {
  const got = about === undefined ? "something else" : JSON.stringify(about["kind"] ?? null);
  return new ExchangeError("protocol", `${got.slice(0, 50)} came instead of ${wanted}`);
}

/** A text of a message, if it has it. */
export function textOf(about: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(about, name) ? about[name] : undefined;
  if (value === undefined || typeof value === "string") return value;
  throw new ExchangeError("protocol", `"${name}" is not a text`);
}

/** A whole number of a message, if it has it. */
export function countOf(about: JsonObject, name: string): number | undefined {
  const value = Object.hasOwn(about, name) ? about[name] : undefined;
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new ExchangeError("protocol", `"${name}" is not a whole number`);
}
