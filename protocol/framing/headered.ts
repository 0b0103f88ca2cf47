import { FrameTooLargeError, FramingError } from "./errors.ts";
import type { FrameBatch } from "./frame_batch.ts";
import { FrameDecoder, type FrameDecoderOptions } from "./frame_decoder.ts";

/** Returned by {@linkcode HeaderedDecoder.readHeader} when the header is not complete. */
export const INCOMPLETE = -1;

/**
 * Base of decoders whose frames announce their length in a header of any form.
 *
 * ```
 *  | header (readHeader tells its length, `body` and `tail`) | payload (body bytes) | tail bytes (checkTail) |
 * ```
 */
export abstract class HeaderedDecoder extends FrameDecoder {
  /** Payload bytes that the header announces. Set by `readHeader`. */
  protected body = 0;
  /** Bytes behind the payload that belong to the frame. Set by `readHeader`. */
  protected tail = 0;
  /** Whether decoding and encoding again gives the same bytes, so that frames can be forwarded untouched. */
  protected readonly canonical: boolean = true;
  /** Bytes from the start of the scan to the frame in work, for the place of errors. */
  protected ahead = 0;
  /** Wire length of the torn frame whose header was accepted, or 0; its header's length. */
  #torn = 0;
  #headerLength = 0;
  #drop = 0;

  /** Checks the options. */
  constructor(options?: FrameDecoderOptions) {
    super(options);
  }

  /**
   * Reads the header at `from`, sets `body` (and `tail`), and returns the header's length; or sets `need` and returns
   * {@linkcode INCOMPLETE}. Throws a {@linkcode FramingError} for bytes that cannot be a header; it may then be asked
   * to read the same header again.
   */
  protected abstract readHeader(bytes: Uint8Array, from: number, to: number): number;

  /** Forgets what `readHeader` remembers of an incomplete header. */
  protected restartHeader(): void {}

  /** Checks the bytes behind the payload. */
  protected checkTail(_bytes: Uint8Array, _at: number): void {}

  protected override scan(b: Uint8Array, from: number, to: number, batch: FrameBatch): number {
    let s = this.#dropSome(from, to);
    if (this.discarding) return s;
    let first = s;
    try {
      while (this.#torn > 0 || s < to) {
        this.ahead = s - from;
        if (this.#torn === 0) {
          const headerLength = this.readHeader(b, s, to);
          if (headerLength === INCOMPLETE) break;
          this.examined += headerLength;
          this.restartHeader();
          if (this.body > this.maxLength) {
            const error = new FrameTooLargeError(
              this.maxLength,
              this.body,
              this.place(this.ahead),
            );
            if (this.overLimit === "close" || batch.count > 0) throw error;
            this.skipped(error);
            this.#drop = headerLength + this.body + this.tail;
            s = first = this.#dropSome(s, to);
            if (this.discarding) return s;
            continue;
          }
          this.#headerLength = headerLength;
          this.#torn = headerLength + this.body + this.tail;
        }
        if (to - s < this.#torn) {
          this.need = this.#torn;
          break;
        }
        const start = s + this.#headerLength, end = start + this.body;
        this.checkTail(b, end);
        if (!batch.add(start, end)) {
          this.need = 0;
          break;
        }
        s += this.#torn;
        this.#torn = 0;
        this.need = 1;
      }
    } catch (error) {
      // Frames before the bad byte go out first; the same header fails again at the next scan.
      if (batch.count === 0 || !(error instanceof FramingError)) throw error;
      this.#torn = 0;
      this.need = 0;
      this.restartHeader();
    }
    if (this.canonical) {
      batch.wireStart = first;
      batch.wireEnd = s;
    }
    return s;
  }

  /** Drops what is there of an over-long frame and returns where the next one starts. */
  #dropSome(from: number, to: number): number {
    const dropped = Math.min(this.#drop, to - from);
    this.#drop -= dropped;
    this.discarding = this.#drop > 0;
    if (dropped > 0) this.need = 1;
    return from + dropped;
  }

  protected override get inBody(): boolean {
    return this.#torn > 0;
  }

  protected override adopt(other: HeaderedDecoder): void {
    this.body = other.body;
    this.tail = other.tail;
    this.#torn = other.#torn;
    this.#headerLength = other.#headerLength;
    this.#drop = other.#drop;
  }

  protected override memory(): string {
    return `${this.#torn},${this.#torn > 0 ? this.body : 0},${this.#drop}`;
  }
}
