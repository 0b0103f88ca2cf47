import { FrameTooLargeError, MalformedFrameError, TruncatedFrameError } from "./errors.ts";
import type { FrameBatch } from "./frame_batch.ts";
import { FrameDecoder, type FrameDecoderOptions } from "./frame_decoder.ts";

/** What {@linkcode StuffedDecoder.classify} says of a byte that does not give a data byte. */
export const NOTHING = -1, END = -2, MALFORMED = -3;

/**
 * Base of decoders for byte-stuffed framings: an end marker that never occurs inside a frame, and payload bytes
 * rewritten so that this holds. Every byte of the input is taken at once; payloads are rebuilt in a buffer of the
 * decoder's own. Markers with nothing between them, which senders use to flush line noise, are passed over. With
 * `overLimit: "skip"` over-long and malformed frames are dropped, and decoding goes on behind the next end marker.
 */
export abstract class StuffedDecoder extends FrameDecoder {
  readonly #marker: number;
  /** Rebuilt payloads: those of the current batch, then the one in work at `#start`, `#length` bytes so far. */
  #out = new Uint8Array(0);
  #start = 0;
  #length = 0;
  /** Wire bytes of the frame in work. */
  #wire = 0;

  /** Makes a decoder for frames that end with the byte `marker`. */
  constructor(marker: number, options?: FrameDecoderOptions) {
    super(options);
    this.#marker = marker;
  }

  /**
   * What `byte` gives in the current state, which stays as it is: a data byte, {@linkcode NOTHING}, {@linkcode END}
   * or {@linkcode MALFORMED}.
   */
  protected abstract classify(byte: number): number;

  /** Moves the state over `byte`. */
  protected abstract accept(byte: number): void;

  /** Back to the state between frames. */
  protected abstract restart(): void;

  /** The bytes that gave the first part of a frame: `payload` so far, and the current state. */
  protected abstract stuff(payload: Uint8Array): Uint8Array;

  protected override scan(b: Uint8Array, from: number, to: number, batch: FrameBatch): number {
    this.#compact();
    let k = from;
    this.need = 0;
    for (; k < to; k++) {
      const byte = b[k] as number;
      if (this.discarding) {
        if (byte === this.#marker) this.#between();
        else this.#wire++;
        continue;
      }
      const data = this.classify(byte);
      if (data === END) {
        if (this.#wire > 0 && !batch.add(this.#start, this.#start + this.#length)) break;
        this.#start += this.#length;
        this.#between();
      } else if (data === MALFORMED || (data >= 0 && this.#length === this.maxLength)) {
        if (batch.count > 0) break;
        this.#refuse(data === MALFORMED, k - from);
        this.discarding = true;
        this.#length = 0;
        if (byte === this.#marker) this.#between();
        else this.#wire++;
      } else {
        if (data >= 0) this.#put(data);
        this.accept(byte);
        this.#wire++;
      }
    }
    this.examined += k - from;
    batch.buffer = this.#out;
    return k;
  }

  #between(): void {
    this.discarding = false;
    this.#wire = 0;
    this.#length = 0;
    this.restart();
  }

  /** Moves the payload in work to the front; those of the batch before are over. */
  #compact(): void {
    if (this.#start === 0) return;
    this.#out.copyWithin(0, this.#start, this.#start + this.#length);
    this.#start = 0;
    this.examined += this.#length;
  }

  #put(byte: number): void {
    const at = this.#start + this.#length;
    if (at === this.#out.length) {
      const grown = new Uint8Array(Math.max(64, 2 * at));
      grown.set(this.#out);
      this.#out = grown;
      this.examined += at;
    }
    this.#out[at] = byte;
    this.#length++;
  }

  #refuse(malformed: boolean, ahead: number): void {
    const error = malformed
      ? new MalformedFrameError("Byte stuffing is broken", this.place(ahead))
      : new FrameTooLargeError(this.maxLength, this.maxLength + 1, this.place(ahead - this.#wire));
    if (this.overLimit === "close") throw error;
    this.skipped(error);
  }

  protected override finish(): void {
    if (this.#wire === 0) return;
    throw new TruncatedFrameError(this.#wire, this.#wire + 1, this.place(-this.#wire));
  }

  protected override get inBody(): boolean {
    return this.#wire > 0;
  }

  protected override get heldLength(): number {
    return this.#length;
  }

  protected override heldWire(): Uint8Array {
    if (this.#wire === 0 || this.discarding) return new Uint8Array(0);
    return this.stuff(this.#out.subarray(this.#start, this.#start + this.#length));
  }

  protected override get heldCapacity(): number {
    return this.#out.length;
  }

  protected override adopt(other: StuffedDecoder): void {
    this.#out = other.#out.slice(other.#start, other.#start + other.#length);
    this.#start = 0;
    this.#length = other.#length;
    this.#wire = other.#wire;
  }

  protected override memory(): string {
    const held = this.#out.subarray(this.#start, this.#start + this.#length);
    return `${this.#wire},${Array.from(held).join(" ")}`;
  }
}
