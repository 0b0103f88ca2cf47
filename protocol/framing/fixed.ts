import { UnencodableFrameError } from "./errors.ts";
import type { FrameDecoderOptions } from "./frame_decoder.ts";
import { FrameEncoder, type FrameEncoderOptions } from "./frame_encoder.ts";
import type { FramingFamily } from "./framings.ts";
import { HeaderedDecoder } from "./headered.ts";
import { MAX_FRAME_LENGTH_CEILING } from "./limits.ts";

/** Decodes frames that all have the same size, with nothing around them. */
export class FixedDecoder extends HeaderedDecoder {
  readonly #size: number;

  /** Makes a decoder for frames of `size` bytes. */
  constructor(size: number, options?: FrameDecoderOptions) {
    super(options);
    this.#size = size;
    this.need = size;
  }

  protected override readHeader(): number {
    this.body = this.#size;
    return 0;
  }

  protected override blank(options: FrameDecoderOptions): FixedDecoder {
    return new FixedDecoder(this.#size, options);
  }
}

/** Encodes frames that all have the same size. */
export class FixedEncoder extends FrameEncoder {
  readonly #size: number;

  /** Makes an encoder for frames of `size` bytes. */
  constructor(size: number, options?: FrameEncoderOptions) {
    super(options);
    this.#size = size;
  }

  override encodedLength(payload: Uint8Array): number {
    this.checkLength(payload);
    if (payload.length !== this.#size) {
      throw new UnencodableFrameError(
        `Cannot encode ${payload.length} bytes: every frame has ${this.#size}`,
        0,
      );
    }
    return this.#size;
  }

  override encodeInto(payload: Uint8Array, target: Uint8Array, at: number): number {
    target.set(payload, at);
    return at + payload.length;
  }

  override encodeParts(payload: Uint8Array): Uint8Array[] {
    this.encodedLength(payload);
    return [payload];
  }
}

/** `fixed:128`. */
export const FIXED_FRAMING: FramingFamily = {
  name: "fixed",
  form: "fixed:SIZE",
  wire: "payloads of the same size",
  parse(spec) {
    spec.expectArgs(1, "fixed:SIZE");
    const [text = ""] = spec.args;
    const size = spec.toInteger(text, text, 1, MAX_FRAME_LENGTH_CEILING);
    return {
      spec: `fixed:${size}`,
      maxOverhead: 0,
      canSkip: false,
      maxPayload: size,
      minPayload: size,
      createDecoder: (options) => new FixedDecoder(size, options),
      createEncoder: (options) => new FixedEncoder(size, options),
    };
  },
};
