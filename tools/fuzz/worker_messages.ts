/**
 * What passes between the thread that runs inputs and the one that watches it.
 * @module
 */
import type { Failure, Finding } from "./fuzzer.ts";

/** What the worker is to do. */
export interface ToWorker {
  /** URL of the module with the table of entries, as `ENTRIES`. */
  readonly entries: string;
  readonly entry: string;
  /** Where the input under way is noted. */
  readonly shared: SharedArrayBuffer;
  /** Only this input, instead of a run. */
  readonly replay?: Uint8Array;
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  readonly budgetMs: number;
}

/** What the worker has done: a run, or one input. */
export type FromWorker =
  | { readonly inputs: number; readonly ms: number; readonly finding: Finding | null }
  | { readonly failure: Failure | null };

/** Longest input that is noted, in bytes. */
const ROOM = 65_536;

/** The input under way, in memory that both threads see. */
export class SharedInput {
  readonly #head: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#head = new Int32Array(buffer, 0, 3);
    this.#bytes = new Uint8Array(buffer, 16, ROOM);
  }

  /** Memory for one. */
  static room(): SharedArrayBuffer {
    return new SharedArrayBuffer(16 + ROOM);
  }

  /** Notes an input. */
  write(number: number, input: Uint8Array): void {
    const length = Math.min(input.length, ROOM);
    this.#bytes.set(length === input.length ? input : input.subarray(0, length));
    this.#head[1] = number;
    this.#head[2] = length;
    Atomics.add(this.#head, 0, 1);
  }

  /** How many inputs were noted so far, and the last one. */
  read(): { readonly step: number; readonly number: number; readonly input: Uint8Array } {
    const step = Atomics.load(this.#head, 0);
    const [, number = -1, length = 0] = this.#head;
    return { step, number, input: this.#bytes.slice(0, length) };
  }
}
