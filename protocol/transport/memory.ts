import type { Connection } from "./connection.ts";

/** Settings of {@linkcode memoryPair}. */
export interface MemoryPairOptions {
  /**
   * Bytes that may be under way in each direction; a write waits for room (back-pressure).
   *
   * @default {65536}
   */
  readonly capacity?: number;
  /**
   * Most bytes that one read returns, however large its buffer is (a slow reader).
   *
   * @default {Infinity}
   */
  readonly maxRead?: number;
  /**
   * What the ends are called.
   *
   * @default {"pair"}
   */
  readonly name?: string;
}

/** One direction: chunks under way, at most one waiting read, and writes waiting for room. */
class Pipe {
  readonly #capacity: number;
  readonly #maxRead: number;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #paused = false;
  #ended = false;
  /** What reads and writes reject with: the reader closed, the connection was reset. */
  #broken: { readonly read: Error; readonly write: Error } | null = null;
  #reader: { target: Uint8Array; settle: PromiseWithResolvers<number | null> } | null = null;
  #writers: { source: Uint8Array; settle: PromiseWithResolvers<number> }[] = [];

  constructor(capacity: number, maxRead: number) {
    this.#capacity = capacity;
    this.#maxRead = maxRead;
  }

  get size(): number {
    return this.#size;
  }

  set paused(value: boolean) {
    this.#paused = value;
    this.#turn();
  }

