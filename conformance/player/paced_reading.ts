import type { Connection } from "../../protocol/transport/mod.ts";

/** How fast a connection is read; undefined for as fast as its reader likes. */
export type ReadingPace = "held" | { readonly bytes: number; readonly pauseMs: number } | undefined;

/**
 * A connection whose reader can be held up or slowed down without knowing. What is not read stays in the kernel, so
 * that in the end the target cannot write any more.
 *
 * @example
 * ```ts
 * import { memoryPair } from "../../protocol/transport/mod.ts";
 * import { PacedReading } from "./paced_reading.ts";
 *
 * const [ours, theirs] = memoryPair();
 * const paced = new PacedReading(ours);
 * paced.pace = "held";
 * const reading = paced.read(new Uint8Array(8));
 * await theirs.write(Uint8Array.of(1, 2));
 * paced.pace = undefined;
 * console.log(await reading); // 2
 * ```
 */
export class PacedReading implements Connection {
  readonly #inner: Connection;
  #pace: ReadingPace;
  #released = Promise.withResolvers<void>();

  /** Wraps a connection. */
  constructor(inner: Connection) {
    this.#inner = inner;
  }

  /** How fast it is read. A read that has begun is not called back: it takes what comes first. */
  get pace(): ReadingPace {
    return this.#pace;
  }

  set pace(pace: ReadingPace) {
    this.#pace = pace;
    this.#released.resolve();
    this.#released = Promise.withResolvers();
  }

  get local(): string {
    return this.#inner.local;
  }

  get remote(): string {
    return this.#inner.remote;
  }

  async read(target: Uint8Array): Promise<number | null> {
    while (this.#pace === "held") await this.#released.promise;
    const pace = this.#pace;
    if (pace === undefined) return await this.#inner.read(target);
    await new Promise((resolve) => setTimeout(resolve, pace.pauseMs));
    return await this.#inner.read(target.subarray(0, pace.bytes));
  }

  write(source: Uint8Array): Promise<number> {
    return this.#inner.write(source);
  }

  closeWrite(): Promise<void> {
    return this.#inner.closeWrite();
  }

  /** Closes it; a reader that is held up learns of it. */
  close(): void {
    this.#inner.close();
    this.pace = undefined;
  }

  /** Sends RST, where the transport can, else closes. */
  reset(): void {
    if (this.#inner.reset === undefined) this.close();
    else this.#inner.reset();
    this.pace = undefined;
  }
}
