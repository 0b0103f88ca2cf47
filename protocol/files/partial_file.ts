import { closeSync, fsyncSync, openSync } from "node:fs";
import { createHash } from "node:crypto";
import { dirname, extname, join } from "node:path";
import { ExchangeError } from "../native/mod.ts";
import { BlockList, type ListHead } from "./block_list.ts";
import { BLOCK_SIZE } from "./blocks.ts";
import { PARTIAL_SUFFIX } from "./name.ts";
import { openOwn, removeIfThere, writeAll } from "./own_file.ts";
import type { FileSink } from "./receive_file.ts";
import { type FileRoot, isStillAt, kindOf } from "./root.ts";
import { removeStaleParts } from "./stale_parts.ts";
import type { FileOffer } from "./transfer.ts";

/** What to do when a file of that name is there already. */
export type WhenExists = "refuse" | "overwrite" | "rename";

/** Settings of a {@linkcode PartialFile}. */
export interface PartialOptions {
  /** What to do when a file of that name is there. By default it is refused. */
  readonly whenExists?: WhenExists;
  /** Bytes of a block. */
  readonly blockSize?: number;
  /**
   * Whether a later transfer may go on where this one breaks off; only one at a time works on a name then.
   *
   * @default {true}
   */
  readonly resumable?: boolean;
  /** When the system was started, in ms since 1970; undefined if that is not known. */
  readonly bootedMs?: number | undefined;
}

/** Paths of partial files that somebody writes to, in this process. */
const busy = new Set<string>();

/** Ends of the names of the bytes and of the list of their digests. */
const BYTES = PARTIAL_SUFFIX, LIST = `.list${PARTIAL_SUFFIX}`;
/** Most names that are tried for a file that is to be renamed. */
const MOST_RENAMES = 10_000;

/**
 * A file on its way in: beside the place where it will be, under a name that nobody can ask for, with a list of the digests of
 * its whole blocks, so that a later transfer goes on where this one broke off. It becomes the file in one atomic step.
 *
 * ```
 * dir/a.txt                           the old file, or none, until the commit
 * dir/.1f2e….nonstick-part            the bytes so far
 * dir/.1f2e….list.nonstick-part       {"version":…}⏎ digest digest digest …
 * ```
 */
export class PartialFile implements FileSink {
  readonly #root: FileRoot;
  readonly #name: string;
  readonly #target: string;
  readonly #path: string;
  readonly #bytes: Deno.FsFile;
  /** None for what is too short to be resumed. */
  readonly #list: BlockList | null;
  readonly #head: ListHead;
  readonly #whenExists: WhenExists;
  readonly digests: readonly Uint8Array[];
  readonly version?: string;
  #open = true;

  private constructor(parts: {
    readonly root: FileRoot;
    readonly name: string;
    readonly target: string;
    readonly path: string;
    readonly bytes: Deno.FsFile;
    readonly list: BlockList | null;
    readonly head: ListHead;
    readonly whenExists: WhenExists;
  }) {
    this.#root = parts.root;
    this.#name = parts.name;
    this.#target = parts.target;
    this.#path = parts.path;
    this.#bytes = parts.bytes;
    this.#list = parts.list;
    this.#head = parts.head;
    this.#whenExists = parts.whenExists;
    const { digests, version } = parts.list?.kept ?? { digests: [] };
    this.digests = digests;
    if (version !== undefined) this.version = version;
  }

