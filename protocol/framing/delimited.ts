import { FrameTooLargeError, UnencodableFrameError } from "./errors.ts";
import { DelimiterAutomaton } from "./delimiter_automaton.ts";
import type { FrameBatch } from "./frame_batch.ts";
import { FrameDecoder, type FrameDecoderOptions } from "./frame_decoder.ts";
import { FrameEncoder, type FrameEncoderOptions } from "./frame_encoder.ts";
import type { Framing } from "./framing.ts";
import type { FramingFamily } from "./framings.ts";
import { hexText } from "./hex.ts";
import { type Spec, specText } from "./spec.ts";

/** What a delimiter framing is made of. */
export interface DelimiterLayout {
  /** Byte sequences that end a frame; the first one is what the encoder writes. */
  readonly delimiters: readonly Uint8Array[];
  /** Finds them. */
  readonly automaton: DelimiterAutomaton;
  /** What becomes of a last frame without a delimiter: an error, or a frame marked `unterminated`. */
  readonly tail: "error" | "frame";
}

/** How far a search goes byte by byte before it asks the engine's `indexOf`, which costs a call. */
const NEAR = 24;

/**
 * Decodes frames that end with a delimiter. Of several delimiters the one that ends first wins, of those that end
 * together the longest; a delimiter that is the beginning of a longer one (CR of CR LF) ends the frame at once, and
 * the rest of the longer one is swallowed when it follows. No byte is searched twice.
 */
export class DelimitedDecoder extends FrameDecoder {
  readonly #layout: DelimiterLayout;
  /** The delimiter if it is a single byte, else -1. */
  readonly #single: number;
  /** Bytes of the current frame already searched, and the automaton's state behind them. */
  #seen = 0;
  #state = 0;
  /** Node of the delimiter just found, as long as a longer one may go on from there; else 0. */
  #longer = 0;
  /** Whether the bytes behind that delimiter may still turn out to be part of it. */
  #undecided = false;

  /** Makes a decoder for `layout`. */
  constructor(layout: DelimiterLayout, options?: FrameDecoderOptions) {
    super(options);
    this.#layout = layout;
    const [first] = layout.delimiters;
    this.#single = layout.delimiters.length === 1 && first?.length === 1 ? first[0] as number : -1;
  }

  protected override scan(b: Uint8Array, from: number, to: number, batch: FrameBatch): number {
    const searched = from + this.#seen;
    const s = this.#single >= 0
      ? this.#scanSingle(b, from, to, batch)
      : this.#scanAny(b, from, to, batch);
    this.examined += Math.max(0, s + this.#seen - searched);
    if (this.#layout.delimiters.length === 1 && batch.count > 0) {
      batch.wireStart = batch.start(0);
      batch.wireEnd = batch.end(batch.count - 1) +
        (this.#layout.delimiters[0] as Uint8Array).length;
    }
    return s;
  }

  #scanSingle(b: Uint8Array, from: number, to: number, batch: FrameBatch): number {
    const delimiter = this.#single, bounds = batch.bounds, room = bounds.length;
    let s = from, at = 0, k = s + this.#seen;
    this.need = 0;
    while (at < room) {
      let found = -1;
      const near = k + NEAR < to ? k + NEAR : to;
      for (; k < near; k++) {
        if (b[k] === delimiter) {
          found = k;
          break;
        }
      }
      if (found < 0 && k < to) found = indexOf(b, delimiter, k, to);
      const end = found < 0 ? to : found;
      if (this.discarding) {
        if (found >= 0) this.discarding = false;
        s = k = found < 0 ? to : found + 1;
      } else if (end - s > this.maxLength) {
        if (at > 0) {
          k = s;
          break;
        }
        this.#tooLarge(s - from);
        k = s;
        continue;
      } else if (found >= 0) {
        bounds[at] = s;
        bounds[at + 1] = found;
        at += 2;
        s = k = found + 1;
      } else {
        k = to;
      }
      if (found < 0) {
        this.need = to - s + 1;
        break;
      }
    }
    this.#seen = k - s;
    batch.count = at >> 1;
    return s;
  }

  #scanAny(b: Uint8Array, from: number, to: number, batch: FrameBatch): number {
    const { next, matched, depth } = this.#layout.automaton;
    let s = this.#swallow(b, from, to);
    if (this.#undecided) return s;
    let state = this.#state, k = s + this.#seen;
    const room = batch.bounds.length >> 1;
    this.need = 0;
    while (batch.count < room) {
      let length = 0;
      for (; k < to; k++) {
        state = next[state * 256 + (b[k] as number)] as number;
        if (matched[state] !== 0) {
          length = matched[state] as number;
          k++;
          break;
        }
      }
      // Bytes that surely belong to the payload: all but those that may be the beginning of a delimiter.
      const sure = k - s - (length > 0 ? length : depth[state] as number);
      if (!this.discarding && sure > this.maxLength) {
        if (batch.count > 0) {
          k = s;
          state = 0;
          break;
        }
        this.#tooLarge(s - from);
      }
      if (length === 0) {
        if (this.discarding) s = k;
        this.need = to - s + 1;
        break;
      }
      if (this.discarding) this.discarding = false;
      else batch.add(s, k - length);
      this.#longer = this.#layout.automaton.longerFrom(state);
      state = 0;
      this.#seen = 0;
      s = k = this.#swallow(b, k, to);
      if (this.#undecided) break;
    }
    this.#state = state;
    this.#seen = k - s;
    return s;
  }

  /**
   * Swallows what makes a found delimiter a longer one and returns where the frame starts. While that cannot be told
   * it sets `#undecided` and `need`.
   */
  #swallow(b: Uint8Array, from: number, to: number): number {
    const { automaton } = this.#layout;
    let s = from, node = this.#longer;
    this.#undecided = false;
    for (let k = from; node !== 0; k++) {
      if (k === to) {
        this.#undecided = k > s;
        this.need = to - s + 1;
        return s;
      }
      node = automaton.child(node, b[k] as number);
      if (node !== 0 && automaton.ends(node)) {
        s = k + 1;
        this.#longer = automaton.grows(node) ? node : 0;
        node = this.#longer;
      }
    }
    this.#longer = 0;
    return s;
  }

  #tooLarge(ahead: number): void {
    const error = new FrameTooLargeError(this.maxLength, this.maxLength + 1, this.place(ahead));
    if (this.overLimit === "close") throw error;
    this.skipped(error);
    this.discarding = true;
  }

