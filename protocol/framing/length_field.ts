import { FrameTooLargeError, MalformedFrameError, UnencodableFrameError } from "./errors.ts";
import type { FrameBatch } from "./frame_batch.ts";
import { FrameDecoder, type FrameDecoderOptions } from "./frame_decoder.ts";
import { FrameEncoder, type FrameEncoderOptions } from "./frame_encoder.ts";
import type { Framing } from "./framing.ts";
import type { FramingFamily } from "./framings.ts";
import {
  INTEGER_TYPES,
  type IntegerType,
  isIntegerType,
  maxInteger,
  readInteger,
  writeInteger,
} from "./integer.ts";
import { type Spec, specText } from "./spec.ts";

/**
 * How a fixed-width length field is laid out; the options are those of Netty's `LengthFieldBasedFrameDecoder`.
 *
 * ```
 *           | offset bytes | length (type) | body (length + adjust bytes) |
 * strip:    |- - - - - - - - - - - - - - ->|  the first `strip` bytes are not part of the payload
 * ```
 */
export interface LengthFieldLayout {
  /** Integer type of the length field. */
  readonly type: IntegerType;
  /** Bytes in front of the length field. */
  readonly offset: number;
  /** What is added to the field's value to get the bytes that follow the field. */
  readonly adjust: number;
  /** How many leading bytes of the frame are left out of the payload; by default everything up to the body. */
  readonly strip: number;
}

/** Decodes frames that start with a fixed-width length. */
export class LengthFieldDecoder extends FrameDecoder {
  readonly #layout: LengthFieldLayout;
  readonly #headerLength: number;
  /** Whether the layout is the common `| u32be | payload |`, which gets its own branch in the hot loop. */
  readonly #plain: boolean;
  /** Wire length of the torn frame whose header was read and accepted, or 0. */
  #torn = 0;
  /** Bytes of an over-long frame still to drop. */
  #drop = 0;

  /** Makes a decoder for `layout`. */
  constructor(layout: LengthFieldLayout, options?: FrameDecoderOptions) {
    super(options);
    this.#layout = layout;
    this.#headerLength = layout.offset + INTEGER_TYPES[layout.type].width;
    // A value of 2^31 or more reads as negative there; only a positive adjustment could make that look valid.
    this.#plain = layout.type === "u32be" && layout.offset === 0 && layout.adjust <= 0;
    this.need = this.#headerLength;
  }

