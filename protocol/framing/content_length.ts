import { MalformedFrameError } from "./errors.ts";
import type { FrameDecoderOptions } from "./frame_decoder.ts";
import { FrameEncoder } from "./frame_encoder.ts";
import type { FramingFamily } from "./framings.ts";
import { HeaderedDecoder, INCOMPLETE } from "./headered.ts";
import { MAX_HEADER_LENGTH } from "./limits.ts";

const CR = 0x0d, LF = 0x0a;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;

/**
 * Decodes `Name: value` lines, an empty line and a body of `Content-Length` bytes, as in LSP and HTTP/1.1.
 *
 * ```
 *  | Content-Length: 5 CR LF | other fields, ignored | CR LF | hello |
 * ```
 *
 * Strict where leniency is how requests are smuggled: lines end with CR LF only (RFC 9112 section 2.2), no folded
 * lines (section 5.2), exactly one Content-Length of digits only (RFC 9110 section 8.6), no Transfer-Encoding.
 */
export class ContentLengthDecoder extends HeaderedDecoder {
  protected override readonly canonical = false;
  /** Bytes of the header looked at, where its current line starts, and the length found. */
  #seen = 0;
  #line = 0;
  #length = -1;

  protected override readHeader(b: Uint8Array, from: number, to: number): number {
    for (let i = from + this.#seen; i < to; i++) {
      const at = i - from;
      if (at >= MAX_HEADER_LENGTH) {
        this.#malformed(`Header does not end within ${MAX_HEADER_LENGTH} bytes`, at);
      }
      if (b[i] !== LF) {
        if (at > this.#line && b[i - 1] === CR) {
          this.#malformed("Carriage return without line feed", at);
        }
        continue;
      }
      if (at === this.#line || b[i - 1] !== CR) {
        this.#malformed("Line feed without carriage return", at);
      }
      if (at === this.#line + 1) {
        if (this.#length < 0) this.#malformed("Content-Length is missing", at);
        this.body = this.#length;
        return at + 1;
      }
      this.#field(b.subarray(from + this.#line, i - 1), this.#line);
      this.#line = at + 1;
    }
    this.examined += to - from - this.#seen;
    this.#seen = to - from;
    this.need = this.#seen + 1;
    return INCOMPLETE;
  }

  /** Reads one header line. */
  #field(line: Uint8Array, at: number): void {
    const text = String.fromCharCode(...line.subarray(0, 1024));
    const [, name, value = ""] = FIELD.exec(text) ?? [];
    if (name === undefined) this.#malformed(`Header line is not "Name: value"`, at);
    switch (name.toLowerCase()) {
      case "content-length":
        if (this.#length >= 0) this.#malformed("Content-Length stands there twice", at);
        if (!/^[0-9]{1,15}$/.test(value)) this.#malformed("Content-Length is not a number", at);
        this.#length = Number(value);
        return;
      case "transfer-encoding":
        this.#malformed("Transfer-Encoding cannot be used with this framing", at);
    }
  }

  #malformed(message: string, at: number): never {
    throw new MalformedFrameError(message, this.place(this.ahead + at));
  }

  protected override restartHeader(): void {
    this.#seen = 0;
    this.#line = 0;
    this.#length = -1;
  }

  protected override blank(options: FrameDecoderOptions): ContentLengthDecoder {
    return new ContentLengthDecoder(options);
  }

  protected override adopt(other: ContentLengthDecoder): void {
    super.adopt(other);
    this.#seen = other.#seen;
    this.#line = other.#line;
    this.#length = other.#length;
  }

  protected override memory(): string {
    return `${super.memory()},${this.#seen},${this.#line},${this.#length}`;
  }
}

/** Encodes `Content-Length: N`, an empty line and the payload. */
export class ContentLengthEncoder extends FrameEncoder {
  override encodedLength(payload: Uint8Array): number {
    this.checkLength(payload);
    return contentLengthHead(payload.length).length + payload.length;
  }

  override encodeInto(payload: Uint8Array, target: Uint8Array, at: number): number {
    const head = contentLengthHead(payload.length);
    target.set(head, at);
    target.set(payload, at + head.length);
    return at + head.length + payload.length;
  }

  override encodeParts(payload: Uint8Array): Uint8Array[] {
    this.checkLength(payload);
    return [contentLengthHead(payload.length), payload];
  }
}

function contentLengthHead(length: number): Uint8Array {
  return new TextEncoder().encode(`Content-Length: ${length}\r\n\r\n`);
}

/** `content-length`. */
export const CONTENT_LENGTH_FRAMING: FramingFamily = {
  name: "content-length",
  form: "content-length",
  wire: "Name: value lines, empty line, payload (LSP, HTTP)",
  parse(spec) {
    spec.expectArgs(0, "content-length");
    return {
      spec: "content-length",
      maxOverhead: MAX_HEADER_LENGTH,
      canSkip: true,
      maxPayload: Infinity,
      minPayload: 0,
      createDecoder: (options) => new ContentLengthDecoder(options),
      createEncoder: (options) => new ContentLengthEncoder(options),
    };
  },
};
