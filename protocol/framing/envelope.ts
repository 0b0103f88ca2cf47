import {
  DecoderClosedError,
  FrameTooLargeError,
  FramingError,
  type FramingErrorPlace,
  MalformedFrameError,
  TruncatedFrameError,
  UnencodableFrameError,
} from "./errors.ts";
import type { FrameDecoderOptions } from "./frame_decoder.ts";
import { FrameEncoder, type FrameEncoderOptions } from "./frame_encoder.ts";
import type { FramingFamily } from "./framings.ts";
import { HeaderedDecoder, INCOMPLETE } from "./headered.ts";
import {
  INTEGER_TYPES,
  type IntegerType,
  isIntegerType,
  maxInteger,
  readInteger,
  writeInteger,
} from "./integer.ts";
import { MAX_HEADER_LENGTH } from "./limits.ts";
import { Spec, specText } from "./spec.ts";

/** A value that JSON can say. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** The JSON object in front of an envelope's body. */
export interface EnvelopeHeader {
  /** The body's length in bytes stands under the framing's size name (`size`); a missing one means no body. */
  readonly [name: string]: JsonValue;
}

/**
 * How an envelope is laid out.
 *
 * ```
 *  | length (type) | JSON header (length bytes), {"size": N, …} | body (N bytes) |
 * ```
 */
export interface EnvelopeLayout {
  /** Integer type of the header's length. */
  readonly type: IntegerType;
  /** Name of the header field that tells the body's length. */
  readonly size: string;
}

/** What an {@linkcode EnvelopeDecoder} finds, in stream order. */
export type EnvelopeEvent =
  | {
    readonly type: "header";
    readonly header: EnvelopeHeader;
    /** Bytes of the body. */
    readonly size: number;
    /** Bytes of the JSON text of the header. */
    readonly headerLength: number;
  }
  | { readonly type: "body"; readonly bytes: Uint8Array }
  | { readonly type: "end" };

/** Options of an {@linkcode EnvelopeDecoder}. */
export interface EnvelopeDecoderOptions {
  /**
   * Most bytes of one body.
   *
   * @default {9007199254740991} (2^53 − 1: bodies are streamed, not kept)
   */
  readonly maxBodyLength?: number;
}

/** An envelope framing whose bodies are streamed, so that they can be larger than memory. */
export interface Envelope {
  /** The canonical spec string. */
  readonly spec: string;
  /** Makes a streaming decoder. */
  createDecoder(options?: EnvelopeDecoderOptions): EnvelopeDecoder;
  /**
   * The wire form of a header; write the body's bytes behind it.
   *
   * @throws {UnencodableFrameError} if the header is over 64 KiB or its size field is not a length.
   */
  encodeHeader(header: EnvelopeHeader): Uint8Array;
}

/**
 * The streaming form of a `json+…` framing.
 *
 * @example
 * ```ts
 * import { envelope } from "@nonstick/nonstick/framing";
 *
 * const files = envelope("json+u32be");
 * const decoder = files.createDecoder();
 * for (const event of decoder.push(files.encodeHeader({ name: "a.txt", size: 2 }))) console.log(event.type); // header
 * for (const event of decoder.push(new TextEncoder().encode("hi"))) console.log(event.type); // body, end
 * ```
 *
 * @throws {FramingSpecError} if the spec is not a `json+…` framing.
 */
export function envelope(spec: string): Envelope {
  const parsed = new Spec(spec);
  const layout = parseLayout(parsed);
  parsed.finish();
  return {
    spec: layoutSpec(layout),
    createDecoder: (options) => new EnvelopeDecoder(layout, options),
    encodeHeader: (header) => encodeHeader(layout, header),
  };
}

/** Takes envelopes apart without keeping their bodies: pieces are handed on as they come. */
export class EnvelopeDecoder {
  readonly #layout: EnvelopeLayout;
  readonly #maxBodyLength: number;
  /** Bytes of an incomplete header; grows with what comes. */
  #head = new Uint8Array(64);
  #have = 0;
  /** Bytes of the body still to come, or -1 while in the header. */
  #left = -1;
  #position = 0;
  #start = 0;
  #envelopes = 0;
  #failure: FramingError | null = null;
  #ended = false;

  /** Makes a decoder for `layout`. */
  constructor(layout: EnvelopeLayout, options: EnvelopeDecoderOptions = {}) {
    this.#layout = layout;
    this.#maxBodyLength = options.maxBodyLength ?? Number.MAX_SAFE_INTEGER;
  }

