/** Bodies of so many bytes are put into memory that was used before, if there is any: fresh memory costs more than a copy. */
const LEAST_REUSED = 65_536;
/** Most pieces of memory that one exchange keeps: as many parts as the usual window has. */
const MOST_SPARE = 16;

/** The bodies of an exchange, and the memory for them. */
export class Bodies {
  readonly #spare: Uint8Array[] = [];

  /** Begins a body of `size` bytes. */
  begin(size: number): Body {
    return new Body(size, size < LEAST_REUSED ? NOTHING : this.#spare.pop() ?? NOTHING);
  }

  /** Takes back a body that nobody looks at any more. */
  reuse(bytes: Uint8Array): void {
    if (bytes.length < LEAST_REUSED || this.#spare.length === MOST_SPARE) return;
    this.#spare.push(new Uint8Array(bytes.buffer));
  }
}

/**
 * The body of a message on its way in. A message arrives whole, wherever the network cut it; room grows with what has come,
 * never with what was claimed.
 */
export class Body {
  readonly #size: number;
  #bytes: Uint8Array;
  #have = 0;

  /** Begins a body of `size` bytes, in memory that is there already if it is enough. */
  constructor(size: number, spare: Uint8Array = NOTHING) {
    this.#size = size;
    this.#bytes = spare.length < size ? NOTHING : spare.subarray(0, size);
  }

  /** Takes what has come, which may be used again behind it; the whole body with its last byte, null before. */
  take(piece: Uint8Array): Uint8Array | null {
    const have = this.#have + piece.length;
    if (have > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(this.#size, this.#have === 0 ? have : 2 * have));
      grown.set(this.#bytes.subarray(0, this.#have));
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#have);
    this.#have = have;
    return have === this.#size ? this.#bytes : null;
  }
}

const NOTHING = new Uint8Array(0);
