import { UnencodableFrameError } from "./errors.ts";
import type { FrameDecoderOptions } from "./frame_decoder.ts";
import { FrameEncoder } from "./frame_encoder.ts";
import type { FramingFamily } from "./framings.ts";
import { END, MALFORMED, NOTHING, StuffedDecoder } from "./stuffed.ts";

const SLIP_END = 0xc0, SLIP_ESC = 0xdb, ESC_END = 0xdc, ESC_ESC = 0xdd;

/**
 * Decodes SLIP (RFC 1055): frames end with C0; inside them C0 is written DB DC, and DB is written DB DD. Any other
 * byte behind DB is malformed.
 */
export class SlipDecoder extends StuffedDecoder {
  #escaped = false;

  /** Makes a decoder. */
  constructor(options?: FrameDecoderOptions) {
    super(SLIP_END, options);
  }

  protected override classify(byte: number): number {
    if (this.#escaped) {
      if (byte === ESC_END) return SLIP_END;
      return byte === ESC_ESC ? SLIP_ESC : MALFORMED;
    }
    if (byte === SLIP_END) return END;
    return byte === SLIP_ESC ? NOTHING : byte;
  }

  protected override accept(byte: number): void {
    this.#escaped = !this.#escaped && byte === SLIP_ESC;
  }

  protected override restart(): void {
    this.#escaped = false;
  }

  protected override stuff(payload: Uint8Array): Uint8Array {
    const wire = new Uint8Array(2 * payload.length + 1);
    const to = writeEscaped(payload, wire, 0);
    wire[to] = SLIP_ESC;
    return wire.subarray(0, this.#escaped ? to + 1 : to);
  }

  protected override blank(options: FrameDecoderOptions): SlipDecoder {
    return new SlipDecoder(options);
  }

  protected override adopt(other: SlipDecoder): void {
    super.adopt(other);
    this.#escaped = other.#escaped;
  }

  protected override memory(): string {
    return `${super.memory()},${this.#escaped}`;
  }
}

/** Encodes SLIP. An empty payload cannot be carried: receivers pass over empty frames (RFC 1055). */
export class SlipEncoder extends FrameEncoder {
  override encodedLength(payload: Uint8Array): number {
    this.checkLength(payload);
    if (payload.length === 0) {
      throw new UnencodableFrameError(
        "Cannot encode an empty payload: SLIP has no empty frames",
        0,
      );
    }
    let length = payload.length + 1;
    for (const byte of payload) if (byte === SLIP_END || byte === SLIP_ESC) length++;
    return length;
  }

  override encodeInto(payload: Uint8Array, target: Uint8Array, at: number): number {
    const to = writeEscaped(payload, target, at);
    target[to] = SLIP_END;
    return to + 1;
  }
}

function writeEscaped(payload: Uint8Array, target: Uint8Array, at: number): number {
  let to = at;
  for (const byte of payload) {
    if (byte === SLIP_END || byte === SLIP_ESC) {
      target[to++] = SLIP_ESC;
      target[to++] = byte === SLIP_END ? ESC_END : ESC_ESC;
    } else target[to++] = byte;
  }
  return to;
}

/** `slip`. */
export const SLIP_FRAMING: FramingFamily = {
  name: "slip",
  form: "slip",
  wire: "escaped payload, C0 (RFC 1055)",
  parse(spec) {
    spec.expectArgs(0, "slip");
    return {
      spec: "slip",
      maxOverhead: 1,
      canSkip: true,
      maxPayload: Infinity,
      minPayload: 1,
      createDecoder: (options) => new SlipDecoder(options),
      createEncoder: (options) => new SlipEncoder(options),
    };
  },
};
