import { MalformedFrameError } from "./errors.ts";
import type { FrameDecoderOptions } from "./frame_decoder.ts";
import { FrameEncoder } from "./frame_encoder.ts";
import type { FramingFamily } from "./framings.ts";
import { HeaderedDecoder, INCOMPLETE } from "./headered.ts";

/** Most bytes of a varint: 64 bits in groups of 7 (Protocol Buffers, "Base 128 Varints"). */
const MAX_WIDTH = 10;

/** Decodes `| LEB128 length | payload |`; only the shortest form of a length is accepted. */
export class VarintDecoder extends HeaderedDecoder {
  protected override readHeader(b: Uint8Array, from: number, to: number): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < MAX_WIDTH; i++) {
      if (from + i >= to) {
        this.need = i + 1;
        return INCOMPLETE;
      }
      const byte = b[from + i] as number;
      if (i === MAX_WIDTH - 1 && byte > 1) break;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) {
        if (byte === 0 && i > 0) {
          throw new MalformedFrameError(
            "Varint length is overlong: its last byte is zero",
            this.place(this.ahead),
          );
        }
        if (value > Number.MAX_SAFE_INTEGER) {
          throw new MalformedFrameError(
            "Varint length is over 2^53 - 1",
            this.place(this.ahead),
          );
        }
        this.body = value;
        return i + 1;
      }
    }
    throw new MalformedFrameError(
      "Varint length does not end within 64 bits",
      this.place(this.ahead),
    );
  }

  protected override blank(options: FrameDecoderOptions): VarintDecoder {
    return new VarintDecoder(options);
  }
}

/** Encodes `| LEB128 length | payload |`. */
export class VarintEncoder extends FrameEncoder {
  override encodedLength(payload: Uint8Array): number {
    this.checkLength(payload);
    return varintWidth(payload.length) + payload.length;
  }

  override encodeInto(payload: Uint8Array, target: Uint8Array, at: number): number {
    const body = writeVarint(payload.length, target, at);
    target.set(payload, body);
    return body + payload.length;
  }

  override encodeParts(payload: Uint8Array): Uint8Array[] {
    this.checkLength(payload);
    const header = new Uint8Array(varintWidth(payload.length));
    writeVarint(payload.length, header, 0);
    return [header, payload];
  }
}

function varintWidth(value: number): number {
  let width = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) width++;
  return width;
}

function writeVarint(value: number, target: Uint8Array, at: number): number {
  let rest = value, i = at;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) target[i++] = (rest % 128) | 0x80;
  target[i++] = rest;
  return i;
}

/** `varint`. */
export const VARINT_FRAMING: FramingFamily = {
  name: "varint",
  form: "varint",
  wire: "LEB128 (Protocol Buffers) length, payload",
  parse(spec) {
    spec.expectArgs(0, "varint");
    return {
      spec: "varint",
      maxOverhead: MAX_WIDTH,
      canSkip: true,
      maxPayload: Infinity,
      minPayload: 0,
      createDecoder: (options) => new VarintDecoder(options),
      createEncoder: (options) => new VarintEncoder(options),
    };
  },
};