  read(target: Uint8Array): Promise<number | null> {
    if (this.#broken !== null) return Promise.reject(this.#broken.read);
    if (this.#reader !== null) {
      return Promise.reject(new Deno.errors.Busy("Cannot read: another read is waiting"));
    }
    if (target.length === 0) return Promise.resolve(0);
    const settle = Promise.withResolvers<number | null>();
    this.#reader = { target, settle };
    this.#turn();
    return settle.promise;
  }

  write(source: Uint8Array): Promise<number> {
    if (this.#broken !== null) return Promise.reject(this.#broken.write);
    if (this.#ended) {
      return Promise.reject(new Deno.errors.BrokenPipe("Cannot write: closeWrite() was called"));
    }
    if (source.length === 0) return Promise.resolve(0);
    const settle = Promise.withResolvers<number>();
    this.#writers.push({ source, settle });
    this.#turn();
    return settle.promise;
  }

  /** No more writes. Those that wait for room are still taken, or rejected when there is a reason. */
  end(reason?: Error): void {
    this.#ended = true;
    if (reason !== undefined) {
      for (const { settle } of this.#writers.splice(0)) settle.reject(reason);
    }
    this.#turn();
  }

  /** Drops everything and rejects everyone, now and later. */
  break(read: Error, write: Error): void {
    if (this.#broken !== null) return;
    this.#broken = { read, write };
    this.#chunks = [];
    this.#size = 0;
    this.#reader?.settle.reject(read);
    this.#reader = null;
    for (const { settle } of this.#writers.splice(0)) settle.reject(write);
  }

  /** Whether the writing side is done and everything was read. */
  get drained(): boolean {
    return this.#ended && this.#size === 0 && this.#writers.length === 0;
  }

  /** Moves what can move: writes into the pipe, one chunk to the reader. */
  #turn(): void {
    this.#takeWrites();
    const reader = this.#reader;
    if (reader === null || this.#paused) return;
    const chunk = this.#chunks[0];
    if (chunk !== undefined) {
      const count = Math.min(chunk.length, reader.target.length, this.#maxRead);
      reader.target.set(chunk.subarray(0, count));
      if (count === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(count);
      this.#size -= count;
      this.#reader = null;
      reader.settle.resolve(count);
      this.#takeWrites();
    } else if (this.drained) {
      this.#reader = null;
      reader.settle.resolve(null);
    }
  }

  /** A write enters whole if it can ever fit, so that one write stays one chunk. */
  #takeWrites(): void {
    for (let first = this.#writers[0]; first !== undefined; first = this.#writers[0]) {
      const count = Math.min(first.source.length, this.#capacity);
      if (this.#size + count > this.#capacity) return;
      this.#writers.shift();
      this.#chunks.push(first.source.slice(0, count));
      this.#size += count;
      first.settle.resolve(count);
    }
  }
}

/**
 * One end of a connection in memory. What one `write` takes is what one `read` of the other end gets, unless the read
 * has less room: chunks arrive exactly as they were cut. Made by {@linkcode memoryPair}.
 */
export class MemoryConnection implements Connection {
  readonly #in: Pipe;
  readonly #out: Pipe;
  /** This end, as an endpoint string. */
  readonly local: string;
  /** The other end, as an endpoint string. */
  readonly remote: string;

  /** Joins two pipes; use {@linkcode memoryPair}. */
  private constructor(input: Pipe, output: Pipe, local: string, remote: string) {
    this.#in = input;
    this.#out = output;
    this.local = local;
    this.remote = remote;
  }

  /** Makes both ends; use {@linkcode memoryPair}. */
  static pair(options: MemoryPairOptions = {}): [MemoryConnection, MemoryConnection] {
    const { capacity = 65_536, maxRead = Infinity, name = "pair" } = options;
    for (const [what, value] of [["capacity", capacity], ["maxRead", maxRead]] as const) {
      if (!(value >= 1)) {
        throw new RangeError(`Cannot make a pair: ${what} is ${value}, at least 1`);
      }
    }
    const there = new Pipe(capacity, maxRead), back = new Pipe(capacity, maxRead);
    const a = `memory:${name}#a`, b = `memory:${name}#b`;
    return [new MemoryConnection(back, there, a, b), new MemoryConnection(there, back, b, a)];
  }

  /** Bytes that this end wrote and the other end has not read. */
  get unread(): number {
    return this.#out.size;
  }

  /** Reads one chunk of the other end, or as much of it as there is room for; null at the end. */
  read(target: Uint8Array): Promise<number | null> {
    return this.#in.read(target);
  }

  /** Writes one chunk; waits while the other end has not made room for it. */
  write(source: Uint8Array): Promise<number> {
    return this.#out.write(source);
  }

  /** Ends what this end writes; reading goes on. */
  closeWrite(): Promise<void> {
    this.#out.end();
    return Promise.resolve();
  }

  /** Ends both directions: the other end reads what is under way, then the end of the stream. */
  close(): void {
    const closed = new Deno.errors.Interrupted("The connection was closed");
    this.#out.end(closed);
    this.#in.break(closed, new Deno.errors.BrokenPipe("Broken pipe"));
  }

  /** Ends both directions abruptly: what is under way is lost, the other end's calls reject. */
  reset(): void {
    const closed = new Deno.errors.Interrupted("The connection was closed");
    const reset = new Deno.errors.ConnectionReset("Connection reset by peer");
    this.#out.break(reset, closed);
    this.#in.break(closed, reset);
  }

  /** Holds back what this end wrote and will write, its end included, until {@linkcode MemoryConnection.resume}. */
  pause(): void {
    this.#out.paused = true;
  }

  /** Lets through what {@linkcode MemoryConnection.pause} held back. */
  resume(): void {
    this.#out.paused = false;
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Two connected ends in memory, for tests and for parts of one program: no sockets, no timers, exact chunks.
 *
 * @example
 * ```ts
 * import { memoryPair } from "@nonstick/nonstick/transport";
 *
 * const [here, there] = memoryPair();
 * await here.write(Uint8Array.of(1, 2));
 * await here.write(Uint8Array.of(3));
 * await here.closeWrite();
 * const buffer = new Uint8Array(16);
 * console.log(await there.read(buffer), await there.read(buffer), await there.read(buffer)); // 2 1 null
 * ```
 */
export function memoryPair(options?: MemoryPairOptions): [MemoryConnection, MemoryConnection] {
  return MemoryConnection.pair(options);
}
