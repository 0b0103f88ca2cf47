import { FrameSlab } from "./frame_slab.ts";

/** Room for frames of a fresh batch; it doubles with traffic, so that an idle connection stays cheap. */
const FIRST_CAPACITY = 8;
/** Most frames of one batch: their bounds (32 KiB) stay in the first-level cache. */
const MAX_CAPACITY = 4096;

const EMPTY = new Uint8Array(0);

/** One for the process: a slab for each decoder would hold a block for each idle connection. */
const SLAB = new FrameSlab();

/**
 * Frames decoded in one step: one buffer and pairs of offsets, no object per frame.
 *
 * A batch belongs to its decoder and is valid **until the next call on that decoder**, which reuses it. Keep
 * bytes longer with {@linkcode FrameBatch.copy}.
 *
 * @example
 * ```ts
 * import { framing } from "@nonstick/nonstick/framing";
 *
 * const decoder = framing("u8").createDecoder();
 * const chunk = Uint8Array.of(2, 104, 105, 1, 33);
 * let bytes = 0;
 * for (let batch = decoder.push(chunk); batch !== null; batch = decoder.next()) {
 *   for (let i = 0; i < batch.count; i++) bytes += batch.end(i) - batch.start(i);
 * }
 * console.log(bytes); // 3
 * ```
 */
export class FrameBatch implements Iterable<Uint8Array> {
  /** The bytes that all frames of this batch lie in. */
  buffer: Uint8Array = EMPTY;
  /** How many frames there are. */
  count = 0;
  /** Start and end of each payload in `buffer`: `[start0, end0, start1, end1, …]`. */
  bounds: Int32Array = new Int32Array(2 * FIRST_CAPACITY);
  /**
   * Start in `buffer` of the frames as they came on the wire, headers included, or -1 when the wire form is
   * not kept (escaped framings). With {@linkcode FrameBatch.wireEnd} it lets a relay forward frames untouched.
   */
  wireStart: number = -1;
  /** End in `buffer` of the frames as they came on the wire. */
  wireEnd: number = -1;
  /** True for the tail that a stream without a last delimiter leaves (`?tail=frame`). */
  unterminated = false;

  /** Start of payload `i` in `buffer`. */
  start(i: number): number {
    return this.bounds[2 * i] as number;
  }

  /** End (exclusive) of payload `i` in `buffer`. */
  end(i: number): number {
    return this.bounds[2 * i + 1] as number;
  }

  /** Payload `i` as a view: no copy, valid as long as the batch. */
  view(i: number): Uint8Array {
    // The constructor is a third faster than subarray(), which has to look up the species.
    const { buffer, bounds } = this;
    const start = bounds[2 * i] as number, end = bounds[2 * i + 1] as number;
    return new Uint8Array(buffer.buffer, buffer.byteOffset + start, end - start);
  }

  /** Payload `i` as bytes of its own, valid for ever. */
  copy(i: number): Uint8Array {
    return this.buffer.slice(this.bounds[2 * i], this.bounds[2 * i + 1]);
  }

  /**
   * Payload `i` as a copy, valid for ever, made faster than {@linkcode FrameBatch.copy}: payloads under 2 KiB share
   * blocks of 16 KiB, so a kept one holds at most so much memory, and its `buffer` is not its own.
   */
  keep(i: number): Uint8Array {
    return SLAB.copy(this.buffer, this.start(i), this.end(i));
  }

  /** Views of all payloads in order; see {@linkcode FrameBatch.view} for how long they are valid. */
  *[Symbol.iterator](): Iterator<Uint8Array> {
    for (let i = 0; i < this.count; i++) yield this.view(i);
  }

  /** Empties the batch and tells how many frames it had; one that was full gets more room. For decoders. */
  recycle(): number {
    const count = this.count;
    if (2 * count === this.bounds.length && count < MAX_CAPACITY) {
      this.bounds = new Int32Array(4 * count);
    }
    this.count = 0;
    return count;
  }

  /** Points the empty batch at `buffer`. For decoders. */
  reset(buffer: Uint8Array): void {
    this.buffer = buffer;
    this.wireStart = -1;
    this.wireEnd = -1;
    this.unterminated = false;
  }

  /** Appends one payload; false when the batch is full. For decoders outside hot loops. */
  add(start: number, end: number): boolean {
    const at = 2 * this.count;
    if (at === this.bounds.length) return false;
    this.bounds[at] = start;
    this.bounds[at + 1] = end;
    this.count++;
    return true;
  }
}
