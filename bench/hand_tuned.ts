/**
 * What a person would write by hand for `| u32be length | payload |` alone: the yardstick for the general decoder. No limits
 * but one, no offsets in errors, no end of stream, no policy.
 */

/** Calls `frame(buffer, start, end)` for each payload. */
export class HandTunedOffsets {
  readonly #frame: (buffer: Uint8Array, start: number, end: number) => void;
  #header = 0;
  #headerBytes = 0;
  #torn: Uint8Array | null = null;
  #got = 0;

  constructor(frame: (buffer: Uint8Array, start: number, end: number) => void) {
    this.#frame = frame;
  }

  push(chunk: Uint8Array): void {
    const length = chunk.length;
    let at = 0;
    while (at < length) {
      const torn = this.#torn;
      if (torn !== null) {
        const count = Math.min(torn.length - this.#got, length - at);
        if (count < 32) {
          for (let i = 0; i < count; i++) torn[this.#got + i] = chunk[at + i] as number;
        } else torn.set(chunk.subarray(at, at + count), this.#got);
        this.#got += count;
        at += count;
        if (this.#got < torn.length) return;
        this.#torn = null;
        this.#frame(torn, 0, torn.length);
        continue;
      }
      let size: number;
      if (this.#headerBytes === 0 && length - at >= 4) {
        size = (((chunk[at] as number) << 24) | ((chunk[at + 1] as number) << 16) |
          ((chunk[at + 2] as number) << 8) | (chunk[at + 3] as number)) >>> 0;
        at += 4;
      } else {
        this.#header = ((this.#header << 8) | (chunk[at++] as number)) >>> 0;
        if (++this.#headerBytes < 4) continue;
        size = this.#header;
        this.#header = this.#headerBytes = 0;
      }
      if (size > 16_777_216) throw new RangeError("Frame too large");
      if (length - at >= size) {
        this.#frame(chunk, at, at + size);
        at += size;
      } else {
        this.#torn = new Uint8Array(size);
        this.#got = 0;
      }
    }
  }
}