  /** Envelopes that are complete. */
  get envelopeCount(): number {
    return this.#envelopes;
  }

  /** Bytes that have come of an envelope that is not complete; 0 between two of them. */
  get unfinishedLength(): number {
    return this.#position - this.#start + this.#have;
  }

  /**
   * Feeds one chunk and yields what it completes. Body bytes are views of the chunk. Run the iteration to its end
   * before the next push.
   *
   * @throws {FramingError} if the bytes break the framing; the same error on every later call.
   */
  *push(chunk: Uint8Array): Generator<EnvelopeEvent, void, void> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#ended) throw new DecoderClosedError(this.#place());
    let at = 0;
    while (at < chunk.length) {
      if (this.#left < 0) {
        at += this.#take(chunk, at);
        const event = this.#header();
        if (event === null) continue;
        yield event;
      } else {
        const bytes = chunk.subarray(at, at + this.#left);
        at += bytes.length;
        this.#position += bytes.length;
        this.#left -= bytes.length;
        yield { type: "body", bytes };
      }
      if (this.#left === 0) {
        this.#left = -1;
        this.#start = this.#position;
        this.#envelopes++;
        yield { type: "end" };
      }
    }
  }

  /**
   * Says that no more bytes will come.
   *
   * @throws {TruncatedFrameError} if the stream ends inside an envelope.
   */
  end(): void {
    if (this.#failure !== null) throw this.#failure;
    this.#ended = true;
    if (this.#left > 0 || this.#have > 0) {
      const need = this.#left > 0 ? this.#left : this.#need();
      this.#failure = new TruncatedFrameError(
        this.#left > 0 ? 0 : this.#have,
        need,
        this.#place(),
      );
      throw this.#failure;
    }
  }

