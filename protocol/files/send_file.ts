import { concat } from "@std/bytes/concat";
import { equals } from "@std/bytes/equals";
import { hexText } from "../framing/hex.ts";
import { type Exchange, ExchangeError } from "../native/mod.ts";
import { BLOCK_SIZE, BlockHasher, DIGEST_SIZE, splitDigests } from "./blocks.ts";
import type { SendSource } from "./source.ts";
import { countOf, receiveKind, textOf, type TransferOptions } from "./transfer.ts";

/** Bytes read and sent at once. */
const PART = 262_144;

/** What the receiver has from before. */
interface Had {
  readonly version: string | undefined;
  readonly digests: readonly Uint8Array[];
}

/** What was sent. */
export interface Sent {
  /** All bytes of the source. */
  readonly size: number;
  /** SHA-256 over the digests of its blocks, in hex. */
  readonly root: string;
  /** Bytes that the receiver had from before. */
  readonly resumedAt: number;
}

/**
 * Sends a source; reading, hashing and sending are one pass. The receiver goes on with what it has, as far as that is the same.
 *
 * ```
 * sender     file             from   data… block data… block … done
 * receiver         have… have-end
 * ```
 *
 * @throws {ExchangeError} `integrity` if the source changes meanwhile, or what the receiver threw.
 */
export async function sendFile(
  exchange: Exchange,
  source: SendSource,
  options: TransferOptions = {},
): Promise<Sent> {
  const { blockSize = BLOCK_SIZE } = options;
  const { name, size, version } = source;
  await exchange.tell({
    kind: "file",
    name,
    ...(size === undefined ? {} : { size }),
    ...(version === undefined ? {} : { version }),
  });
  const had = await receiveHad(exchange, blockSize, size);
  const known = await commonBlocks(source, had, blockSize, options);
  await exchange.tell({ kind: "from", block: known.length });
  const hasher = new BlockHasher(blockSize, known);
  const resumedAt = known.length * blockSize;
  const sent = await sendRest(exchange, source, hasher, resumedAt, options);
  if (await source.changed() || size !== undefined && sent !== size) {
    throw new ExchangeError("integrity", `${name} changed while it was sent`);
  }
  const root = hasher.root();
  await exchange.tell({ kind: "done", size: sent, root });
  return { size: sent, root, resumedAt };
}

async function receiveHad(
  exchange: Exchange,
  blockSize: number,
  size: number | undefined,
): Promise<Had> {
  const most = size === undefined ? 0 : Math.floor(size / blockSize) * DIGEST_SIZE;
  const pieces: Uint8Array[] = [];
  let version: string | undefined, length = 0;
  for (;;) {
    const { about, bytes } = await receiveKind(exchange, "have", "have-end");
    if (about["kind"] === "have-end") break;
    version = textOf(about, "version");
    if (countOf(about, "blockSize") !== blockSize) {
      throw new ExchangeError("protocol", `The blocks do not have ${blockSize} bytes`);
    }
    // Of more blocks than the source has only the first ones can be the same.
    if (length < most) pieces.push(bytes);
    length += bytes.length;
  }
  return { version, digests: splitDigests(concat(pieces).subarray(0, most)) };
}

/** The first blocks that both sides have; the source stands behind them then. */
async function commonBlocks(
  source: SendSource,
  { version, digests }: Had,
  blockSize: number,
  { onProgress }: TransferOptions,
): Promise<readonly Uint8Array[]> {
  const { seek } = source;
  if (digests.length === 0 || seek === undefined) return [];
  const total = source.size === undefined ? {} : { total: source.size };
  let same = digests.length;
  if (version === undefined || version !== source.version) {
    const hasher = new BlockHasher(blockSize);
    const buffer = new Uint8Array(PART);
    for (same = 0; same < digests.length; same++) {
      const digest = await blockDigest(source, hasher, buffer);
      if (digest === null || !equals(digest, digests[same] ?? digest.subarray(1))) break;
      onProgress?.({ phase: "checking", bytes: (same + 1) * blockSize, ...total });
    }
  }
  await seek(same * blockSize);
  return digests.slice(0, same);
}

/** The digest of the next whole block; null if there is none. */
async function blockDigest(
  source: SendSource,
  hasher: BlockHasher,
  buffer: Uint8Array,
): Promise<Uint8Array | null> {
  while (hasher.room > 0) {
    const count = await source.read(buffer.subarray(0, hasher.room));
    if (count === null) return null;
    hasher.update(buffer.subarray(0, count));
  }
  return hasher.endBlock();
}

/** Sends all that is left, the next piece being read while one is hashed and sent; resolves to where the source ended. */
async function sendRest(
  exchange: Exchange,
  source: SendSource,
  hasher: BlockHasher,
  from: number,
  { onProgress, blockSize = BLOCK_SIZE }: TransferOptions,
): Promise<number> {
  const { size } = source;
  const total = size === undefined ? {} : { total: size };
  let buffer = new Uint8Array(PART), spare = new Uint8Array(PART);
  const read = (room: number) => source.read(buffer.subarray(0, room));
  const endBlock = () => exchange.tell({ kind: "block", sha256: hexText(hasher.endBlock()) });
  let at = from;
  let reading = read(hasher.room);
  try {
    for (;;) {
      const count = await reading;
      if (count === null) break;
      const bytes = buffer.subarray(0, count);
      [buffer, spare] = [spare, buffer];
      reading = read(hasher.room - count || blockSize);
      hasher.update(bytes);
      await exchange.send(bytes);
      at += count;
      if (hasher.room === 0) await endBlock();
      onProgress?.({ phase: "sending", bytes: at, ...total });
      if (at > (size ?? Infinity)) break;
    }
    if (hasher.open) await endBlock();
    return at;
  } finally {
    await reading.catch(() => {});
  }
}
