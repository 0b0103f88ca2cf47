import type { Connection } from "../../protocol/transport/mod.ts";
import type { ConnectionState, PlayedRead } from "../player/play.ts";

/** Bytes of a request that are kept; what comes after them is counted only. */
const MOST = 64 * 1024;

/** Reads what a client sends for as long as it sends, so that it never waits for us. */
export class RequestReader {
  readonly #connection: Connection;
  readonly #now: () => number;
  readonly #reads: PlayedRead[] = [];
  #count = 0;
  #state: ConnectionState = "open";
  #wake = () => {};
  /** Settles when nothing more will be read. */
  readonly done: Promise<void>;

  /** Begins to read. `now` tells the time of the run in ms. */
  constructor(connection: Connection, now: () => number) {
    this.#connection = connection;
    this.#now = now;
    this.done = this.#run();
  }

  /** How many bytes came. */
  get count(): number {
    return this.#count;
  }

  /** What came so far, as it came; up to 64 KiB. */
  get reads(): readonly PlayedRead[] {
    return [...this.#reads];
  }

  /** How the connection stands, as far as reading shows it. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** Waits until `count` bytes came, at most `ms`, and not beyond the end. */
  async until(count: number, ms: number): Promise<void> {
    const deadline = this.#now() + ms;
    while (this.#count < count && this.#state === "open") {
      const leftMs = deadline - this.#now();
      if (leftMs <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async #run(): Promise<void> {
    const buffer = new Uint8Array(16 * 1024);
    try {
      for (let count; (count = await this.#connection.read(buffer)) !== null;) {
        this.#count += count;
        if (this.#count <= MOST) {
          this.#reads.push({ atMs: this.#now(), bytes: buffer.slice(0, count) });
        }
        this.#wake();
      }
      this.#state = "ended";
    } catch {
      // Whatever the reason, nothing more can be read; we ourselves close only when nobody looks any more.
      this.#state = "reset";
    }
    this.#wake();
  }
}
