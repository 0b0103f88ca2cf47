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
/** Parts into which the chunks of one frame are counted. */
const PARTS = 32;
/** What is compared: half of the frame, three quarters, all of it. Before, what each chunk costs anyway hides growth. */
const PREFIXES = [PARTS / 2, PARTS * 3 / 4, PARTS];

/**
 * How long each of {@linkcode PARTS} equal parts of the chunks took, in ms. A chunk is written when the one before was
 * read, and that is read when the one before it was dealt with: so what a target does with a chunk shows in the time
 * of the next ones.
 */
export function partTimes({ chunks, startedMs }: Pick<Play, "chunks" | "startedMs">): number[] {
  const at = (part: number) => {
    const index = Math.floor(part * (chunks.length - 1) / PARTS);
    return part === 0 ? startedMs : chunks[index]?.writtenMs ?? startedMs;
  };
  return Array.from({ length: PARTS }, (_, part) => at(part + 1) - at(part));
}

/** The best times of several rounds: only noise makes a part take longer. */
export function bestTimes(rounds: readonly (readonly number[])[]): number[] {
  return Array.from(
    { length: PARTS },
    (_, part) => Math.min(...rounds.map((times) => times[part] ?? Infinity)),
  );
}

/** What half, three quarters, and all of a frame of `bytes` took. */
export function measuredOf(times: readonly number[], bytes: number): Measured[] {
  return PREFIXES.map((parts) => ({
    bytes: Math.round(bytes * parts / PARTS),
    ms: times.slice(0, parts).reduce((sum, ms) => sum + ms, 0),
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
