import type { Connection } from "../../protocol/transport/mod.ts";
import type { ConnectionState, PlayedRead } from "../player/play.ts";

/** Bytes read at once. */
const READ_SIZE = 64 * 1024;
/** Most bytes that are taken on one connection: 16 MiB. */
export const MOST_BYTES: number = 16 * 1024 * 1024;

/** Reads what comes back for as long as the connection lasts, beside everything that is sent. */
export class RawReader {
  readonly #connection: Connection;
  readonly #now: () => number;
  /** Settles when nothing more will be read. */
  readonly done: Promise<void>;
  readonly #reads: PlayedRead[] = [];
  #buffer = new Uint8Array(1024);
  #length = 0;
  #state: ConnectionState = "open";
  #lastMs = 0;
  #wake: (() => void) | undefined;

  /** Begins to read. `now` tells the time of the run in ms. */
  constructor(connection: Connection, now: () => number) {
    this.#connection = connection;
    this.#now = now;
    this.done = this.#run();
  }

  /** How the connection stands, as far as reading shows it. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** Whether more came than is taken; then the rest is not read. */
  get flooded(): boolean {
    return this.#length > MOST_BYTES;
  }

  /** All bytes so far; a view that stays true until more come. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** What came, read by read. */
  get reads(): readonly PlayedRead[] {
    return this.#reads;
  }

  /** When something came last, in ms of the run; 0 while nothing has. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** Waits until something comes, at most `ms`. */
  news(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #run(): Promise<void> {
    const chunk = new Uint8Array(READ_SIZE);
    try {
      for (let count; (count = await this.#connection.read(chunk)) !== null;) {
        this.#take(chunk.slice(0, count));
        if (this.flooded) return;
      }
      this.#state = "ended";
    } catch {
      // Whatever the reason, nothing more can be read; we ourselves close only when nobody looks any more.
      this.#state = "reset";
    } finally {
      this.#turn();
    }
  }

  #take(bytes: Uint8Array): void {
    this.#lastMs = this.#now();
    this.#reads.push({ atMs: this.#lastMs, bytes });
    const length = this.#length + bytes.length;
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(this.bytes);
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = length;
    this.#turn();
  }

  #turn(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
