import { FrameTooLargeError, MalformedFrameError } from "./errors.ts";
import type { FrameDecoderOptions } from "./frame_decoder.ts";
import { FrameEncoder } from "./frame_encoder.ts";
import type { FramingFamily } from "./framings.ts";
import { HeaderedDecoder, INCOMPLETE } from "./headered.ts";

const COLON = 0x3a, COMMA = 0x2c, ZERO = 0x30, NINE = 0x39;
/** Digits of the largest safe integer; more are an error whatever they say. */
const MAX_DIGITS = 16;

/**
 * Decodes `5:hello,` (D. J. Bernstein, "Netstrings"). Leading zeros, signs and spaces are errors, and a length over
 * the limit fails at the digit that makes it so, before the colon.
 */
export class NetstringDecoder extends HeaderedDecoder {
  protected override tail = 1;

  protected override readHeader(b: Uint8Array, from: number, to: number): number {
    let value = 0;
    for (let i = 0;; i++) {
      if (from + i >= to) {
        this.need = i + 1;
        return INCOMPLETE;
      }
      const byte = b[from + i] as number;
      if (byte === COLON && i > 0) {
        this.body = value;
        return i + 1;
      }
      if (byte < ZERO || byte > NINE) {
        this.#malformed("Netstring length must be decimal digits and a colon", i);
      }
      if (i > 0 && value === 0) this.#malformed("Netstring length has a leading zero", i);
      value = value * 10 + byte - ZERO;
      if (value > Number.MAX_SAFE_INTEGER) this.#malformed("Netstring length is over 2^53 - 1", i);
      if (value > this.maxLength && this.overLimit === "close") {
        throw new FrameTooLargeError(this.maxLength, value, this.place(this.ahead));
      }
    }
  }

  protected override checkTail(b: Uint8Array, at: number): void {
    if (b[at] !== COMMA) {
      throw new MalformedFrameError(
        "Netstring does not end with a comma",
        this.place(this.ahead),
      );
    }
  }

  #malformed(message: string, at: number): never {
    throw new MalformedFrameError(message, this.place(this.ahead + at));
  }

  protected override blank(options: FrameDecoderOptions): NetstringDecoder {
    return new NetstringDecoder(options);
  }
}

/** Encodes `5:hello,`. */
export class NetstringEncoder extends FrameEncoder {
  override encodedLength(payload: Uint8Array): number {
    this.checkLength(payload);
    return String(payload.length).length + payload.length + 2;
  }

  override encodeInto(payload: Uint8Array, target: Uint8Array, at: number): number {
    const head = netstringHead(payload.length);
    target.set(head, at);
    const body = at + head.length;
    target.set(payload, body);
    target[body + payload.length] = COMMA;
    return body + payload.length + 1;
  }

  override encodeParts(payload: Uint8Array): Uint8Array[] {
    this.checkLength(payload);
    return [netstringHead(payload.length), payload, Uint8Array.of(COMMA)];
  }
}

function netstringHead(length: number): Uint8Array {
  return new TextEncoder().encode(`${length}:`);
}

/** `netstring`. */
export const NETSTRING_FRAMING: FramingFamily = {
  name: "netstring",
  form: "netstring",
  wire: "5:hello,",
  parse(spec) {
    spec.expectArgs(0, "netstring");
    return {
      spec: "netstring",
      maxOverhead: MAX_DIGITS + 2,
      canSkip: true,
      maxPayload: Infinity,
      minPayload: 0,
      createDecoder: (options) => new NetstringDecoder(options),
      createEncoder: (options) => new NetstringEncoder(options),
    };
  },
};
