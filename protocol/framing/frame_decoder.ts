import {
  DecoderClosedError,
  FramingError,
  type FramingErrorPlace,
  TruncatedFrameError,
} from "./errors.ts";
import { FrameBatch } from "./frame_batch.ts";
import { checkedMaxFrameLength } from "./limits.ts";

/** What to do with a frame over `maxFrameLength`: fail for good, or drop it and go on with the next. */
export type OverLimit = "close" | "skip";

/** Options of every decoder. */
export interface FrameDecoderOptions {
  /**
   * Most payload bytes of one frame.
   *
   * @default {16777216} (16 MiB)
   */
  readonly maxFrameLength?: number;
  /**
   * `"close"` throws {@linkcode FrameTooLargeError} for good; `"skip"` drops the frame, tells `onSkip`, and goes
   * on at the next frame. Escaped framings (`slip`, `cobs`) resync after malformed frames too.
   *
   * @default {"close"}
   */
  readonly overLimit?: OverLimit;
  /** Told of each dropped frame, in stream order between the frames around it. */
  readonly onSkip?: (error: FramingError) => void;
}

/** Where a decoder stands: between header and body, dropping an over-long frame, or done. */
export type DecoderState = "header" | "body" | "discarding" | "ended" | "failed";

const EMPTY = new Uint8Array(0);
/** One character for each byte. */
const LATIN1 = new TextDecoder("latin1");
/** How much of a chunk is joined to a torn frame whose length is not known yet, in bytes. */
const ABSORB = 2048;
/** A drained buffer so many times larger than what is to be read next is let go. */
const ROOMY = 16;

/**
 * The one core of all decoders: a synchronous state machine over bytes, free of I/O, timers and promises.
 *
 * Complete frames are found **in place** in the pushed chunk; only the bytes of a torn frame are kept (copied) until
 * the rest comes, in a buffer that grows with the bytes received, never with what a header claims (law L4).
 *
 * A framing implements one method, {@linkcode FrameDecoder.scan}: find frames in `bytes[from, to)`.
 *
 * ```
 * push(chunk) ─▶ [torn frame | start of chunk] ─scan─▶ batch ─▶ [rest of chunk, in place] ─scan─▶ batch … ─▶ null
 * ```
 *
 * @example
 * ```ts
 * import { framing } from "@nonstick/nonstick/framing";
 *
 * const decoder = framing("u16be").createDecoder();
 * for (const chunk of [Uint8Array.of(0, 2, 104), Uint8Array.of(105)]) {
 *   for (let batch = decoder.push(chunk); batch !== null; batch = decoder.next()) {
 *     for (const payload of batch) console.log(new TextDecoder().decode(payload)); // hi
 *   }
 * }
 * decoder.end(); // throws TruncatedFrameError inside a frame
 * ```
 */
export abstract class FrameDecoder {
  /** What happens to frames over the limit. */
  readonly overLimit: OverLimit;
  /**
   * How many bytes of the frame at the scan position there must be before scanning again can help; 0 when there is
   * more to do right now. Set by {@linkcode FrameDecoder.scan}.
   */
  protected need = 1;
  /** Whether an over-long frame is being dropped. Set by subclasses. */
  protected discarding = false;
  /** Bytes examined so far. Subclasses add what they look at. */
  protected examined = 0;
  /** Most payload bytes of one frame. Read at each header. */
  protected maxLength: number;

  readonly #onSkip: ((error: FramingError) => void) | undefined;
  #batch = new FrameBatch();
  /** Bytes of a torn frame (or, with `reserve`, all unread bytes): `#store[#start, #end)`. */
  #store = EMPTY;
  #start = 0;
  #end = 0;
  /** The pushed chunk, unread from `#inputAt` on; null when it is used up. */
  #input: Uint8Array | null = null;
  #inputAt = 0;
  #moved = 0;
  #position = 0;
  #frames = 0;
  #ended = false;
  #finished = false;
  #failure: FramingError | null = null;

