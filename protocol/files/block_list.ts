import { concat } from "@std/bytes/concat";
import { equals } from "@std/bytes/equals";
import { BlockHasher, splitDigests } from "./blocks.ts";
import { readAll, removeIfThere, writeAll } from "./own_file.ts";

/** Longest first line of a list, in bytes. */
const LONGEST_HEAD = 1024;
/** By how much two looks at when the system was started may differ, in ms. */
const BOOT_SLACK_MS = 10_000;

/** Whose blocks a list has. */
export interface ListHead {
  /** The version of the source. */
  readonly version?: string | undefined;
  /** Bytes of a block. */
  readonly blockSize: number;
  /** When the system was started, in ms since 1970, if that is known. */
  readonly bootedMs?: number | undefined;
}

/** What an earlier transfer has left. */
interface Kept {
  readonly digests: readonly Uint8Array[];
  readonly version?: string | undefined;
}

const NOTHING: Kept = { digests: [] };

/**
 * The digests of the whole blocks of a partial file, in a file beside it: `{"version":…}⏎ digest digest digest …`. They stay
 * those of the source that they came from until the blocks of another one take their place.
 */
export class BlockList implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  /** Digests of the blocks that are there from before, and the version of their source. */
  readonly kept: Kept;

  private constructor(path: string, file: Deno.FsFile, kept: Kept) {
    this.#path = path;
    this.#file = file;
    this.kept = kept;
  }

  /** Takes over the list at `path`, which was opened, for the blocks in `bytes`. */
  static async over(
    path: string,
    file: Deno.FsFile,
    bytes: Deno.FsFile,
    now: ListHead,
  ): Promise<BlockList> {
    return new BlockList(path, file, await readKept(file, bytes, now));
  }

  /** Keeps the first `blocks` digests; from now on they are those of the source that `head` tells. */
  async cut(blocks: number, head: ListHead): Promise<void> {
    const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
    await this.#file.truncate(0);
    await this.#file.seek(0, Deno.SeekMode.Start);
    await writeAll(this.#file, concat([line, ...this.kept.digests.slice(0, blocks)]));
  }

  /** Adds the digest of the next block. */
  async add(digest: Uint8Array): Promise<void> {
    await writeAll(this.#file, digest);
  }

  /** Removes it from the disk. */
  async remove(): Promise<void> {
    await removeIfThere(this.#path);
  }

  /** Lets go of it. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

async function readKept(file: Deno.FsFile, bytes: Deno.FsFile, now: ListHead): Promise<Kept> {
  const text = new Uint8Array((await file.stat()).size);
  if (await readAll(file, text) < text.length) return NOTHING;
  const end = text.subarray(0, LONGEST_HEAD).indexOf(0x0a);
  const head = end < 0 ? null : headOf(text.subarray(0, end));
  if (head === null || head.blockSize !== now.blockSize) return NOTHING;
  const whole = Math.floor((await bytes.stat()).size / now.blockSize);
  const digests = splitDigests(text.subarray(end + 1)).slice(0, whole);
  // After a crash of the system bytes may be missing that were written: then they are looked at.
  const sameBoot = now.bootedMs !== undefined && head.bootedMs !== undefined &&
    Math.abs(now.bootedMs - head.bootedMs) < BOOT_SLACK_MS;
  return {
    version: head.version,
    digests: sameBoot ? digests : await verified(bytes, digests, now.blockSize),
  };
}

/** The first ones of the digests that are those of the bytes. */
async function verified(
  bytes: Deno.FsFile,
  digests: readonly Uint8Array[],
  blockSize: number,
): Promise<readonly Uint8Array[]> {
  const block = new Uint8Array(digests.length > 0 ? blockSize : 0);
  for (const [i, digest] of digests.entries()) {
    const hasher = new BlockHasher(blockSize);
    hasher.update(block.subarray(0, await readAll(bytes, block)));
    if (!equals(hasher.endBlock(), digest)) return digests.slice(0, i);
  }
  return digests;
}

function headOf(line: Uint8Array): ListHead | null {
  try {
    const head: unknown = JSON.parse(new TextDecoder().decode(line));
    if (typeof head !== "object" || head === null) return null;
    const { version, blockSize, bootedMs }: { [name: string]: unknown } = { ...head };
    if (typeof blockSize !== "number") return null;
    return {
      version: typeof version === "string" ? version : undefined,
      blockSize,
      bootedMs: typeof bootedMs === "number" ? bootedMs : undefined,
    };
  } catch {
    return null;
  }
}