  protected override scan(b: Uint8Array, from: number, to: number, batch: FrameBatch): number {
    let s = from;
    if (this.#drop > 0) {
      const dropped = Math.min(this.#drop, to - s);
      this.#drop -= dropped;
      s += dropped;
      this.discarding = this.#drop > 0;
      this.need = this.discarding ? 1 : this.#headerLength;
      if (this.discarding) return s;
    }
    const headerLength = this.#headerLength, { strip, adjust, offset } = this.#layout;
    const plain = this.#plain;
    const bounds = batch.bounds, room = bounds.length;
    // The payload is what is left of header + body when `strip` bytes are taken off; the limit is on the payload.
    const least = strip - headerLength, most = this.maxLength + least;
    let at = 0, need = headerLength, torn = this.#torn, first = s;
    while (to - s >= headerLength) {
      if (at === room) {
        need = 0;
        break;
      }
      let frame = torn;
      if (frame === 0) {
        const body = plain
          ? (((b[s] as number) << 24) | ((b[s + 1] as number) << 16) |
            ((b[s + 2] as number) << 8) | (b[s + 3] as number)) + adjust
          : this.#body(b, s + offset);
        if (!(body <= most && body >= least && body >= 0)) {
          if (at > 0) {
            need = 0;
            break;
          }
          s = first = this.#refuse(b, s, from, to);
          if (this.discarding) return s;
          continue;
        }
        frame = headerLength + body;
      }
      if (frame > to - s) {
        need = torn = frame;
        break;
      }
      torn = 0;
      bounds[at] = s + strip;
      bounds[at + 1] = s += frame;
      at += 2;
    }
    this.#torn = torn;
    this.need = need;
    batch.count = at >> 1;
    this.examined += (batch.count + 1) * headerLength;
    batch.wireStart = first;
    batch.wireEnd = s;
    return s;
  }

  /** Body length by the field at `at`; NaN when no number can hold it. */
  #body(b: Uint8Array, at: number): number {
    const value = readInteger(b, at, this.#layout.type);
    return typeof value === "bigint" ? NaN : value + this.#layout.adjust;
  }

  /** Deals with a header that cannot be accepted: throws, or starts dropping and returns where to go on. */
  #refuse(b: Uint8Array, s: number, from: number, to: number): number {
    const { type, strip, offset, adjust } = this.#layout;
    const field = readInteger(b, s + offset, type);
    const place = this.place(s - from);
    if (typeof field === "bigint") {
      throw new FrameTooLargeError(this.maxLength, field, place);
    }
    const body = field + adjust;
    if (body < 0) {
      throw new MalformedFrameError(`Length field ${field} gives a frame of ${body} bytes`, place);
    }
    const payload = body + (this.#headerLength - strip);
    if (payload < 0) {
      throw new MalformedFrameError(
        `Frame of ${this.#headerLength + body} bytes is shorter than the ${strip} bytes to strip`,
        place,
      );
    }
    const error = new FrameTooLargeError(this.maxLength, payload, place);
    if (this.overLimit === "close") throw error;
    this.skipped(error);
    const frame = this.#headerLength + body;
    const dropped = Math.min(frame, to - s);
    this.#drop = frame - dropped;
    this.discarding = this.#drop > 0;
    this.need = this.discarding ? 1 : this.#headerLength;
    return s + dropped;
  }

  protected override get inBody(): boolean {
    return this.#torn > 0;
  }

  protected override blank(options: FrameDecoderOptions): LengthFieldDecoder {
    return new LengthFieldDecoder(this.#layout, options);
  }

  protected override adopt(other: LengthFieldDecoder): void {
    this.#torn = other.#torn;
    this.#drop = other.#drop;
  }

  protected override memory(): string {
    return `${this.#torn},${this.#drop}`;
  }
}

/** Encodes frames that start with a fixed-width length. */
export class LengthFieldEncoder extends FrameEncoder {
  readonly #layout: LengthFieldLayout;
  readonly #headerLength: number;
  readonly #maxField: number;
  readonly #plain: boolean;

  /** Makes an encoder for `layout`. */
  constructor(layout: LengthFieldLayout, options?: FrameEncoderOptions) {
    super(options);
    this.#layout = layout;
    this.#headerLength = layout.offset + INTEGER_TYPES[layout.type].width;
    this.#maxField = maxInteger(layout.type);
    this.#plain = layout.type === "u32be" && layout.offset === 0 &&
      layout.strip === this.#headerLength;
  }

  override encodedLength(payload: Uint8Array): number {
    this.checkLength(payload);
    const { strip, adjust, type } = this.#layout;
    const length = strip + payload.length;
    const field = length - this.#headerLength - adjust;
    if (length < this.#headerLength || field < 0 || field > this.#maxField) {
      throw new UnencodableFrameError(
        `Cannot encode ${payload.length} bytes: the length field would be ${field}, ${type} holds 0 to ${this.#maxField}`,
        0,
      );
    }
    // What `strip` leaves of the length field is part of the payload, and has to say the truth.
    if (strip < this.#headerLength) {
      const header = this.#header(field);
      for (let i = Math.max(strip, this.#layout.offset); i < this.#headerLength; i++) {
        if (payload[i - strip] !== header[i]) {
          throw new UnencodableFrameError(
            `Cannot encode: the length field in the payload does not say ${field}`,
            i - strip,
          );
        }
      }
    }
    return length;
  }

  override encodeInto(payload: Uint8Array, target: Uint8Array, at: number): number {
    const n = payload.length, { strip, adjust } = this.#layout;
    let to = at + strip;
    if (this.#plain) {
      const field = n - adjust;
      target[at] = field >>> 24;
      target[at + 1] = field >>> 16;
      target[at + 2] = field >>> 8;
      target[at + 3] = field;
    } else if (strip > 0) {
      const header = this.#header(strip + n - this.#headerLength - adjust);
      for (let i = 0; i < strip; i++) target[at + i] = header[i] ?? 0;
    }
    if (n < 32) { for (let i = 0; i < n; i++) target[to++] = payload[i] as number; }
    else {
      target.set(payload, to);
      to += n;
    }
    return to;
  }

  override encodeParts(payload: Uint8Array): Uint8Array[] {
    this.encodedLength(payload);
    const { strip, adjust } = this.#layout;
    const lead = new Uint8Array(strip);
    const header = this.#header(strip + payload.length - this.#headerLength - adjust);
    lead.set(header.subarray(0, strip));
    return [lead, payload];
  }

  /** Header bytes with `field` in them; the bytes in front of the field are zero. */
  #header(field: number): Uint8Array {
    const header = new Uint8Array(this.#headerLength);
    writeInteger(header, this.#layout.offset, this.#layout.type, field);
    return header;
  }
}

/** One family for each integer type: `u32be`, `u16le?includes=header`, `u32be?adjust=-4&offset=2&strip=0`, … */
export const INTEGER_FRAMINGS: readonly FramingFamily[] = Object.keys(INTEGER_TYPES)
  .filter(isIntegerType)
  .map((type) => ({
    name: type,
    form: type,
    wire: `${type} length, payload`,
    parse: (spec) => parse(type, spec),
  }));

function parse(type: IntegerType, spec: Spec): Framing {
  spec.expectArgs(0, type);
  const { width } = INTEGER_TYPES[type];
  const offset = spec.integer("offset", 0, 0, 4096);
  const headerLength = offset + width;
  const includes = spec.choice("includes", ["header"]);
  const added = spec.integer("adjust", 0, -65_536, 65_536);
  const strip = spec.integer("strip", headerLength, 0, 65_536);
  const adjust = added - (includes === undefined ? 0 : headerLength);
  const layout: LengthFieldLayout = { type, offset, adjust, strip };
  return {
    spec: specText(type, {
      includes,
      adjust: added === 0 ? undefined : added,
      offset: offset === 0 ? undefined : offset,
      strip: strip === headerLength ? undefined : strip,
    }),
    maxOverhead: Math.max(headerLength, strip),
    canSkip: true,
    maxPayload: maxInteger(type) + adjust + headerLength - strip,
    minPayload: Math.max(0, adjust + headerLength - strip, headerLength - strip),
    createDecoder: (options) => new LengthFieldDecoder(layout, options),
    createEncoder: (options) => new LengthFieldEncoder(layout, options),
  };
}
