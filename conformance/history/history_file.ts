/**
 * Histories as files, one JSON object on each line.
 * @module
 */
import { readHistory } from "./read_history.ts";
import type { RecordedRun } from "./recorded.ts";

/** How a history is called in the directory of a run. */
export const HISTORY_FILE = "history.jsonl";

/** Bytes read at once. */
const READ_SIZE = 256 * 1024;

/** A history that is being written, line by line, so that it outlives a harness that does not. */
export class HistoryFile implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();

  /** Makes the file anew. */
  constructor(path: string) {
    this.#file = Deno.createSync(path);
  }

  /** Writes one line. */
  add(line: string): void {
    const bytes = this.#encoder.encode(`${line}\n`);
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/**
 * Reads the history in a file, or `history.jsonl` in a directory.
 *
 * @throws {HistoryError} if it is none.
 * @throws {Deno.errors.NotFound} if there is no such file.
 */
export function readHistoryFile(path: string): RecordedRun {
  const isDirectory = Deno.statSync(path).isDirectory;
  return readHistory(linesOf(isDirectory ? `${path}/${HISTORY_FILE}` : path));
}

/** The lines of a file, one at a time: a long history is never in memory as text. */
export function* linesOf(path: string): Generator<string> {
  using file = Deno.openSync(path);
  const buffer = new Uint8Array(READ_SIZE);
  const decoder = new TextDecoder();
  let rest = "";
  for (let count; (count = file.readSync(buffer)) !== null;) {
    const lines = (rest + decoder.decode(buffer.subarray(0, count), { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
