/** Bytes of one block that small copies share. */
const BLOCK = 16_384;
/** Payloads from this size on get memory of their own. */
const LARGE = 2048;
/** Up to this size a loop copies faster than a call. */
const TINY = 32;

const EMPTY = new Uint8Array(0);

/**
 * Copies payloads out of a buffer that will be reused. An allocation costs more than copying a small payload, so small
 * ones share blocks: a kept payload holds at most 16 KiB of others in memory, and never the chunk it came in.
 */
export class FrameSlab {
  #block = EMPTY;
  #used = 0;

  /** A copy of `bytes[start, end)` that nothing will overwrite. */
  copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const length = end - start;
    if (length >= LARGE) return bytes.slice(start, end);
    if (length > this.#block.length - this.#used) {
      this.#block = new Uint8Array(BLOCK);
      this.#used = 0;
    }
    const block = this.#block, at = this.#used;
    if (length < TINY) {
      for (let i = 0; i < length; i++) block[at + i] = bytes[start + i] as number;
    } else block.set(bytes.subarray(start, end), at);
    this.#used = at + length;
    return block.subarray(at, this.#used);
  }
}