  protected override finish(b: Uint8Array, from: number, to: number, batch: FrameBatch): void {
    if (this.#layout.tail === "error") return super.finish(b, from, to, batch);
    if (this.discarding || to === from) return;
    batch.buffer = b;
    batch.add(from, to);
    batch.unterminated = true;
  }

  protected override blank(options: FrameDecoderOptions): DelimitedDecoder {
    return new DelimitedDecoder(this.#layout, options);
  }

  protected override adopt(other: DelimitedDecoder): void {
    this.#seen = other.#seen;
    this.#state = other.#state;
    this.#longer = other.#longer;
  }

  protected override memory(): string {
    return `${this.#seen},${this.#state},${this.#longer}`;
  }
}

/** `indexOf` that never looks behind `to`, where a reused buffer holds old bytes. */
function indexOf(b: Uint8Array, byte: number, from: number, to: number): number {
  if (to === b.length) return b.indexOf(byte, from);
  const found = b.subarray(from, to).indexOf(byte);
  return found < 0 ? -1 : from + found;
}

/** Encodes frames that end with a delimiter; refuses a payload with a delimiter in it. */
export class DelimitedEncoder extends FrameEncoder {
  readonly #automaton: DelimiterAutomaton;
  readonly #delimiter: Uint8Array;

  /** Makes an encoder for `layout`. */
  constructor(layout: DelimiterLayout, options?: FrameEncoderOptions) {
    super(options);
    this.#automaton = layout.automaton;
    this.#delimiter = layout.delimiters[0] ?? new Uint8Array(0);
  }

  override encodedLength(payload: Uint8Array): number {
    this.checkLength(payload);
    // Decode in mind: the first delimiter found must be the one written behind the payload, and no longer one.
    const state = this.#automaton.run(payload, 0);
    const end = state < 0 ? -1 : this.#automaton.run(this.#delimiter, state);
    if (end < 0 || this.#automaton.matched[end] !== this.#delimiter.length) {
      throw new UnencodableFrameError(
        "Cannot encode: the payload contains a delimiter, or makes one with the delimiter behind it",
        0,
      );
    }
    return payload.length + this.#delimiter.length;
  }

  override encodeInto(payload: Uint8Array, target: Uint8Array, at: number): number {
    target.set(payload, at);
    target.set(this.#delimiter, at + payload.length);
    return at + payload.length + this.#delimiter.length;
  }

  override encodeParts(payload: Uint8Array): Uint8Array[] {
    this.encodedLength(payload);
    return [payload, this.#delimiter];
  }
}

/** `delim:0d0a`, `delim:0d0a,0a?tail=frame`. */
export const DELIM_FRAMING: FramingFamily = {
  name: "delim",
  form: "delim:HEX[,HEX…]",
  wire: "payload, delimiter",
  parse(spec) {
    spec.expectArgs(1, "delim:HEX[,HEX…]");
    const delimiters = (spec.args[0] ?? "").split(",").map((part) => spec.toBytes(part));
    if (delimiters.reduce((sum, one) => sum + one.length, 0) > 255) {
      throw spec.error(spec.args[0] ?? "", "has over 255 bytes of delimiters");
    }
    const head = `delim:${delimiters.map(hexText).join(",")}`;
    return delimited(spec, head, {}, delimiters);
  },
};

/** `line`, `line?strip=cr`, `line?tail=frame`. */
export const LINE_FRAMING: FramingFamily = {
  name: "line",
  form: "line[?strip=cr]",
  wire: "payload, LF (or CR LF)",
  parse(spec) {
    spec.expectArgs(0, "line");
    const strip = spec.choice("strip", ["cr"]);
    const LF = Uint8Array.of(0x0a), CRLF = Uint8Array.of(0x0d, 0x0a);
    return delimited(spec, "line", { strip }, strip === undefined ? [LF] : [LF, CRLF]);
  },
};

function delimited(
  spec: Spec,
  head: string,
  options: Record<string, string | undefined>,
  delimiters: readonly Uint8Array[],
): Framing {
  const automaton = new DelimiterAutomaton(delimiters);
  const [first = new Uint8Array(0)] = delimiters;
  if (!automaton.isUnmistakable(first)) {
    throw spec.error(
      hexText(first),
      "is written by the encoder, so no other delimiter may begin with it or end inside it",
    );
  }
  const tail = spec.choice("tail", ["frame", "error"]) ?? "error";
  const layout: DelimiterLayout = { delimiters, automaton, tail };
  return {
    spec: specText(head, { ...options, tail: tail === "error" ? undefined : tail }),
    maxOverhead: Math.max(...delimiters.map((delimiter) => delimiter.length)),
    canSkip: true,
    maxPayload: Infinity,
    minPayload: 0,
    createDecoder: (options) => new DelimitedDecoder(layout, options),
    createEncoder: (options) => new DelimitedEncoder(layout, options),
  };
}
