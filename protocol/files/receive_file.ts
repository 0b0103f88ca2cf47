import { concat } from "@std/bytes/concat";
import { equals } from "@std/bytes/equals";
import { hexBytes } from "../framing/hex.ts";
import { type Exchange, ExchangeError } from "../native/mod.ts";
import { BLOCK_SIZE, BlockHasher } from "./blocks.ts";
import {
  countOf,
  type FileOffer,
  receiveKind,
  textOf,
  type TransferOptions,
  type TransferResult,
  unexpected,
} from "./transfer.ts";

/** Where a received file goes. Nothing of it is seen under its name before `commit`. */
export interface FileSink {
  /** Digests of the whole blocks that are there from before. */
  readonly digests: readonly Uint8Array[];
  /** The version of the source that they came from. */
  readonly version?: string;
  /** Keeps only the first `blocks` blocks. */
  cut(blocks: number): Promise<void>;
  /** Takes bytes behind those that are there; they may change once it resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** The bytes since the last block are one, and right: its digest. */
  endBlock(digest: Uint8Array): Promise<void>;
  /** All bytes are there and right: makes them the file. Resolves to its name. */
  commit(): Promise<string>;
  /** Nothing more will come: lets go, and keeps what can be used by a later transfer. */
  suspend(): Promise<void>;
  /** What came is worth nothing: removes it. */
  discard(): Promise<void>;
}

/**
 * Receives what {@linkcode sendFile} sends, into the sink that `accept` makes for it. Every block is compared with its digest,
 * and the whole with the root, before the sink commits.
 *
 * @throws {ExchangeError} `integrity` if bytes are wrong, missing or too many.
 */
export async function receiveFile(
  exchange: Exchange,
  accept: (offer: FileOffer) => Promise<FileSink>,
  options: TransferOptions = {},
): Promise<TransferResult> {
  const offer = offerOf((await receiveKind(exchange, "file")).about);
  const sink = await accept(offer);
  try {
    return await receiveInto(sink, exchange, offer, options);
  } catch (error) {
    if (error instanceof RootError) await sink.discard();
    else await sink.suspend();
    throw error;
  }
}

/** Every block was right, and the whole is not: what was kept from before is something else. */
class RootError extends ExchangeError {}

async function receiveInto(
  sink: FileSink,
  exchange: Exchange,
  offer: FileOffer,
  { blockSize = BLOCK_SIZE, onProgress }: TransferOptions,
): Promise<TransferResult> {
  const { digests, version } = sink;
  await exchange.send(concat(digests), {
    kind: "have",
    ...(version ? { version } : {}),
    blockSize,
  });
  await exchange.tell({ kind: "have-end" });
  const known = countOf((await receiveKind(exchange, "from")).about, "block") ?? -1;
  if (known < 0 || known > digests.length) {
    throw new ExchangeError(
      "protocol",
      `The sender goes on at block ${known} of ${digests.length}`,
    );
  }
  await sink.cut(known);
  const behind = new WriteBehind(sink, exchange);
  const hasher = new BlockHasher(blockSize, digests.slice(0, known));
  const resumedAt = known * blockSize;
  const total = offer.size === undefined ? {} : { total: offer.size };
  let at = resumedAt;
  try {
    for await (const { bytes, about } of exchange) {
      if (about === undefined) {
        at += bytes.length;
        if (at > (offer.size ?? Infinity)) {
          throw new ExchangeError("integrity", `More than the ${offer.size} bytes announced came`);
        }
        if (bytes.length > hasher.room) {
          throw new ExchangeError("protocol", "The digest of a block is missing");
        }
        hasher.update(bytes);
        await behind.write(bytes);
        onProgress?.({ phase: "sending", bytes: at, ...total });
      } else if (about["kind"] === "block") {
        const digest = checkedDigest(hasher, textOf(about, "sha256"), at);
        await behind.written;
        await sink.endBlock(digest);
      } else if (about["kind"] === "done") {
        if (hasher.open) {
          throw new ExchangeError("protocol", "The digest of the last block is missing");
        }
        checkWhole(at, hasher.root(), offer, countOf(about, "size"), textOf(about, "root"));
        return { name: await sink.commit(), size: at, root: hasher.root(), resumedAt };
      } else throw unexpected(about, "a block");
    }
    throw new ExchangeError("integrity", `The transfer ended after ${at} bytes`);
  } finally {
    // Whoever closes the sink must not do it under a write.
    await behind.written.catch(() => {});
  }
}

/** Writes one piece while the next one is received and hashed. */
class WriteBehind {
  readonly #sink: FileSink;
  readonly #exchange: Exchange;
  #written: Promise<void> = Promise.resolve();

  constructor(sink: FileSink, exchange: Exchange) {
    this.#sink = sink;
    this.#exchange = exchange;
  }

  /** Settles when all pieces are written. */
  get written(): Promise<void> {
    return this.#written;
  }

  /** Begins to write a piece as soon as the last one is written. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#written;
    this.#written = this.#sink.write(bytes).then(() => this.#exchange.reuse(bytes));
    // It is told to the next one who waits.
    this.#written.catch(() => {});
  }
}

function checkedDigest(hasher: BlockHasher, hex: string | undefined, at: number): Uint8Array {
  const digest = hasher.endBlock();
  if (equals(digest, hexBytes(hex ?? "") ?? new Uint8Array(0))) return digest;
  throw new ExchangeError("integrity", `The block that ends at byte ${at} arrived damaged`);
}

function checkWhole(
  size: number,
  root: string,
  offer: FileOffer,
  sentSize: number | undefined,
  sentRoot: string | undefined,
): void {
  if (size !== sentSize || offer.size !== undefined && size !== offer.size) {
    const wanted = offer.size ?? sentSize ?? "?";
    throw new ExchangeError("integrity", `${size} of ${wanted} bytes arrived`);
  }
  if (root !== sentRoot) throw new RootError("integrity", "The whole is not what was sent");
}

function offerOf(about: Parameters<typeof textOf>[0]): FileOffer {
  const name = textOf(about, "name");
  if (name === undefined) throw new ExchangeError("protocol", "The file has no name");
  const size = countOf(about, "size"), version = textOf(about, "version");
  return {
    name,
    ...(size === undefined ? {} : { size }),
    ...(version === undefined ? {} : { version }),
  };
}
