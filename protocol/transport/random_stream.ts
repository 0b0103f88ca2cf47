/**
 * A stream of pseudo-random numbers that depends on a seed and a name alone, so that what is drawn from one never
 * changes what another one gives. The generator is sfc32 (PractRand), seeded with FNV-1a over the name.
 *
 * @example
 * ```ts
 * import { RandomStream } from "@nonstick/nonstick/transport";
 *
 * const random = new RandomStream(1, "loss");
 * console.log(random.below(6) === new RandomStream(1, "loss").below(6)); // true
 * ```
 */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Makes the stream called `name` for this seed (0 to 2^32 − 1). */
  constructor(seed: number, name: string) {
    let hash = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(name)) {
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    this.#a = seed | 0;
    this.#b = hash;
    this.#c = Math.imul(seed ^ hash, 0x9e3779b1);
    for (let i = 0; i < 16; i++) this.next();
  }

  /** The next number, 0 to 2^32 − 1. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum | 0;
    return sum >>> 0;
  }

  /** A number from 0 to 1, 1 excluded. */
  fraction(): number {
    return this.next() / 2 ** 32;
  }

  /** An integer from 0 to `limit` − 1. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }
}
