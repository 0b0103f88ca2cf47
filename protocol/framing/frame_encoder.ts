import { FrameTooLargeError } from "./errors.ts";
import { checkedMaxFrameLength } from "./limits.ts";

/** Options of every encoder. */
export interface FrameEncoderOptions {
  /**
   * Most payload bytes of one frame, as for decoders.
   *
   * @default {16777216} (16 MiB)
   */
  readonly maxFrameLength?: number;
}

/**
 * Turns payloads into frames. It refuses what the framing cannot carry before a byte is written, so that
 * `decode(encode(payload))` is always `payload` (law L2).
 *
 * @example
 * ```ts
 * import { framing } from "@nonstick/nonstick/framing";
 *
 * const encoder = framing("netstring").createEncoder();
 * console.log(encoder.encode(new TextEncoder().encode("hello,"))); // 6:hello,,
 * ```
 */
export abstract class FrameEncoder {
  /** Most payload bytes of one frame. */
  readonly maxFrameLength: number;

  /** Checks the options. */
  constructor(options: FrameEncoderOptions = {}) {
    this.maxFrameLength = checkedMaxFrameLength(options.maxFrameLength);
  }

  /**
   * How many bytes the frame of `payload` takes on the wire.
   *
   * @throws {FramingError} if the framing cannot carry the payload.
   */
  abstract encodedLength(payload: Uint8Array): number;

  /**
   * Writes the frame of `payload` into `target` from `at` on and returns the position behind it. Call
   * {@linkcode FrameEncoder.encodedLength} first: it checks the payload and tells the room that is needed.
   */
  abstract encodeInto(payload: Uint8Array, target: Uint8Array, at: number): number;

  /**
   * The frame in pieces, with the payload itself as one of them where the framing leaves it as it is, so that large
   * payloads are written without a copy.
   *
   * @throws {FramingError} if the framing cannot carry the payload.
   */
  encodeParts(payload: Uint8Array): Uint8Array[] {
    return [this.encode(payload)];
  }

  /**
   * The frame of `payload` in bytes of its own.
   *
   * @throws {FramingError} if the framing cannot carry the payload.
   */
  encode(payload: Uint8Array): Uint8Array {
    const frame = new Uint8Array(this.encodedLength(payload));
    this.encodeInto(payload, frame, 0);
    return frame;
  }

  /** Checks the payload against the limit. */
  protected checkLength(payload: Uint8Array): void {
    if (payload.length > this.maxFrameLength) {
      throw new FrameTooLargeError(this.maxFrameLength, payload.length, {
        offset: 0,
        frameIndex: 0,
      });
    }
  }
}
