import { FramingError, MAX_FRAME_LENGTH_CEILING } from "../../protocol/framing/mod.ts";
import type { FrameDecoder, Framing } from "../../protocol/framing/mod.ts";
import type { Connection } from "../../protocol/transport/mod.ts";
import type { PlayedRead } from "./play.ts";

/** Bytes read at once. */
const READ_SIZE = 64 * 1024;
/** The longest wait that is taken at its word, in ms: what takes longer has held us up, and a target beside us perhaps. */
const STEP_MS = 20;
/** Bytes that may come back beyond what was asked for, before we stop listening to a target that floods us. */
const SURPLUS = 1024 * 1024;

/**
 * Reads what a target answers for as long as the connection lasts, beside everything that is sent, so that neither
 * side ever waits for the other with full buffers.
 */
export class AnswerReader {
  readonly #connection: Connection;
  readonly #decoder: FrameDecoder;
  readonly #now: () => number;
  /** Settles when nothing more will be read. */
  readonly done: Promise<void>;
  #reads: PlayedRead[] = [];
  #answers: Uint8Array[] = [];
  #state: "open" | "ended" | "reset" = "open";
  #undecodable: string | undefined;
  #abandoned = false;
  #room = SURPLUS;
  #lastMs = 0;
  /** Who waits, and for how many answers. */
  #wake: (() => void) | undefined;
  #wanted = 0;

  /** Begins to read. `now` tells the time of the run in ms. */
  constructor(connection: Connection, framing: Framing, now: () => number) {
    this.#connection = connection;
    this.#decoder = framing.createDecoder({ maxFrameLength: MAX_FRAME_LENGTH_CEILING });
    this.#now = now;
    this.done = this.#run();
  }

  /** Payloads of the frames that came and were not taken yet. */
  get answers(): readonly Uint8Array[] {
    return this.#answers;
  }

  /** Why the bytes that came are no frames; undefined while they are. */
  get undecodable(): string | undefined {
    return this.#undecodable;
  }

  /** How the connection stands, as far as reading shows it. */
  get state(): "open" | "ended" | "reset" {
    return this.#state;
  }

  /** Says that we ourselves are about to end the connection: what then ends amid a frame is no fault of the target. */
  abandon(): void {
    this.#abandoned = true;
  }

  /** Makes room for the answers to a new delivery, about `bytes` long. */
  expect(bytes: number): void {
    this.#room = bytes + SURPLUS;
  }

  /** Takes out what came so far. What comes later, unasked, counts for the next delivery. */
  take(): { readonly reads: readonly PlayedRead[]; readonly answers: readonly Uint8Array[] } {
    const taken = { reads: this.#reads, answers: this.#answers };
    this.#reads = [];
    this.#answers = [];
    return taken;
  }

  /**
   * Waits until `count` answers are there. False when they will not come: the connection ended, the bytes are no
   * frames, or nothing has come for `idleMs` in which we were there to see it.
   */
  async until(count: number, idleMs: number): Promise<boolean> {
    let leftMs = idleMs;
    while (this.#answers.length < count) {
      if (this.#state !== "open" || this.#undecodable !== undefined || leftMs <= 0) return false;
      const since = this.#now(), stepMs = Math.min(STEP_MS, leftMs);
      await this.#awaited(count, stepMs);
      const waitedMs = Math.min(this.#now() - since, stepMs);
      leftMs = this.#lastMs > since ? idleMs : leftMs - waitedMs;
    }
    return true;
  }

  /** Waits until `count` answers are there or nothing more will come, at most `ms`. */
  #awaited(count: number, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wanted = count;
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #run(): Promise<void> {
    const buffer = new Uint8Array(READ_SIZE);
    try {
      for (let count; (count = await this.#connection.read(buffer)) !== null;) {
        this.#take(buffer.slice(0, count));
        if (this.#room < 0) break;
      }
      if (this.#room >= 0) this.#state = "ended";
    } catch {
      // Whatever the reason, nothing more can be read; we ourselves close only when nobody looks any more.
      this.#state = "reset";
    }
    if (this.#room >= 0 && !this.#abandoned) this.#endOfStream();
    this.#turn();
  }

  #take(bytes: Uint8Array): void {
    this.#lastMs = this.#now();
    this.#reads.push({ atMs: this.#lastMs, bytes });
    this.#room -= bytes.length;
    if (this.#room < 0) this.#undecodable ??= `more than ${SURPLUS} bytes came unasked`;
    this.#decode(() => this.#decoder.push(bytes));
    this.#turn();
  }

  #endOfStream(): void {
    this.#decode(() => this.#decoder.end());
  }

  #decode(step: () => ReturnType<FrameDecoder["push"]>): void {
    if (this.#undecodable !== undefined) return;
    try {
      for (let batch = step(); batch !== null; batch = this.#decoder.next()) {
        for (let i = 0; i < batch.count; i++) this.#answers.push(batch.copy(i));
      }
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#undecodable = error.message;
    }
  }

  /** Wakes who waits, once it is worth it. */
  #turn(): void {
    const over = this.#state !== "open" || this.#undecodable !== undefined;
    if (!over && this.#answers.length < this.#wanted) return;
    this.#wake?.();
    this.#wake = undefined;
  }
}