  /**
   * Begins, or goes on with, the file of this name. Its directories are made. What was kept is cut off later, when the sender
   * has looked at it.
   *
   * @throws {ExchangeError} `invalid` or `denied` for a name that is not allowed, `exists` if there is such a file already, or
   * somebody sends it at this moment.
   */
  static async open(
    root: FileRoot,
    name: string,
    offer: FileOffer,
    options: PartialOptions = {},
  ): Promise<PartialFile> {
    const { whenExists = "refuse", resumable = true, blockSize = BLOCK_SIZE, bootedMs } = options;
    await root.makeDirectories(name);
    const target = root.resolve(name);
    const kind = kindOf(target);
    if (kind === "directory" || kind === "other") {
      throw new ExchangeError("exists", `${name} is there already, and is no file`);
    }
    if (kind === "file" && whenExists === "refuse") throw alreadyThere(name);
    const directory = dirname(target);
    await removeStaleParts(directory);
    const key = resumable
      ? createHash("sha256").update(name).digest("hex").slice(0, 24)
      : crypto.randomUUID();
    const path = join(directory, `.${key}`);
    if (busy.has(path)) throw taken(name);
    busy.add(path);
    const head = { version: offer.version, blockSize, bootedMs };
    const hasBlocks = resumable && (offer.size ?? Infinity) >= blockSize;
    let bytes: Deno.FsFile | null = null;
    try {
      bytes = await openOwn(path + BYTES);
      if (bytes === null) throw taken(name);
      const list = hasBlocks ? await openList(path + LIST, bytes, head) : null;
      if (hasBlocks && list === null) throw taken(name);
      if (!hasBlocks && kindOf(path + LIST) !== "missing") await removeIfThere(path + LIST);
      return new PartialFile({ root, name, target, path, bytes, list, head, whenExists });
    } catch (error) {
      bytes?.close();
      busy.delete(path);
      throw error;
    }
  }

  async cut(blocks: number): Promise<void> {
    const length = blocks * this.#head.blockSize;
    if ((await this.#bytes.stat()).size > 0) {
      await this.#bytes.truncate(length);
      await this.#bytes.seek(length, Deno.SeekMode.Start);
    }
    await this.#list?.cut(blocks, this.#head);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#bytes, bytes);
  }

  async endBlock(digest: Uint8Array): Promise<void> {
    await this.#list?.add(digest);
  }

  async commit(): Promise<string> {
    try {
      await this.#bytes.sync();
      const name = await this.#publish();
      await this.#list?.remove();
      syncDirectory(dirname(this.#target));
      return name;
    } finally {
      this.#letGo();
    }
  }

  suspend(): Promise<void> {
    this.#letGo();
    return Promise.resolve();
  }

  async discard(): Promise<void> {
    try {
      await removeIfThere(this.#path + BYTES);
      await this.#list?.remove();
    } finally {
      this.#letGo();
    }
  }

  /** Makes the bytes the file, in one step. */
  async #publish(): Promise<string> {
    const from = this.#path + BYTES;
    // Its directories are looked at once more: nobody has put a link in their place meanwhile.
    this.#root.resolve(this.#name);
    // And what is given the name is what was written, not something that was put there meanwhile.
    if (!await isStillAt(this.#bytes, from)) {
      throw new ExchangeError("denied", `${this.#name} was swapped while it was sent`);
    }
    if (this.#whenExists === "overwrite") {
      await Deno.rename(from, this.#target);
      return this.#name;
    }
    for (let i = 0; i < MOST_RENAMES; i++) {
      const name = i === 0 ? this.#name : numbered(this.#name, i);
      try {
        // A link, because a rename would take the place of a file that has come meanwhile.
        await Deno.link(from, this.#root.resolve(name));
        await Deno.remove(from);
        return name;
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
        if (this.#whenExists === "refuse") throw alreadyThere(name);
      }
    }
    throw alreadyThere(this.#name);
  }

  /** The last thing: whoever comes now finds either nothing or what can be gone on with. */
  #letGo(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#bytes.close();
    this.#list?.[Symbol.dispose]();
    busy.delete(this.#path);
  }
}

async function openList(
  path: string,
  bytes: Deno.FsFile,
  head: ListHead,
): Promise<BlockList | null> {
  const file = await openOwn(path);
  if (file === null) return null;
  try {
    return await BlockList.over(path, file, bytes, head);
  } catch (error) {
    file.close();
    throw error;
  }
}

function taken(name: string): ExchangeError {
  return new ExchangeError("exists", `${name} is being sent by somebody else`, { busy: true });
}

function alreadyThere(name: string): ExchangeError {
  return new ExchangeError("exists", `${name} is there already`);
}

/** `a.txt` as `a (1).txt`. */
function numbered(name: string, count: number): string {
  const extension = extname(name);
  return `${name.slice(0, name.length - extension.length)} (${count})${extension}`;
}

/** Makes names durable that were given in a directory; Windows has no such thing, and does it by itself. */
function syncDirectory(path: string): void {
  if (Deno.build.os === "windows") return;
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
