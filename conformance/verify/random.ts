/**
 * A stream of numbers that depends on a seed and a name alone, so that a run can be repeated and one part of it drawn
 * without the others. (The generator is mulberry32, the hash of the name FNV-1a.)
 *
 * @example
 * ```ts
 * import { Random } from "./random.ts";
 *
 * const random = new Random(1, "payloads");
 * console.log(random.below(6) < 6, random.bytes(3).length); // true 3
 * ```
 */
export class Random {
  #state: number;

  /** The stream called `name` under `seed`. */
  constructor(seed: number, name: string) {
    let hash = 0x811c9dc5 ^ seed;
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    this.#state = hash | 0;
  }

  /** The next integer from 0 to 2^32 - 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** An integer from 0 to `bound - 1`. */
  below(bound: number): number {
    return this.next() % bound;
  }

  /** One of `items`. */
  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  /** Random bytes. */
  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}
