/**
 * Rules that need to know nothing of the traffic. Drawn: what 10 bytes become that come in one piece.
 * @module
 */
import { ConformanceUsageError } from "../run_options.ts";
import type { Chunker, ChunkerContext, ChunkingKind } from "./chunker.ts";

/** Most that a rule with a length in bytes or a time in ms can be given. */
const MOST = 1_000_000;

/** A rule whose cuts depend on offsets alone. */
function cutting(holds: boolean, cutBehind: Chunker["cutBehind"]): Chunker {
  return { holds, cutBehind };
}

/** No cut. */
const NEVER = () => Infinity;

/** Bytes as they come: the rule of a direction that is left alone. */
export const AS_IS: Chunker = cutting(false, NEVER);

/** All of them. */
export const CHUNKINGS: readonly ChunkingKind[] = [
  {
    name: "none",
    form: "none",
    help: "as the bytes come", // 0123456789
    make: (context) => (withoutArgument(context), AS_IS),
  },
  {
    name: "drip",
    form: "drip",
    help: "one byte at a time", // 0|1|2|3|4|5|6|7|8|9
    make: (context) => (withoutArgument(context), cutting(true, (from) => from + 1)),
  },
  {
    name: "stride",
    form: "stride:N",
    help: "N bytes at a time", // stride:4  0123|4567|89
    make(context) {
      const n = wholeArgument(context, 1);
      return cutting(true, (from) => from - from % n + n);
    },
  },
  {
    name: "single",
    form: "single:N",
    help: "one cut, behind byte N of each connection", // single:3  012|3456789
    make(context) {
      const n = wholeArgument(context, 1);
      return cutting(false, (from) => from < n ? n : Infinity);
    },
  },
  {
    name: "coalesce",
    form: "coalesce[:MS]",
    help: "join what comes within MS ms, by default --hold", // 01 + 234 + 56789  0123456789
    make(context) {
      if (context.argument === undefined) return cutting(true, NEVER);
      return { holds: true, holdMs: wholeArgument(context, 1), cutBehind: NEVER };
    },
  },
  {
    name: "slow",
    form: "slow:MS",
    help: "as the bytes come, with a rest of MS ms behind each chunk",
    make: (context) => ({
      holds: false,
      pauseMs: wholeArgument(context, 1),
      cutBehind: NEVER,
    }),
  },
];

/** The argument as a whole number of at least `least`; `fallback` if there may be none. */
export function wholeArgument(
  { argument }: ChunkerContext,
  least: number,
  fallback?: number,
): number {
  if (argument === undefined && fallback !== undefined) return fallback;
  const value = Number(argument);
  if (argument === undefined || !/^\d+$/.test(argument) || value < least || value > MOST) {
    throw new ConformanceUsageError(
      `A whole number from ${least} to ${MOST} is needed behind the colon${
        argument === undefined ? "" : `, not ${JSON.stringify(argument)}`
      }`,
    );
  }
  return value;
}

/** Refuses an argument. */
export function withoutArgument({ argument }: ChunkerContext): void {
  if (argument === undefined) return;
  throw new ConformanceUsageError(`Nothing can stand behind the colon, so leave :${argument} away`);
}
