import type { Play } from "../player/play.ts";
import type { Finding } from "./verdict.ts";

/** How long the target took for so many bytes of a frame. */
export interface Measured {
  /** Bytes from the beginning of the frame. */
  readonly bytes: number;
  /** How long they took, in ms. */
  readonly ms: number;
}

/** Time that grows with less than this power of the size is taken for linear: 1 is, 2 is what must not be. */
const MOST_EXPONENT = 1.6;
/** Below this time noise decides, in ms. */
const LEAST_MS = 150;
/** What is compared: half of the frame, three quarters, all of it. Before, what each chunk costs anyway hides growth. */
const PREFIXES = [1 / 2, 3 / 4, 1];

/**
 * How long each chunk took, in ms. A chunk is written when the one before was read, and that is read when the one before
 * it was dealt with: so what a target does with a chunk shows in the time of the next ones.
 */
export function chunkTimes({ chunks }: Pick<Play, "chunks">): number[] {
  return chunks.slice(1).map(({ writtenMs }, i) => writtenMs - (chunks[i]?.writtenMs ?? writtenMs));
}

/**
 * The best time of each chunk in several rounds. Only noise makes one take longer, and on a busy machine it meets some
 * chunks of every round: of many chunks together no round is free of it.
 */
export function bestTimes(rounds: readonly (readonly number[])[]): number[] {
  const [first = []] = rounds;
  return first.map((_, chunk) => Math.min(...rounds.map((times) => times[chunk] ?? Infinity)));
}

/** What half, three quarters, and all of a frame of `bytes` took. */
export function measuredOf(times: readonly number[], bytes: number): Measured[] {
  return PREFIXES.map((share) => ({
    bytes: Math.round(bytes * share),
    ms: times.slice(0, Math.round(times.length * share)).reduce((sum, ms) => sum + ms, 0),
  }));
}

/**
 * The power of the size with which time grows, by least squares of the logarithms: 1 is linear, 2 quadratic.
 *
 * @example
 * ```ts
 * import { growthExponent } from "./judge_growth.ts";
 *
 * const measured = [1, 2, 4, 8].map((bytes) => ({ bytes, ms: 3 * bytes ** 2 }));
 * console.log(growthExponent(measured).toFixed(2)); // 2.00
 * ```
 */
export function growthExponent(measured: readonly Measured[]): number {
  const points = measured.map(({ bytes, ms }) => [Math.log(bytes), Math.log(ms)] as const);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const middleX = mean(points.map(([x]) => x)), middleY = mean(points.map(([, y]) => y));
  const above = points.reduce((sum, [x, y]) => sum + (x - middleX) * (y - middleY), 0);
  const below = points.reduce((sum, [x]) => sum + (x - middleX) ** 2, 0);
  return above / below;
}

/** Judges how time grows. Null when it is about linear, or too short to tell. */
export function judgeGrowth(measured: readonly Measured[]): Finding | null {
  const first = measured[0], last = measured.at(-1);
  if (first === undefined || last === undefined) return null;
  const exponent = growthExponent(measured);
  if (exponent < MOST_EXPONENT || last.ms < LEAST_MS) return null;
  const ms = (time: number) => `${time.toFixed(0)} ms`;
  return {
    cause: "SLOW",
    detail: `time grows with size to the power of ${exponent.toFixed(2)}: the first ` +
      `${first.bytes} bytes of a frame took ${ms(first.ms)}, ${last.bytes} took ${ms(last.ms)}`,
  };
}