  /** Bytes the header in work needs, as far as known. */
  #need(): number {
    const { width } = INTEGER_TYPES[this.#layout.type];
    if (this.#have < width) return width;
    try {
      return width + headerLength(this.#layout, this.#head, 0, this.#place());
    } catch (error) {
      throw this.#fail(error);
    }
  }

  #take(chunk: Uint8Array, at: number): number {
    const count = Math.min(this.#need() - this.#have, chunk.length - at);
    if (this.#have + count > this.#head.length) {
      const grown = new Uint8Array(2 * (this.#have + count));
      grown.set(this.#head.subarray(0, this.#have));
      this.#head = grown;
    }
    this.#head.set(chunk.subarray(at, at + count), this.#have);
    this.#have += count;
    return count;
  }

  #header(): EnvelopeEvent | null {
    const need = this.#need();
    const { width } = INTEGER_TYPES[this.#layout.type];
    if (this.#have < width || this.#have < need) return null;
    try {
      const place = this.#place();
      const header = parseHeader(this.#head.subarray(width, need), place);
      const size = bodySize(this.#layout, header, place);
      if (size > this.#maxBodyLength) {
        throw new FrameTooLargeError(this.#maxBodyLength, size, place);
      }
      this.#position += need;
      this.#have = 0;
      this.#left = size;
      return { type: "header", header, size, headerLength: need - width };
    } catch (error) {
      throw this.#fail(error);
    }
  }

  #place(): FramingErrorPlace {
    return { offset: this.#position, frameIndex: this.#envelopes };
  }

  #fail(error: unknown): unknown {
    if (error instanceof FramingError) this.#failure = error;
    return error;
  }
}

/** Decodes envelopes as frames: the payload is the body, which is kept whole and counts against the limit. */
export class EnvelopeFrameDecoder extends HeaderedDecoder {
  protected override readonly canonical = false;
  readonly #layout: EnvelopeLayout;

  /** Makes a decoder for `layout`. */
  constructor(layout: EnvelopeLayout, options?: FrameDecoderOptions) {
    super(options);
    this.#layout = layout;
  }

  protected override readHeader(b: Uint8Array, from: number, to: number): number {
    const { width } = INTEGER_TYPES[this.#layout.type];
    this.need = width;
    if (to - from < width) return INCOMPLETE;
    const place = this.place(this.ahead);
    const length = headerLength(this.#layout, b, from, place);
    this.need = width + length;
    if (to - from < this.need) return INCOMPLETE;
    const header = parseHeader(b.subarray(from + width, from + this.need), place);
    this.body = bodySize(this.#layout, header, place);
    return width + length;
  }

  protected override blank(options: FrameDecoderOptions): EnvelopeFrameDecoder {
    return new EnvelopeFrameDecoder(this.#layout, options);
  }
}

/** Encodes payloads as envelopes whose header says nothing but the size. */
export class EnvelopeFrameEncoder extends FrameEncoder {
  readonly #layout: EnvelopeLayout;

  /** Makes an encoder for `layout`. */
  constructor(layout: EnvelopeLayout, options?: FrameEncoderOptions) {
    super(options);
    this.#layout = layout;
  }

  override encodedLength(payload: Uint8Array): number {
    this.checkLength(payload);
    return this.#head(payload).length + payload.length;
  }

  override encodeInto(payload: Uint8Array, target: Uint8Array, at: number): number {
    const head = this.#head(payload);
    target.set(head, at);
    target.set(payload, at + head.length);
    return at + head.length + payload.length;
  }

  override encodeParts(payload: Uint8Array): Uint8Array[] {
    this.checkLength(payload);
    return [this.#head(payload), payload];
  }

  #head(payload: Uint8Array): Uint8Array {
    return encodeHeader(this.#layout, { [this.#layout.size]: payload.length });
  }
}

function headerLength(
  layout: EnvelopeLayout,
  b: Uint8Array,
  at: number,
  place: FramingErrorPlace,
): number {
  const length = readInteger(b, at, layout.type);
  if (length > MAX_HEADER_LENGTH) {
    throw new FrameTooLargeError(MAX_HEADER_LENGTH, length, place);
  }
  if (length < 2) {
    throw new MalformedFrameError(`A header of ${length} bytes is not a JSON object`, place);
  }
  return Number(length);
}

function parseHeader(bytes: Uint8Array, place: FramingErrorPlace): EnvelopeHeader {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new MalformedFrameError("The header is not JSON in UTF-8", place);
  }
  if (!isHeader(value)) throw new MalformedFrameError("The header is not a JSON object", place);
  return value;
}

function isHeader(value: unknown): value is EnvelopeHeader {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function bodySize(
  layout: EnvelopeLayout,
  header: EnvelopeHeader,
  place: FramingErrorPlace,
): number {
  const size = Object.hasOwn(header, layout.size) ? header[layout.size] : 0;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw new MalformedFrameError(`"${layout.size}" in the header is not a length in bytes`, place);
  }
  return size;
}

function encodeHeader(layout: EnvelopeLayout, header: EnvelopeHeader): Uint8Array {
  const size = header[layout.size] ?? 0;
  const json = new TextEncoder().encode(JSON.stringify(header));
  const most = Math.min(MAX_HEADER_LENGTH, maxInteger(layout.type));
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw new UnencodableFrameError(`Cannot encode: "${layout.size}" is not a length in bytes`, 0);
  }
  if (json.length > most) {
    throw new UnencodableFrameError(
      `Cannot encode a header of ${json.length} bytes: ${most} fit`,
      0,
    );
  }
  const { width } = INTEGER_TYPES[layout.type];
  const wire = new Uint8Array(width + json.length);
  writeInteger(wire, 0, layout.type, json.length);
  wire.set(json, width);
  return wire;
}

const FORM = "json+TYPE[?size=NAME]";

function parseLayout(spec: Spec): EnvelopeLayout {
  spec.expectArgs(0, FORM);
  const [json, type = "", ...more] = spec.name.split("+");
  if (json !== "json" || !isIntegerType(type) || more.length > 0) {
    throw spec.error(
      spec.name,
      `must be json+ and one of ${Object.keys(INTEGER_TYPES).join(", ")}`,
    );
  }
  const size = spec.option("size") ?? "size";
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(size)) {
    throw spec.error(`size=${size}`, "must be a name of letters, digits, _ and -");
  }
  return { type, size };
}

function layoutSpec(layout: EnvelopeLayout): string {
  return specText(`json+${layout.type}`, {
    size: layout.size === "size" ? undefined : layout.size,
  });
}

/** `json+u32be`, `json+i32le?size=filesize`, … */
export const ENVELOPE_FRAMINGS: readonly FramingFamily[] = Object.keys(INTEGER_TYPES)
  .map((type) => ({
    name: `json+${type}`,
    form: `json+${type}`,
    wire: `${type} length, JSON header, payload of header.size bytes`,
    parse(spec) {
      const layout = parseLayout(spec);
      return {
        spec: layoutSpec(layout),
        maxOverhead: INTEGER_TYPES[layout.type].width + MAX_HEADER_LENGTH,
        canSkip: true,
        maxPayload: Infinity,
        minPayload: 0,
        createDecoder: (options) => new EnvelopeFrameDecoder(layout, options),
        createEncoder: (options) => new EnvelopeFrameEncoder(layout, options),
      };
    },
  }));
