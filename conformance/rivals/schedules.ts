/**
 * The habits of other test suites as named schedules: where they cut a stream, and what they do between two writes.
 *
 * ```
 *   frame-per-write   | frame | frame | frame |                        h2spec
 *   drip              |.|.|.|.|.|.|  1 ms apart                        Toxiproxy's slicer, most hand-written tests
 *   chop-1            |.|.|.|.|.|.|  a turn of the loop apart          Autobahn (chopsize 1)
 *   chop-997          |    997    |    997    |                        Autobahn 1.1.8
 *   chop-64..2048     | 64 | 64 |…, then 128, 256, … 2048              Autobahn 9.3 to 9.6
 *   single-cut        |    |     | at every place                      tests "split across two reads"
 *   random-k          |  |       |  | 1 to 8 cuts, 64 times            fuzzers
 *   nio-three         whole; byte by byte; all streams in one write    SwiftNIO's ByteToMessageDecoderVerifier
 *   uniform-scan      | n | n | n |  for n = 1 to 64                   testing/iotest and readers of n bytes
 * ```
 *
 * None of them looks whether the target has read a chunk before it writes the next one.
 *
 * @module
 */
import type { RandomStream } from "../stimulus/random_stream.ts";
import type { Stimulus } from "../stimulus/stimulus.ts";
import { type Cuts, randomCuts, singleCuts, stride } from "../strategy/cut_plan.ts";

/** What happens between two writes: nothing, a turn of the event loop, or a wait of about 1 ms. */
export type Pause = "none" | "turn" | "1 ms";

/** One way to cut streams. */
export interface Schedule {
  /** Its name. */
  readonly name: string;
  /** Who does it. */
  readonly habitOf: string;
  /** What happens between two writes. */
  readonly pause: Pause;
  /** Whether all streams are also sent as one. */
  readonly merges?: boolean;
  /** The cut lists for one stream. */
  cutLists(stimulus: Stimulus, random: RandomStream): readonly Cuts[];
}

/** Schedules that write small chunks do so for so many bytes of a stream; the rest of it is one write. */
const DRIPPED = 320, CHOPPED = 4096, LARGE = 128 * 1024;
/** Random cut lists for a stream. */
const RANDOM = 64;

/** Chunks of `size` for the first `most` bytes. */
function chops({ bytes }: Stimulus, size: number, most: number): Cuts {
  return stride(bytes.length, size).filter((at) => at <= most);
}

/** Every single cut of a short stream; of a longer one those near its start, and the one in the middle. */
function everyCut({ bytes: { length } }: Stimulus): Cuts[] {
  const { count, at } = singleCuts(length);
  const places = length <= DRIPPED ? count : 32;
  const near = Array.from({ length: Math.min(count, places) }, (_, i) => at(i));
  return length <= DRIPPED ? near : [...near, [Math.floor(length / 2)]];
}

/** All of them. */
export const SCHEDULES: readonly Schedule[] = [
  {
    name: "frame-per-write",
    habitOf: "h2spec",
    pause: "none",
    cutLists: (stimulus) => [stimulus.seams],
  },
  {
    name: "drip",
    habitOf: "Toxiproxy, hand-written tests",
    pause: "1 ms",
    cutLists: (stimulus) => [chops(stimulus, 1, DRIPPED)],
  },
  {
    name: "chop-1",
    habitOf: "Autobahn",
    pause: "turn",
    cutLists: (stimulus) => [chops(stimulus, 1, CHOPPED)],
  },
  {
    name: "chop-997",
    habitOf: "Autobahn",
    pause: "turn",
    cutLists: (stimulus) => [chops(stimulus, 997, LARGE)],
  },
  {
    name: "chop-64..2048",
    habitOf: "Autobahn",
    pause: "turn",
    cutLists: (stimulus) =>
      [64, 128, 256, 512, 1024, 2048].map((size) => chops(stimulus, size, LARGE)),
  },
  {
    name: "single-cut",
    habitOf: "most regression tests",
    pause: "none",
    cutLists: everyCut,
  },
  {
    name: "random-k",
    habitOf: "fuzzers",
    pause: "none",
    cutLists(stimulus, random) {
      if (stimulus.bytes.length < 2) return [];
      const { count, at } = randomCuts(stimulus.bytes.length, RANDOM, random, []);
      return Array.from({ length: count }, (_, i) => at(i));
    },
  },
  {
    name: "nio-three",
    habitOf: "SwiftNIO",
    pause: "none",
    merges: true,
    cutLists: (stimulus) => [[], chops(stimulus, 1, CHOPPED)],
  },
  {
    name: "uniform-scan",
    habitOf: "readers of n bytes",
    pause: "none",
    cutLists: (stimulus) => Array.from({ length: 64 }, (_, i) => chops(stimulus, i + 1, DRIPPED)),
  },
];
