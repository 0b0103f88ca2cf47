import { RandomStream } from "../../conformance/stimulus/random_stream.ts";
import type { Entry } from "./entry.ts";
import { mutate, randomBytes } from "./mutate.ts";

/** Most changes of one input. */
const MOST_CHANGES = 5;
/** Longest input of which nothing is known, in bytes. */
const LONGEST_RANDOM = 64;

/**
 * Input `number` of an entry under `seed`; it depends on nothing else. One in ten is random bytes, one in ten is valid,
 * the others are valid ones with up to five changes.
 */
export function inputOf(entry: Entry, seed: number, number: number): Uint8Array {
  const random = new RandomStream(seed, `${entry.name}/${number}`);
  const kind = random.below(10);
  if (kind === 0) return randomBytes(random, random.below(LONGEST_RANDOM + 1));
  let input = entry.valid(random);
  if (kind === 1) return input;
  for (let left = 1 + random.below(MOST_CHANGES); left > 0; left--) {
    input = mutate(input, random, () => entry.valid(random), entry.words);
  }
  return input;
}
