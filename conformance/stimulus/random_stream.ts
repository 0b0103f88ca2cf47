import { RandomStream as Numbers } from "../../protocol/transport/random_stream.ts";

/**
 * Random choices that depend on a seed and a name alone, so that what one case draws never changes what another one
 * gets.
 *
 * @example
 * ```ts
 * import { RandomStream } from "./random_stream.ts";
 *
 * const random = new RandomStream(1, "1.12");
 * console.log(random.below(6) === new RandomStream(1, "1.12").below(6)); // true
 * ```
 */
export class RandomStream extends Numbers {
  /** One of `values`, which must not be empty. */
  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new RangeError("Cannot pick: there are no values");
    return value;
  }
}
