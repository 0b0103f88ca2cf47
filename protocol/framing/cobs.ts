import type { FrameDecoderOptions } from "./frame_decoder.ts";
import { FrameEncoder } from "./frame_encoder.ts";
import type { FramingFamily } from "./framings.ts";
import { END, MALFORMED, NOTHING, StuffedDecoder } from "./stuffed.ts";

/** Code of a block of 254 data bytes that no zero follows. */
const FULL = 0xff;

/**
 * Decodes COBS (Cheshire and Baker 1999): frames end with a zero byte; inside them a code byte says how far the next
 * zero of the payload is.
 *
 * ```
 *  payload  11 22 00 33     wire  03 11 22 02 33 00
 * ```
 */
export class CobsDecoder extends StuffedDecoder {
  /** Data bytes left in the current block. */
  #left = 0;
  /** Whether a zero of the payload comes before the next block. */
  #zero = false;

  /** Makes a decoder. */
  constructor(options?: FrameDecoderOptions) {
    super(0, options);
  }

  protected override classify(byte: number): number {
    if (byte === 0) return this.#left > 0 ? MALFORMED : END;
    if (this.#left > 0) return byte;
    return this.#zero ? 0 : NOTHING;
  }

  protected override accept(byte: number): void {
    if (this.#left > 0) {
      this.#left--;
    } else {
      this.#left = byte - 1;
      this.#zero = byte !== FULL;
    }
  }

  protected override restart(): void {
    this.#left = 0;
    this.#zero = false;
  }

  protected override stuff(payload: Uint8Array): Uint8Array {
    const wire = new Uint8Array(payload.length + Math.ceil(payload.length / 254) + 1);
    const { code, to } = writeBlocks(payload, wire, 0);
    // The last code byte speaks of the data that is still to come, too.
    wire[code] = (wire[code] as number) + this.#left;
    return wire.subarray(0, to);
  }

  protected override blank(options: FrameDecoderOptions): CobsDecoder {
    return new CobsDecoder(options);
  }

  protected override adopt(other: CobsDecoder): void {
    super.adopt(other);
    this.#left = other.#left;
    this.#zero = other.#zero;
  }

  protected override memory(): string {
    return `${super.memory()},${this.#left},${this.#zero}`;
  }
}

/** Encodes COBS: one byte of overhead for every 254 bytes, and the zero at the end. */
export class CobsEncoder extends FrameEncoder {
  override encodedLength(payload: Uint8Array): number {
    this.checkLength(payload);
    let length = payload.length + 2;
    for (let i = 0, run = 0; i < payload.length; i++) {
      run = payload[i] === 0 ? 0 : run + 1;
      if (run === FULL - 1 && i + 1 < payload.length) {
        length++;
        run = 0;
      }
    }
    return length;
  }

  override encodeInto(payload: Uint8Array, target: Uint8Array, at: number): number {
    const { to } = writeBlocks(payload, target, at);
    target[to] = 0;
    return to + 1;
  }
}

/** Writes the blocks without the zero at the end; tells where the last code byte and the end are. */
function writeBlocks(
  payload: Uint8Array,
  target: Uint8Array,
  at: number,
): { readonly code: number; readonly to: number } {
  let code = at, to = at + 1;
  for (let i = 0; i < payload.length; i++) {
    const byte = payload[i] as number;
    if (byte !== 0) target[to++] = byte;
    const full = to - code === FULL && i + 1 < payload.length;
    if (byte === 0 || full) {
      target[code] = to - code;
      code = to++;
    }
  }
  target[code] = to - code;
  return { code, to };
}

/** `cobs`. */
export const COBS_FRAMING: FramingFamily = {
  name: "cobs",
  form: "cobs",
  wire: "payload with zeros coded away, 00 (Cheshire and Baker)",
  parse(spec) {
    spec.expectArgs(0, "cobs");
    return {
      spec: "cobs",
      maxOverhead: 2,
      canSkip: true,
      maxPayload: Infinity,
      minPayload: 0,
      createDecoder: (options) => new CobsDecoder(options),
      createEncoder: (options) => new CobsEncoder(options),
    };
  },
};
