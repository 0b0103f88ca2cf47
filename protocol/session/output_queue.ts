import type { FrameEncoder } from "../framing/mod.ts";

/** Sizes of output buffers in bytes: for a lone small frame, and for many joined ones. */
const SMALL = 4096, LARGE = 262_144;
/** Most large buffers kept for reuse by all connections of the process. */
const MAX_SPARE = 16;
/** From this many payload bytes on, a write of its own is cheaper than a copy. */
const BORROW = 131_072;

/** Bytes to write: `bytes[start, end)`. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly start: number;
  end: number;
  /** Whether it is our buffer, to fill further and to use again, or somebody's memory to leave alone. */
  readonly ours: boolean;
}

const spares: Uint8Array[] = [];

/**
 * Bytes waiting to be written, joined into as few writes as possible: small frames are encoded one behind the other, wire
 * bytes that lie side by side become one piece, large payloads stay where they are.
 *
 * ```
 * frame frame frame PAYLOAD frame wire wire
 * |     ours      |borrowed| ours|borrowed |   = 4 writes
 * ```
 */
export class OutputQueue {
  readonly #encoder: FrameEncoder;
  #pieces: Piece[] = [];

  constructor(encoder: FrameEncoder) {
    this.#encoder = encoder;
  }

  /**
   * Queues the frame of `payload`, returns its length on the wire.
   *
   * @throws {FramingError} if the framing cannot carry the payload; nothing is queued then.
   */
  addFrame(payload: Uint8Array): number {
    if (payload.length >= BORROW) {
      let length = 0;
      for (const part of this.#encoder.encodeParts(payload)) {
        length += part.length;
        if (part.length >= BORROW) this.addBorrowed(part, 0, part.length);
        else this.#addCopy(part);
      }
      return length;
    }
    const length = this.#encoder.encodedLength(payload);
    const piece = this.#room(length);
    piece.end = this.#encoder.encodeInto(payload, piece.bytes, piece.end);
    return length;
  }

  /** Whether {@linkcode OutputQueue.addFrame} leaves such a payload where it is until it is written. */
  borrows(payload: Uint8Array): boolean {
    return payload.length >= BORROW;
  }

  /** Queues `bytes[start, end)` as they are; they must not change until they are written. */
  addBorrowed(bytes: Uint8Array, start: number, end: number): void {
    const last = this.#pieces.at(-1);
    if (last !== undefined && !last.ours && last.bytes === bytes && last.end === start) {
      last.end = end;
    } else this.#pieces.push({ bytes, start, end, ours: false });
  }

  /** Takes out what to write next. */
  take(): Piece | undefined {
    return this.#pieces.shift();
  }

  /** Takes back a piece that was written. */
  recycle(piece: Piece): void {
    if (piece.ours && piece.bytes.length === LARGE && spares.length < MAX_SPARE) {
      spares.push(piece.bytes);
    }
  }

  /** Drops everything. */
  clear(): void {
    this.#pieces = [];
  }

  #addCopy(bytes: Uint8Array): void {
    const piece = this.#room(bytes.length);
    piece.bytes.set(bytes, piece.end);
    piece.end += bytes.length;
  }

  /** The last piece if it is ours and has `length` bytes of room, or a fresh one. */
  #room(length: number): Piece {
    const last = this.#pieces.at(-1);
    if (last?.ours && last.bytes.length - last.end >= length) return last;
    const size = length <= SMALL && last === undefined ? SMALL : Math.max(LARGE, length);
    const bytes = size === LARGE && spares.pop() || new Uint8Array(size);
    const piece = { bytes, start: 0, end: 0, ours: true };
    this.#pieces.push(piece);
    return piece;
  }
}
