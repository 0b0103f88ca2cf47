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
/** No time counts as less, in ms. */
const SHORTEST_MS = 1;
/** What is compared: half of the frame, three quarters, all of it. Before, what each chunk costs anyway hides growth. */
const PREFIXES = [1 / 2, 3 / 4, 1];

/** What tells how long something took: a clock, or the processor time of the target. */
export type Timepiece = "clock" | "processor";

/**
 * How long each chunk took, in ms, by what the timepiece showed when each was written. A chunk is written when the one before
 * was read, and that is read when the one before it was dealt with: so what a target does with a chunk shows in the time of
 * the next ones.
 */
export function chunkTimes(writtenAt: readonly number[]): number[] {
  return writtenAt.slice(1).map((ms, i) => ms - (writtenAt[i] ?? ms));
}

/**
 * The best time of each chunk in several rounds. Only noise makes one take longer, and on a busy machine it meets some
 * chunks of every round: of many chunks together no round is free of it.
 */
export function bestTimes(rounds: readonly (readonly number[])[]): number[] {
  const [first = []] = rounds;
  return first.map((_, chunk) => Math.min(...rounds.map((times) => times[chunk] ?? Infinity)));
}

/**
 * The times of the best of several rounds. Processor time comes in ticks that are longer than most chunks take, so only the
 * sum of many chunks says something; and others do not make it longer by much.
 */
export function bestRound(rounds: readonly (readonly number[])[]): readonly number[] {
  const sum = (times: readonly number[]) => times.reduce((sum, ms) => sum + ms, 0);
  return rounds.reduce((best, times) => sum(times) < sum(best) ? times : best, rounds[0] ?? []);
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
  // Ticks may show nothing of a short time.
  const points = measured.map(({ bytes, ms }) =>
    [Math.log(bytes), Math.log(Math.max(ms, SHORTEST_MS))] as const
  );
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const middleX = mean(points.map(([x]) => x)), middleY = mean(points.map(([, y]) => y));
  const above = points.reduce((sum, [x, y]) => sum + (x - middleX) * (y - middleY), 0);
  const below = points.reduce((sum, [x]) => sum + (x - middleX) ** 2, 0);
  return above / below;
}

/** What is said of growth that nobody minds. */
export function describeGrowth(measured: readonly Measured[], by: Timepiece): string {
  const { bytes = 0, ms = 0 } = measured.at(-1) ?? {};
  const growth = ms < LEAST_MS
    ? "too quick for growth to show"
    : `time grows with size to the power of ${growthExponent(measured).toFixed(2)}`;
  return `${growth}: ${bytes} bytes in ${timeText(ms, by)}`;
}

/** Judges how time grows. Null when it is about linear, or too short to tell. */
export function judgeGrowth(
  measured: readonly Measured[],
  by: Timepiece = "clock",
): Finding | null {
  const first = measured[0], last = measured.at(-1);
  if (first === undefined || last === undefined) return null;
  const exponent = growthExponent(measured);
  if (exponent < MOST_EXPONENT || last.ms < LEAST_MS) return null;
  return {
    cause: "SLOW",
    detail: `time grows with size to the power of ${exponent.toFixed(2)}: the first ` +
      `${first.bytes} bytes of a frame took ${timeText(first.ms, by)}, ` +
      `${last.bytes} took ${timeText(last.ms, by)}`,
  };
}

function timeText(ms: number, by: Timepiece): string {
  return `${ms.toFixed(0)} ms${by === "clock" ? "" : " of processor time"}`;
}
