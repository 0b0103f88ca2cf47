import { CLOSING, OPENING } from "../cases/case_book.ts";

/** One part of a run that is split over several machines. */
export interface Shard {
  /** Which part, 1 to `of`. */
  readonly index: number;
  /** Of how many. */
  readonly of: number;
}

/** Most parts of one run. */
const MOST = 10_000;

/** What a case says of which this shard plays nothing. */
export const NOT_HERE = "none of it falls into this shard";

/**
 * Reads a shard as `--shard` takes it: `2/5`.
 *
 * @example
 * ```ts
 * import { parseShard } from "./shard.ts";
 *
 * console.log(parseShard("2/5")); // { index: 2, of: 5 }
 * ```
 *
 * @throws {Error} if it is none.
 */
export function parseShard(text: string): Shard {
  const [, index = NaN, of = NaN] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of && of <= MOST) return { index, of };
  throw new Error(`it is not a shard such as 1/3, from 1/1 to ${MOST}/${MOST}`);
}

/** Whether every shard runs this case whole: the controls, on which all the others depend. */
export function isEverywhere(id: string): boolean {
  return id.startsWith("0.") || OPENING.includes(id) || CLOSING.includes(id);
}

/**
 * Whether this shard plays delivery `index` of a case. All shards together play each of them once, those of controls
 * each shard; where a case has fewer deliveries than there are shards, the id decides which shards they go to, so that they do not all meet in
 * the first one.
 */
export function isInShard(shard: Shard | undefined, id: string, index: number): boolean {
  if (shard === undefined || shard.of === 1 || isEverywhere(id)) return true;
  const offset = [...id].reduce((sum, character) => sum + character.charCodeAt(0), 0);
  return (index + offset) % shard.of === shard.index - 1;
}
