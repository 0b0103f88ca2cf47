import { createHash } from "node:crypto";
import { ExchangeError } from "../native/mod.ts";

/** Something to send: a file, or a stream such as standard input. */
export interface SendSource extends Disposable {
  /** The name it is offered under. */
  readonly name: string;
  /** How many bytes it has; undefined when only its end will tell. */
  readonly size?: number;
  /** The same text as long as it is the very same content; undefined when that cannot be known. */
  readonly version?: string;
  /** Reads on into `target`; null at the end. */
  read(target: Uint8Array): Promise<number | null>;
  /** Goes to an offset; undefined where that is impossible. */
  readonly seek?: (offset: number) => Promise<void>;
  /** Whether it has changed since it was opened. */
  changed(): Promise<boolean>;
}

/**
 * A file that changed less than this long ago may change again without a trace: the system's clock for files ticks every few
 * ms (racy-git.txt of git has the same problem and the same answer). In ms.
 */
const SETTLED_MS = 2000;

/**
 * A regular file that was opened for reading.
 *
 * @throws {ExchangeError} `invalid` if it is no regular file.
 */
export async function fileSource(
  file: Deno.FsFile,
  name: string,
  now: number = Date.now(),
): Promise<SendSource> {
  const stat = await file.stat();
  if (!stat.isFile) {
    file.close();
    throw new ExchangeError("invalid", `${name} is no regular file`);
  }
  const facts = factsOf(stat);
  const changedMs = Math.max(stat.ctime?.getTime() ?? Infinity, stat.mtime?.getTime() ?? Infinity);
  const settled = changedMs < now - SETTLED_MS;
  return {
    name,
    size: stat.size,
    ...(settled ? { version: createHash("sha256").update(facts).digest("hex") } : {}),
    read: (target) => file.read(target),
    async seek(offset) {
      await file.seek(offset, Deno.SeekMode.Start);
    },
    changed: async () => factsOf(await file.stat()) !== facts,
    [Symbol.dispose]: () => file.close(),
  };
}

/** A stream that can be read once. */
export function streamSource(
  stream: { read(target: Uint8Array): Promise<number | null> },
  name: string,
): SendSource {
  return {
    name,
    read: (target) => stream.read(target),
    changed: () => Promise.resolve(false),
    [Symbol.dispose]: () => {},
  };
}

/** What changes with the content: above all the change time, which only the system sets. */
function factsOf({ dev, ino, size, mtime, ctime }: Deno.FileInfo): string {
  return JSON.stringify([dev, ino, size, mtime?.getTime(), ctime?.getTime()]);
}
