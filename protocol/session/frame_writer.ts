import type { FrameBatch, FrameEncoder } from "../framing/mod.ts";
import type { Connection } from "../transport/mod.ts";
import type { Deadlines } from "./deadlines.ts";
import { OutputQueue } from "./output_queue.ts";

/** Somebody waiting until `at` bytes were sent. */
interface Waiter {
  readonly at: number;
  readonly settle: PromiseWithResolvers<void>;
}

/**
 * The sending half of a framed connection: a queue, and one write at a time. Frames queued in one turn of the event loop,
 * or while a write is under way, leave together.
 */
export class FrameWriter {
  readonly #connection: Connection;
  readonly #queue: OutputQueue;
  readonly #highWaterMark: number;
  readonly #deadlines: Deadlines | null;
  readonly #lost: (error: unknown) => unknown;
  #added = 0;
  #sent = 0;
  #state: "idle" | "scheduled" | "writing" = "idle";
  #failure: { readonly reason: unknown } | null = null;
  /** Waiting for the queue to be short enough, and for all of what was queued; both in rising order. */
  #forRoom: Waiter[] = [];
  #forAll: Waiter[] = [];
  /** Whether something is queued that nothing will write until {@linkcode FrameWriter.flush}. */
  deferred = false;

  /** `lost` turns what a failed write says into what callers are told. */
  constructor(
    connection: Connection,
    encoder: FrameEncoder,
    highWaterMark: number,
    deadlines: Deadlines | null,
    lost: (error: unknown) => unknown,
  ) {
    this.#connection = connection;
    this.#queue = new OutputQueue(encoder);
    this.#highWaterMark = highWaterMark;
    this.#deadlines = deadlines;
    this.#lost = lost;
  }

  /** Bytes taken by the connection. */
  get sent(): number {
    return this.#sent;
  }

  /** Bytes queued and not yet taken by the connection. */
  get queued(): number {
    return this.#added - this.#sent;
  }

  /** Queues a frame; what it returns resolves when the payload may be reused and there is room for more, null: now. */
  send(payload: Uint8Array): Promise<void> | null {
    this.#check();
    this.#added += this.#queue.addFrame(payload);
    this.#schedule();
    if (this.#queue.borrows(payload)) return this.#wait(this.#forAll, this.#added);
    const at = this.#added - this.#highWaterMark;
    return this.#sent >= at ? null : this.#wait(this.#forRoom, at);
  }

  /** Queues frames of a batch that stays in place until the next flush, without starting to write. */
  defer(batch: FrameBatch): void {
    this.#check();
    if (batch.wireStart >= 0) {
      this.#queue.addBorrowed(batch.buffer, batch.wireStart, batch.wireEnd);
      this.#added += batch.wireEnd - batch.wireStart;
    } else for (const payload of batch) this.#added += this.#queue.addFrame(payload);
    this.deferred = true;
  }

  /** Starts writing now and resolves when everything queued so far was taken. */
  async flush(): Promise<void> {
    this.#check();
    this.deferred = false;
    if (this.queued === 0) return;
    if (this.#state !== "writing") this.#write();
    await this.#wait(this.#forAll, this.#added);
  }

  /** Drops the queue; waiting and later calls reject with `reason`. */
  fail(reason: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { reason };
    this.#queue.clear();
    this.#added = this.#sent;
    this.deferred = false;
    for (const { settle } of this.#forRoom.splice(0)) settle.reject(reason);
    for (const { settle } of this.#forAll.splice(0)) settle.reject(reason);
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure.reason;
  }

  #wait(waiters: Waiter[], at: number): Promise<void> {
    const settle = Promise.withResolvers<void>();
    waiters.push({ at, settle });
    return settle.promise;
  }

  #schedule(): void {
    if (this.#state !== "idle") return;
    this.#state = "scheduled";
    queueMicrotask(() => {
      if (this.#state === "scheduled") this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#state = "writing";
    try {
      for (let piece = this.#queue.take(); piece !== undefined; piece = this.#queue.take()) {
        const { bytes, end } = piece;
        for (let at = piece.start; at < end;) {
          this.#deadlines?.writing();
          const count = await this.#connection.write(bytes.subarray(at, end));
          this.#deadlines?.written(count);
          if (this.#failure !== null) return;
          at += count;
          this.#sent += count;
          this.#release(this.#forRoom);
        }
        this.#queue.recycle(piece);
        this.#release(this.#forAll);
      }
    } catch (error) {
      this.fail(this.#lost(error));
    } finally {
      this.#deadlines?.drained();
      this.#state = "idle";
    }
  }

  #release(waiters: Waiter[]): void {
    let count = 0;
    for (const { at, settle } of waiters) {
      if (at > this.#sent) break;
      settle.resolve();
      count++;
    }
    if (count > 0) waiters.splice(0, count);
  }
}
