import { FrameTooLargeError, MalformedFrameError, UnencodableFrameError } from "./errors.ts";
import { DelimiterAutomaton } from "./delimiter_automaton.ts";
import type { FrameBatch } from "./frame_batch.ts";
import { FrameDecoder, type FrameDecoderOptions } from "./frame_decoder.ts";
import { FrameEncoder, type FrameEncoderOptions } from "./frame_encoder.ts";
import type { FramingFamily } from "./framings.ts";
import { hexText } from "./hex.ts";

/** Index of the end marker among the automaton's patterns. */
const END = 1;

/**
 * What a marker framing is made of.
 *
 * ```
 *  | start marker | payload without a marker in it | end marker |
 * ```
 */
export interface MarkerLayout {
  /** Bytes in front of every payload. */
  readonly start: Uint8Array;
  /** Bytes behind every payload. */
  readonly end: Uint8Array;
  /** Finds either of them in a payload: the start marker is pattern 0, the end marker 1. */
  readonly automaton: DelimiterAutomaton;
}

/** Decodes payloads between a start and an end marker. A start marker inside a payload is an error. */
export class MarkedDecoder extends FrameDecoder {
  readonly #layout: MarkerLayout;
  /** Bytes of the current frame already looked at, and the automaton's state behind them. */
  #seen = 0;
  #state = 0;

  /** Makes a decoder for `layout`. */
  constructor(layout: MarkerLayout, options?: FrameDecoderOptions) {
    super(options);
    this.#layout = layout;
  }

  protected override scan(b: Uint8Array, from: number, to: number, batch: FrameBatch): number {
    const { start, automaton } = this.#layout;
    const { next, matched, pattern, depth } = automaton;
    const room = batch.bounds.length >> 1;
    let s = from, first = from, k = from + this.#seen, state = this.#state;
    this.need = 0;
    frames: while (batch.count < room) {
      if (!this.discarding) {
        for (; k < to && k - s < start.length; k++) {
          if (b[k] === start[k - s]) continue;
          if (batch.count > 0) break frames;
          throw new MalformedFrameError(
            `Byte ${hexText(b.subarray(k, k + 1))} where start marker ${
              hexText(start)
            } was expected`,
            this.place(k - from),
          );
        }
        if (k - s < start.length) {
          this.need = start.length;
          break;
        }
      }
      let length = 0;
      const searched = k;
      while (k < to && length === 0) {
        state = next[state * 256 + (b[k++] as number)] as number;
        length = matched[state] as number;
      }
      this.examined += k - searched;
      const stop = k - (length > 0 ? length : depth[state] as number);
      if (!this.discarding) {
        const isStart = length > 0 && pattern[state] !== END;
        const isTooLarge = stop - s - start.length > this.maxLength;
        if (isTooLarge || isStart) {
          if (batch.count > 0) break;
          const place = this.place(s - from);
          // That the payload is too large was known before its last marker came, or could have been (law L1).
          if (!isTooLarge) throw new MalformedFrameError("Start marker inside a payload", place);
          const error = new FrameTooLargeError(this.maxLength, this.maxLength + 1, place);
          if (this.overLimit === "close") throw error;
          this.skipped(error);
          this.discarding = true;
        }
      }
      if (this.discarding) {
        first = s = k;
        if (length > 0 && pattern[state] === END) this.discarding = false;
        else if (length === 0) {
          this.need = 1;
          break;
        }
      } else if (length > 0) {
        batch.add(s + start.length, stop);
        s = k;
      } else {
        this.need = to - s + 1;
        break;
      }
      state = 0;
    }
    // A frame that is left for the next scan is looked at again from its start.
    const again = this.need === 0;
    this.#seen = again ? 0 : k - s;
    this.#state = again ? 0 : state;
    batch.wireStart = first;
    batch.wireEnd = s;
    return s;
  }

  protected override get inBody(): boolean {
    return this.#seen >= this.#layout.start.length;
  }

  protected override blank(options: FrameDecoderOptions): MarkedDecoder {
    return new MarkedDecoder(this.#layout, options);
  }

  protected override adopt(other: MarkedDecoder): void {
    this.#seen = other.#seen;
    this.#state = other.#state;
  }

  protected override memory(): string {
    return `${this.#seen},${this.#state}`;
  }
}

/** Encodes payloads between markers; refuses a payload with a marker in it. */
export class MarkedEncoder extends FrameEncoder {
  readonly #layout: MarkerLayout;

  /** Makes an encoder for `layout`. */
  constructor(layout: MarkerLayout, options?: FrameEncoderOptions) {
    super(options);
    this.#layout = layout;
  }

  override encodedLength(payload: Uint8Array): number {
    this.checkLength(payload);
    const { start, end, automaton } = this.#layout;
    const state = automaton.run(payload, 0);
    const last = state < 0 ? -1 : automaton.run(end, state);
    if (last < 0 || automaton.matched[last] !== end.length) {
      throw new UnencodableFrameError("Cannot encode: the payload contains a marker", 0);
    }
    return start.length + payload.length + end.length;
  }

  override encodeInto(payload: Uint8Array, target: Uint8Array, at: number): number {
    const { start, end } = this.#layout;
    const body = at + start.length, stop = body + payload.length;
    target.set(start, at);
    target.set(payload, body);
    target.set(end, stop);
    return stop + end.length;
  }

  override encodeParts(payload: Uint8Array): Uint8Array[] {
    this.encodedLength(payload);
    return [this.#layout.start, payload, this.#layout.end];
  }
}

/** `marked:02:03`. */
export const MARKED_FRAMING: FramingFamily = {
  name: "marked",
  form: "marked:HEX:HEX",
  wire: "start marker, payload, end marker",
  parse(spec) {
    spec.expectArgs(2, "marked:HEX:HEX");
    const [start, end] = spec.args.map((arg) => spec.toBytes(arg)) as [Uint8Array, Uint8Array];
    if (start.length + end.length > 255) throw spec.error(spec.args.join(":"), "is over 255 bytes");
    const automaton = new DelimiterAutomaton([start, end]);
    if (!automaton.isUnmistakable(end)) {
      throw spec.error(hexText(end), "cannot be told from the start marker");
    }
    const layout: MarkerLayout = { start, end, automaton };
    return {
      spec: `marked:${hexText(start)}:${hexText(end)}`,
      maxOverhead: start.length + end.length,
      canSkip: true,
      maxPayload: Infinity,
      minPayload: 0,
      createDecoder: (options) => new MarkedDecoder(layout, options),
      createEncoder: (options) => new MarkedEncoder(layout, options),
    };
  },
};