  /** Checks the options. */
  constructor(options: FrameDecoderOptions = {}) {
    this.maxLength = checkedMaxFrameLength(options.maxFrameLength);
    this.overLimit = options.overLimit ?? "close";
    this.#onSkip = options.onSkip;
  }

  /**
   * Finds frames in `bytes[from, to)`, adds them to `batch`, sets `need`, and returns how far it came: the position
   * of the first byte that must be kept. Throws a {@linkcode FramingError} only while `batch` is empty, so that frames
   * before the bad byte are delivered first (law L6).
   */
  protected abstract scan(bytes: Uint8Array, from: number, to: number, batch: FrameBatch): number;

  /** A decoder of the same framing and options in its first state. */
  protected abstract blank(options: FrameDecoderOptions): FrameDecoder;

  /** Copies what the subclass remembers from `other` (of the same class). */
  protected adopt(_other: FrameDecoder): void {}

  /** What the subclass remembers, as text that is equal for equal states. */
  protected memory(): string {
    return "";
  }

  /** Called once at the end of the stream with the bytes that no frame has taken. */
  protected finish(_bytes: Uint8Array, from: number, to: number, _batch: FrameBatch): void {
    if (to > from || this.discarding) throw this.truncated(to - from);
  }

  /** Most payload bytes of one frame. A change counts from the next header on. */
  get maxFrameLength(): number {
    return this.maxLength;
  }

  set maxFrameLength(value: number) {
    this.maxLength = checkedMaxFrameLength(value);
  }

