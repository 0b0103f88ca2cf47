import { hexText } from "../../protocol/framing/hex.ts";
import type { DecoderUnderTest, Settings } from "../verify/mod.ts";
import { ByteQueue } from "./byte_queue.ts";

/** An error of the decoders in the zoo, with the codes of ours. */
export class PlainError extends Error {
  /** Kind of error. */
  readonly code: string;
  /** Place in the stream, in bytes. */
  readonly offset: number;

  /** Makes an error from its kind and place. */
  constructor(code: "FRAME_TOO_LARGE" | "MALFORMED_FRAME" | "TRUNCATED_FRAME", offset: number) {
    super(`${code} at byte ${offset}`);
    this.name = "PlainError";
    this.code = code;
    this.offset = offset;
  }
}

/** What a decoder remembers between chunks besides the bytes. Each family uses some of it. */
export interface Memo {
  /** Payload bytes of the frame whose header has been used up, or -1. */
  length: number;
  /** Bytes of the current frame already searched or understood. */
  searched: number;
  /** Bytes of an over-long frame still to drop. */
  drop: number;
  /** Whether an over-long frame is being dropped up to its end mark. */
  dropping: boolean;
  /** Payload bytes counted in what has been searched. */
  counted: number;
  /** State of an escape or a block: what it means is the family's business. */
  inside: number;
  /** Whether a coded zero is pending (COBS). */
  zero: boolean;
  /** Bytes of the chunk that came last. No decoder should care, and right ones do not. */
  lastChunk: number;
  /** Place in the stream of the first unused byte when the last chunk came; no business of right decoders either. */
  lastStart: number;
}

/** The decoder as its parts see it. */
export interface Plain {
  queue: ByteQueue;
  readonly memo: Memo;
  readonly settings: Settings;
  readonly told: string[];
}

/** The parts that all families share: how bytes come in, frames go out, and errors and the end are dealt with. */
export interface Habits {
  /** Takes a chunk in. */
  takeIn(plain: Plain, chunk: Uint8Array): void;
  /** Whether this chunk is taken for the end of the stream. */
  isEnd(chunk: Uint8Array): boolean;
  /** Uses up `count` bytes as a payload. */
  handOut(plain: Plain, count: number): Uint8Array;
  /** Hands on the frames of one push. */
  deliver(frames: Iterable<Uint8Array>): Iterable<Uint8Array>;
  /** Goes from `frame` to the next one. */
  nextFrame(plain: Plain, frame: Uint8Array): void;
  /** Whether a frame is handed on at all. */
  counts(frame: Uint8Array): boolean;
  /** Whether a payload is over the limit. */
  tooLong(length: number, most: number): boolean;
  /** What is remembered of an error. */
  remember(plain: Plain, error: PlainError): PlainError | null;
  /** Whether the stream must not end here. */
  unfinished(plain: Plain): boolean;
  /** Gives what is left at the end of the stream, or throws. */
  leftOver(plain: Plain, unfinished: boolean): Uint8Array[];
}

/** How it is done right. */
export const HABITS: Habits = {
  takeIn: ({ queue }, chunk) => queue.append(chunk),
  isEnd: () => false,
  handOut: ({ queue }, count) => queue.take(count),
  deliver: (frames) => frames,
  nextFrame: () => {},
  counts: () => true,
  tooLong: (length, most) => length > most,
  remember: (_, error) => error,
  unfinished: ({ queue, memo }) =>
    queue.length > 0 || memo.length >= 0 || memo.drop > 0 || memo.dropping,
  leftOver({ queue }, unfinished) {
    if (unfinished) throw new PlainError("TRUNCATED_FRAME", queue.position);
    return [];
  },
};

/** Finds the next frame in what has come: the frame, or null when more bytes are needed. Throws a `PlainError`. */
export type Rule<P extends Habits> = (plain: Plain, parts: P) => Uint8Array | null;

/**
 * A decoder as one would write it without thinking of speed: put the chunk behind what is there, take frames off the
 * front until there is no whole one left. Ours is built differently (it finds frames in place, and keeps only torn
 * ones), so that the two can be held against each other.
 */
export class PlainDecoder<P extends Habits> implements DecoderUnderTest, Plain {
  readonly #rule: Rule<P>;
  readonly #parts: P;
  #failure: PlainError | null = null;
  #frames = 0;
  readonly settings: Settings;
  readonly told: string[] = [];
  queue: ByteQueue = new ByteQueue();
  readonly memo: Memo = {
    length: -1,
    searched: 0,
    drop: 0,
    dropping: false,
    counted: 0,
    inside: 0,
    zero: false,
    lastChunk: 0,
    lastStart: 0,
  };

  /** A decoder by `rule`, made of `parts`. */
  constructor(rule: Rule<P>, parts: P, settings: Settings) {
    this.#rule = rule;
    this.#parts = parts;
    this.settings = settings;
  }

  /** Takes a chunk and gives the frames in it. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#parts.isEnd(chunk)) return yield* this.end();
    this.memo.lastStart = this.queue.position;
    this.memo.lastChunk = chunk.length;
    this.#parts.takeIn(this, chunk);
    yield* this.#parts.deliver(this.#whole());
  }

  *#whole(): Generator<Uint8Array> {
    for (;;) {
      let frame: Uint8Array | null;
      try {
        frame = this.#rule(this, this.#parts);
      } catch (error) {
        if (error instanceof PlainError) this.#failure = this.#parts.remember(this, error);
        throw error;
      }
      if (frame === null) return;
      this.#frames++;
      if (this.#parts.counts(frame)) yield frame;
      this.#parts.nextFrame(this, frame);
    }
  }

  /** Takes the end of the stream. */
  *end(): Generator<Uint8Array> {
    if (this.#failure !== null) throw this.#failure;
    try {
      yield* this.#parts.leftOver(this, this.#parts.unfinished(this));
    } catch (error) {
      if (error instanceof PlainError) this.#failure = error;
      throw error;
    }
  }

  /** A copy that goes on independently. */
  fork(): PlainDecoder<P> {
    const twin = new PlainDecoder(this.#rule, this.#parts, this.settings);
    twin.queue = this.queue.clone();
    Object.assign(twin.memo, this.memo);
    twin.told.push(...this.told);
    twin.#failure = this.#failure;
    twin.#frames = this.#frames;
    return twin;
  }

  /** The state as text. How large the last chunk was is not part of it. */
  fingerprint(): string {
    const { lastChunk: _, lastStart: __, ...memo } = this.memo;
    const bytes = hexText(this.queue.peek());
    return JSON.stringify([memo, this.queue.position, bytes, this.#frames, this.#failure?.message]);
  }

  /** Bytes kept. */
  bufferedLength(): number {
    return this.queue.length;
  }

  /** Bytes of memory. */
  allocatedLength(): number {
    return this.queue.allocated;
  }

  /** Bytes looked at plus bytes moved. */
  work(): number {
    return this.queue.work;
  }

  /** Frames dropped. */
  reports(): readonly string[] {
    return this.told;
  }
}
