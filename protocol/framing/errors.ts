/**
 * What can go wrong between bytes and frames. Every error says where (`offset`, bytes from the start of the
 * stream) and which frame (`frameIndex`), so that a report never needs the bytes again.
 * @module
 */

/** Machine-readable kind of a {@linkcode FramingError}; stable across versions. */
export type FramingErrorCode =
  | "FRAME_TOO_LARGE"
  | "TRUNCATED_FRAME"
  | "MALFORMED_FRAME"
  | "UNENCODABLE_FRAME"
  | "DECODER_CLOSED";

/** Where a framing error happened. */
export interface FramingErrorPlace {
  /** Bytes from the start of the stream to the start of the faulty part. */
  readonly offset: number;
  /** How many frames came before the faulty one. */
  readonly frameIndex: number;
}

/**
 * Base of every error about frames. After a decoder threw one, it throws the same one for ever (law L6).
 *
 * @example
 * ```ts
 * import { framing, FramingError } from "@nonstick/nonstick/framing";
 * import { assertThrows } from "@std/assert";
 *
 * const decoder = framing("u8").createDecoder({ maxFrameLength: 2 });
 * const error = assertThrows(() => decoder.push(Uint8Array.of(200)), FramingError);
 * console.log(error.code, error.offset); // FRAME_TOO_LARGE 0
 * ```
 */
export class FramingError extends Error {
  /** Machine-readable kind. */
  readonly code: FramingErrorCode;
  /** Bytes from the start of the stream to the start of the faulty part. */
  readonly offset: number;
  /** How many frames came before the faulty one. */
  readonly frameIndex: number;

  /** Makes an error from its kind, a sentence, and the place. */
  constructor(code: FramingErrorCode, message: string, place: FramingErrorPlace) {
    super(`${message} (frame ${place.frameIndex}, byte ${place.offset})`);
    this.name = "FramingError";
    this.code = code;
    this.offset = place.offset;
    this.frameIndex = place.frameIndex;
  }
}

/** A frame is longer than `maxFrameLength`. Raised before a byte of its payload is kept. */
export class FrameTooLargeError extends FramingError {
  /** The limit in force, in payload bytes. */
  readonly limit: number;
  /** The claimed payload length in bytes; for framings that do not announce it, the least it can be. */
  readonly actual: number | bigint;

  /** Makes an error from the limit, the length that broke it, and the place. */
  constructor(limit: number, actual: number | bigint, place: FramingErrorPlace) {
    super("FRAME_TOO_LARGE", `Frame of ${actual} bytes is over the limit of ${limit} bytes`, place);
    this.name = "FrameTooLargeError";
    this.limit = limit;
    this.actual = actual;
  }
}

/** The stream ended inside a frame (law L8). */
export class TruncatedFrameError extends FramingError {
  /** Bytes of the frame that came, on the wire, header included. */
  readonly have: number;
  /** Bytes that the frame needs at least, on the wire, as far as known. */
  readonly need: number;

  /** Makes an error from what came, what was needed, and the place where the frame starts. */
  constructor(have: number, need: number, place: FramingErrorPlace) {
    super(
      "TRUNCATED_FRAME",
      `Stream ended inside a frame: ${have} of at least ${need} bytes came`,
      place,
    );
    this.name = "TruncatedFrameError";
    this.have = have;
    this.need = need;
  }
}

/** The bytes cannot be a frame of this framing. */
export class MalformedFrameError extends FramingError {
  /** Makes an error from a sentence and the place. */
  constructor(message: string, place: FramingErrorPlace) {
    super("MALFORMED_FRAME", message, place);
    this.name = "MalformedFrameError";
  }
}

/** The encoder was given a payload that the framing cannot carry. Nothing was written. */
export class UnencodableFrameError extends FramingError {
  /** Makes an error from a sentence and the place in the payload. */
  constructor(message: string, offset: number) {
    super("UNENCODABLE_FRAME", message, { offset, frameIndex: 0 });
    this.name = "UnencodableFrameError";
  }
}

/** Bytes were pushed into a decoder after `end()`. */
export class DecoderClosedError extends FramingError {
  /** Makes an error from the place where the stream ended. */
  constructor(place: FramingErrorPlace) {
    super("DECODER_CLOSED", "Cannot push: the decoder has ended", place);
    this.name = "DecoderClosedError";
  }
}
