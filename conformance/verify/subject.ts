/**
 * What can be verified: any decoder, given as a small interface. Only `push` and `end` are needed; each further method
 * lets the verifier check more, and what is not there is reported as not checked.
 * @module
 */
import type { Sample } from "./sample.ts";

/** A decoder, of any make, in the state behind the bytes it was given. */
export interface DecoderUnderTest {
  /**
   * Takes one chunk and gives the frames it completes. An error is thrown, behind the frames before it: an iterator
   * yields them and then throws. A plain function that throws loses the frames of that call, and breaks law L6.
   */
  push(chunk: Uint8Array): Iterable<Uint8Array>;
  /** Takes the end of the stream: gives a last frame if the framing allows one, throws inside a frame. */
  end(): Iterable<Uint8Array> | void;
  /** A copy that goes on independently. With `fingerprint` it allows the closure proof. */
  fork?(): DecoderUnderTest;
  /** The whole state as text: decoders with equal fingerprints must behave the same from here on. */
  fingerprint?(): string;
  /** Bytes received and kept. Allows law L4. */
  bufferedLength?(): number;
  /** Bytes of memory held for buffering. Allows the part of law L4 about claims. */
  allocatedLength?(): number;
  /** Bytes looked at plus bytes moved so far. Allows law L5. */
  work?(): number;
  /** What was reported besides frames so far (frames dropped, …); it must not depend on the chunks either. */
  reports?(): readonly string[];
}

/** How a decoder is to be made. A subject with limits of its own may ignore it and say so in `maxFrameLength`. */
export interface Settings {
  /** Most payload bytes of one frame. */
  readonly maxFrameLength: number;
  /** What becomes of a longer one: an error for good, or it is dropped and decoding goes on. */
  readonly overLimit: "close" | "skip";
}

/**
 * Something to verify: how to make a decoder, and what is known about it.
 *
 * @example
 * ```ts
 * import { type DecoderUnderTest, type Subject, verifyDecoder } from "@nonstick/nonstick/conformance";
 *
 * // One byte of length, then the payload. The bug: what is left of a chunk is forgotten.
 * class Naive implements DecoderUnderTest {
 *   *push(chunk: Uint8Array): Generator<Uint8Array> {
 *     for (let at = 0; at < chunk.length;) {
 *       const length = chunk[at] ?? 0;
 *       yield chunk.slice(at + 1, at + 1 + length);
 *       at += 1 + length;
 *     }
 *   }
 *   end(): void {}
 * }
 * const subject: Subject = {
 *   name: "naive",
 *   create: () => new Naive(),
 *   samples: [{ name: "hi", bytes: Uint8Array.of(2, 104, 105) }],
 * };
 * console.log(verifyDecoder(subject).failures[0]?.replay); // --stream 026869 --cuts 1
 * ```
 */
export interface Subject {
  /** Name for reports. */
  readonly name: string;
  /** Makes a decoder in its first state. */
  create(settings: Settings): DecoderUnderTest;
  /** The frame of `payload`. Throws for what it refuses. Allows law L2 and generated streams. */
  encode?(payload: Uint8Array, settings: Settings): Uint8Array;
  /** Streams to verify with, besides the generated ones. */
  readonly samples?: readonly Sample[];
  /** The limit that streams are made for, in payload bytes. By default 16. */
  readonly maxFrameLength?: number;
  /** Most bytes of a frame around its payload. By default 64. */
  readonly maxOverhead?: number;
  /** Least and most payload bytes that the framing can carry whatever the limit. By default 0 and Infinity. */
  readonly payloadRange?: readonly [least: number, most: number];
  /** Makes a payload that the framing can carry out of any of a length in `payloadRange`; by default as it is. */
  readonly shape?: (payload: Uint8Array) => Uint8Array;
  /** Whether `overLimit: "skip"` works. */
  readonly canSkip?: boolean;
  /** How long a frame must stay as it is: for ever, or until the iterator's next step. By default for ever. */
  readonly lifetime?: "forever" | "step";
  /** What `end()` does with an unfinished frame: an error, or it is given as a frame. By default an error. */
  readonly tail?: "error" | "frame";
  /** The first bytes of a frame that claims 1 GiB of payload (or as much as the framing can say). */
  readonly claim?: Uint8Array;
  /** Other ways to drive the same decoder; each must see the same frames. */
  readonly ways?: readonly Way[];
  /** A decoder that gives the frames as they came on the wire; joined they must be the stream. */
  readonly relay?: (settings: Settings) => DecoderUnderTest;
  /** What of an error must not depend on the chunks. By default its name, `code` and `offset`. */
  describeError?(error: unknown): string;
}

/** Another way to drive a decoder: taking copies instead of views, … */
export interface Way {
  /** Name for reports. */
  readonly name: string;
  /** Makes a decoder that is driven so. */
  readonly create: (settings: Settings) => DecoderUnderTest;
  /** How long its frames must stay as they are. By default for ever. */
  readonly lifetime?: "forever" | "step";
}

/** Settings of a decoder for the streams of `subject` that ask for nothing else. */
export function settingsOf(subject: Subject, asked: Partial<Settings> = {}): Settings {
  return { maxFrameLength: subject.maxFrameLength ?? 16, overLimit: "close", ...asked };
}