  /** Where the decoder stands. */
  get state(): DecoderState {
    if (this.#failure !== null) return "failed";
    if (this.#finished) return "ended";
    if (this.discarding) return "discarding";
    return this.inBody ? "body" : "header";
  }

  /** Whether the header of the current frame is complete. */
  protected get inBody(): boolean {
    return false;
  }

  /** Bytes received but not yet handed out as frames. */
  get bufferedLength(): number {
    const input = this.#input === null ? 0 : this.#input.length - this.#inputAt;
    return this.#end - this.#start + input + this.heldLength;
  }

  /** Bytes of memory held for buffering. */
  get allocatedLength(): number {
    return this.#store.length + this.heldCapacity;
  }

  /** Payload bytes of a torn frame that the subclass holds itself. */
  protected get heldLength(): number {
    return 0;
  }

  /** The wire bytes of a torn frame whose payload the subclass holds itself. */
  protected heldWire(): Uint8Array {
    return EMPTY;
  }

  /** Bytes of memory that the subclass holds itself. */
  protected get heldCapacity(): number {
    return 0;
  }

  /** Bytes examined plus bytes moved so far: what law L5 bounds by a multiple of the bytes received. */
  get work(): number {
    return this.examined + this.#moved;
  }

  /** Frames handed out so far, the current batch included. */
  get frameCount(): number {
    return this.#frames + this.#batch.count;
  }

  /**
   * Feeds one chunk and returns the first batch of frames it completes, or null when it completes none. Go on with
   * {@linkcode FrameDecoder.next} until that returns null. The chunk may be reused after that.
   *
   * @throws {FramingError} if the bytes break the framing; the same error on every later call.
   */
  push(chunk: Uint8Array): FrameBatch | null {
    const n = chunk.length;
    const end = this.#end;
    // A torn frame that lacks more than this chunk: keep the bytes, no scan (this is the path of one-byte chunks).
    if (
      end > this.#start && end - this.#start + n < this.need && end + n <= this.#store.length &&
      this.#input === null && !this.#ended && this.#failure === null
    ) {
      if (n === 1) this.#store[end] = chunk[0] as number;
      else this.#store.set(chunk, end);
      this.#end = end + n;
      this.#moved += n;
      this.#retire();
      return null;
    }
    if (this.#ended) throw this.#failure ?? new DecoderClosedError(this.place());
    if (this.#failure !== null) throw this.#failure;
    if (this.#input !== null) this.#keepInput();
    if (n > 0) {
      this.#input = chunk;
      this.#inputAt = 0;
    }
    return this.next();
  }

  /**
   * The next batch of frames from what was pushed, or null when more bytes are needed. Invalidates the batch before.
   *
   * @throws {FramingError} if the next thing in the stream is an error.
   */
  next(): FrameBatch | null {
    if (this.#failure !== null) throw this.#failure;
    this.#retire();
    const batch = this.#batch;
    try {
      for (;;) {
        const kept = this.#end > this.#start;
        if (kept) {
          if (this.#scanKept(batch)) return batch;
          if (this.#end > this.#start && this.#input === null) break;
        } else if (this.#input !== null) {
          if (this.#scanInput(batch, this.#input)) return batch;
        } else break;
      }
      if (!this.#ended || this.#finished) return null;
      this.#finished = true;
      batch.reset(this.#store);
      this.finish(this.#store, this.#start, this.#end, batch);
      this.#start = this.#end = 0;
      return batch.count > 0 ? batch : null;
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /**
   * Says that no more bytes will come. Returns a last batch or null, like {@linkcode FrameDecoder.push}.
   *
   * @throws {TruncatedFrameError} if the stream ends inside a frame.
   */
  end(): FrameBatch | null {
    this.#ended = true;
    return this.next();
  }

  /**
   * Room for at least `size` bytes right behind the bytes still unread, to read into without a copy; follow it with
   * {@linkcode FrameDecoder.commit}. Call it only when `next()` has returned null.
   */
  reserve(size: number): Uint8Array {
    this.#retire();
    if (this.#input !== null) this.#keepInput();
    if (this.#start === this.#end && this.#store.length > ROOMY * size) this.#store = EMPTY;
    this.#makeRoom(size);
    return this.#end === 0 ? this.#store : this.#store.subarray(this.#end);
  }

  /**
   * Says that `count` bytes were read into the room that {@linkcode FrameDecoder.reserve} gave. Returns what
   * {@linkcode FrameDecoder.push} returns. The wire bytes of all batches up to the next `reserve` stay in place.
   *
   * @throws {RangeError} if `count` is more than the room.
   */
  commit(count: number): FrameBatch | null {
    if (count > this.#store.length - this.#end) {
      throw new RangeError(
        `Cannot commit ${count} bytes: only ${this.#store.length - this.#end} were reserved`,
      );
    }
    if (this.#ended) throw this.#failure ?? new DecoderClosedError(this.place());
    this.#end += count;
    return this.next();
  }

  /**
   * Takes out all bytes that no frame has taken, so that another protocol can go on with them (upgrade). The decoder
   * then stands at its first state.
   */
  takeRest(): Uint8Array {
    if (this.#input !== null) this.#keepInput();
    const held = this.heldWire();
    const rest = new Uint8Array(held.length + this.#end - this.#start);
    rest.set(held);
    rest.set(this.#store.subarray(this.#start, this.#end), held.length);
    this.#start = this.#end = 0;
    const first = this.blank({});
    this.adopt(first);
    this.need = first.need;
    this.discarding = false;
    return rest;
  }

  /** A copy that goes on independently. For proofs that feed many continuations from one state. */
  fork(): FrameDecoder {
    const twin = this.blank({
      maxFrameLength: this.maxLength,
      overLimit: this.overLimit,
      ...(this.#onSkip ? { onSkip: this.#onSkip } : {}),
    });
    if (this.#input !== null) this.#keepInput();
    twin.need = this.need;
    twin.discarding = this.discarding;
    twin.examined = this.examined;
    twin.#store = this.#store.slice(this.#start, this.#end);
    twin.#end = twin.#store.length;
    twin.#moved = this.#moved;
    twin.#position = this.#position;
    twin.#frames = this.frameCount;
    twin.#ended = this.#ended;
    twin.#finished = this.#finished;
    twin.#failure = this.#failure;
    twin.adopt(this);
    return twin;
  }

  /** The whole state as text: two decoders with equal fingerprints behave the same from here on. */
  fingerprint(): string {
    if (this.#input !== null) this.#keepInput();
    const kept = LATIN1.decode(this.#store.subarray(this.#start, this.#end));
    const failure = this.#failure === null ? "" : `${this.#failure.name}@${this.#failure.offset}`;
    return `${this.state}|${this.#position}|${this.frameCount}|${kept}|${failure}|${this.memory()}`;
  }

  /** The place of a byte `ahead` bytes behind the last consumed one, for errors. */
  protected place(ahead = 0): FramingErrorPlace {
    return { offset: this.#position + ahead, frameIndex: this.frameCount };
  }

  /** A {@linkcode TruncatedFrameError} for a frame of which `have` bytes came. */
  protected truncated(have: number): TruncatedFrameError {
    return new TruncatedFrameError(have, Math.max(this.need, have + 1), this.place());
  }

  /** Reports a dropped frame. */
  protected skipped(error: FramingError): void {
    this.#onSkip?.(error);
  }

  /** Counts the batch handed out last, which is over with this call. */
  #retire(): void {
    this.#frames += this.#batch.recycle();
  }

  /** Scans the kept bytes, joined with as much of the chunk as the torn frame may need. */
  #scanKept(batch: FrameBatch): boolean {
    const absorbed = this.#absorb();
    const from = this.#start, to = this.#end;
    batch.reset(this.#store);
    const at = this.scan(this.#store, from, to, batch);
    this.#position += at - from;
    this.#start = at;
    if (at === to) this.#start = this.#end = 0;
    if (absorbed > 0 && to - at <= absorbed) {
      // All that is left came from the chunk: go on there, in place.
      this.#inputAt -= to - at;
      this.#start = this.#end = 0;
    }
    if (this.#input !== null && this.#inputAt === this.#input.length) this.#input = null;
    return batch.count > 0;
  }

  /** Scans the chunk in place; keeps the tail once it is only a part of a frame. */
  #scanInput(batch: FrameBatch, input: Uint8Array): boolean {
    const from = this.#inputAt, to = input.length;
    batch.reset(input);
    const at = this.scan(input, from, to, batch);
    this.#position += at - from;
    this.#inputAt = at;
    if (at === to) this.#input = null;
    else if (this.need > to - at) this.#keepInput();
    return batch.count > 0;
  }

  #absorb(): number {
    const input = this.#input;
    if (input === null) return 0;
    const have = this.#end - this.#start;
    const n = Math.min(input.length - this.#inputAt, Math.max(this.need - have, ABSORB));
    this.#append(input, this.#inputAt, n);
    this.#inputAt += n;
    return n;
  }

  /** Keeps what is left of the chunk. */
  #keepInput(): void {
    const input = this.#input;
    if (input === null) return;
    this.#append(input, this.#inputAt, input.length - this.#inputAt);
    this.#input = null;
  }

  #append(source: Uint8Array, from: number, count: number): void {
    this.#makeRoom(count);
    if (count < 32) {
      for (let i = 0; i < count; i++) this.#store[this.#end + i] = source[from + i] as number;
    } else {
      this.#store.set(source.subarray(from, from + count), this.#end);
    }
    this.#end += count;
    this.#moved += count;
  }

  /** Makes `size` bytes of room behind the kept bytes; capacity doubles with received bytes. */
  #makeRoom(size: number): void {
    const have = this.#end - this.#start;
    const store = this.#store;
    if (have === 0) this.#start = this.#end = 0;
    if (store.length - this.#end >= size) return;
    if (store.length - have >= size && have <= store.length / 2) {
      store.copyWithin(0, this.#start, this.#end);
    } else {
      const grown = new Uint8Array(Math.max(have + size, Math.min(2 * have, have + 2 ** 26), 64));
      grown.set(store.subarray(this.#start, this.#end));
      this.#store = grown;
    }
    this.#moved += have;
    this.#start = 0;
    this.#end = have;
  }

  #fail(error: unknown): unknown {
    if (error instanceof FramingError) this.#failure = error;
    this.adopt(this.blank({}));
    this.#store = EMPTY;
    this.#start = this.#end = 0;
    this.#input = null;
    return error;
  }
}
