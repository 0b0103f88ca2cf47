/** Bytes of output that are kept; what comes after them is counted only. */
const MOST = 1024 * 1024;

/** Collects what a program prints, so that it never waits for us. */
export class CollectedOutput {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #parts: Uint8Array[] = [];
  #kept = 0;
  #length = 0;
  /** Settles when nothing more comes. */
  readonly done: Promise<void>;

  /** Begins to collect. */
  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.done = this.#collect();
  }

  /** How many bytes came. */
  get length(): number {
    return this.#length;
  }

  /** What came so far, up to 1 MiB. */
  get bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#kept);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /** Stops collecting. */
  async cancel(): Promise<void> {
    await this.#reader.cancel();
    await this.done;
  }

  async #collect(): Promise<void> {
    for (let part; !(part = await this.#reader.read()).done;) {
      this.#length += part.value.length;
      const kept = part.value.subarray(0, MOST - this.#kept);
      if (kept.length === 0) continue;
      this.#parts.push(kept);
      this.#kept += kept.length;
    }
  }
}
