import type { FrameDecoder, FrameDecoderOptions } from "./frame_decoder.ts";
import type { FrameEncoder, FrameEncoderOptions } from "./frame_encoder.ts";

/**
 * A way to mark where frames begin and end in a byte stream. Get one with `framing(spec)`.
 *
 * @example
 * ```ts
 * import { type Framing, framing } from "@nonstick/nonstick/framing";
 *
 * const lines: Framing = framing("line?strip=cr");
 * console.log(lines.spec, lines.maxOverhead); // line?strip=cr 2
 * ```
 */
export interface Framing {
  /** The canonical spec string; `framing(spec)` of it gives an equal framing. */
  readonly spec: string;
  /** Most bytes around the payload of one frame (headers, markers, delimiters), escapes not counted. */
  readonly maxOverhead: number;
  /** Whether a decoder can go on behind an over-long frame (`overLimit: "skip"`). */
  readonly canSkip: boolean;
  /** Most payload bytes that the wire form can carry whatever the limit; Infinity when it sets none. */
  readonly maxPayload: number;
  /** Least payload bytes that the wire form can carry (1 for `slip`, N for `fixed:N`, else 0). */
  readonly minPayload: number;
  /** Makes a decoder in its first state. */
  createDecoder(options?: FrameDecoderOptions): FrameDecoder;
  /** Makes an encoder. */
  createEncoder(options?: FrameEncoderOptions): FrameEncoder;
}
