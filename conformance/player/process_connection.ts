import type { SpawnedProcess } from "./spawned_process.ts";
import type { TargetConnection } from "./target.ts";

/** Standard input and output of a process that we started, as one connection. Closing stdin is its half-close. */
export class ProcessConnection implements TargetConnection {
  readonly local = "stdio:";
  readonly remote = "stdio:";
  readonly pipe: { readonly reader: number };
  readonly startsMs: number;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<Uint8Array>;
  readonly #onClose: () => void;
  /** Rejects what waits when the connection is closed. */
  readonly #closed = Promise.withResolvers<never>();
  /** Bytes that came and were not asked for yet. */
  #rest: Uint8Array = new Uint8Array(0);
  #writing = true;
  #open = true;
  #released: Promise<unknown> = Promise.resolve();

  /** `onClose` is told once when the connection is closed. */
  constructor(process: SpawnedProcess, startsMs: number, onClose: () => void) {
    this.pipe = { reader: process.pid };
    this.startsMs = startsMs;
    this.#input = process.stdin.getWriter();
    this.#output = process.stdout.getReader();
    this.#onClose = onClose;
    // Both are for those who wait; nobody has to.
    this.#closed.promise.catch(() => {});
    this.#input.closed.catch(() => {});
  }

  async read(target: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) {
      const { done, value } = await Promise.race([this.#output.read(), this.#closed.promise]);
      if (done) return null;
      this.#rest = value;
    }
    const part = this.#rest.subarray(0, target.length);
    target.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }

  async write(source: Uint8Array): Promise<number> {
    await Promise.race([this.#input.write(source), this.#closed.promise]);
    return source.length;
  }

  async closeWrite(): Promise<void> {
    if (!this.#writing) return;
    this.#writing = false;
    await Promise.race([this.#input.close(), this.#closed.promise]);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#closed.reject(new Deno.errors.Interrupted("The connection was closed"));
    // What cannot be closed now, because a write is under way, is when the process ends.
    const closed = this.#writing ? [this.#input.close()] : [];
    this.#writing = false;
    this.#released = Promise.allSettled([...closed, this.#output.cancel()]);
    this.#onClose();
  }

  /** Settles when both pipes are given back, after it was closed and the process has ended. */
  get released(): Promise<unknown> {
    return this.#released;
  }
}
