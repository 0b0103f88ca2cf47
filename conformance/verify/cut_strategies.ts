import { type Delivery, type Dress, dripOf } from "./delivery.ts";
import type { Law } from "./law.ts";
import { Random } from "./random.ts";
import type { Sample } from "./sample.ts";

/** A way to cut streams up. Adding one is one entry in {@linkcode CUT_STRATEGIES}. */
export interface CutStrategy {
  /** Name, as in reports. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly about: string;
  /** The laws it is there for; every run also watches the others. */
  readonly laws: readonly Law[];
  /** The longest stream it is used for, in bytes. */
  readonly longest: number;
  /** The deliveries for a stream. */
  deliveries(sample: Sample, seed: number): Iterable<Delivery>;
}

/** All ways to cut, from few cuts to many. */
export const CUT_STRATEGIES: readonly CutStrategy[] = [
  {
    name: "single cut",
    about: "every cut in two",
    laws: ["L1", "L3"],
    longest: 1024,
    *deliveries({ bytes }) {
      for (let i = 1; i < bytes.length; i++) yield { cuts: [i] };
    },
  },
  {
    name: "cut pairs",
    about: "every cut in three",
    laws: ["L1", "L3"],
    longest: 64,
    *deliveries({ bytes }) {
      for (let i = 1; i < bytes.length; i++) {
        for (let j = i + 1; j < bytes.length; j++) yield { cuts: [i, j] };
      }
    },
  },
  {
    name: "drip",
    about: "one byte at a time",
    laws: ["L1", "L3", "L4"],
    longest: Infinity,
    *deliveries({ bytes }) {
      yield dripOf(bytes.length);
    },
  },
  {
    name: "strides",
    about: "chunks of 2, 3, 5, 7, 16 and 17 bytes",
    laws: ["L1", "L3"],
    longest: Infinity,
    *deliveries({ bytes }) {
      for (const size of [2, 3, 5, 7, 16, 17]) yield { cuts: every(size, bytes.length) };
    },
  },
  {
    name: "empty chunks",
    about: "empty chunks between all bytes, and around the unsplit stream",
    laws: ["L1"],
    longest: 4096,
    *deliveries({ bytes }) {
      yield { cuts: [0, bytes.length] };
      yield { cuts: Array.from({ length: bytes.length }, (_, i) => [i, i]).flat() };
    },
  },
  {
    name: "dirty buffer",
    about: "chunks that are views into larger buffers full of garbage",
    laws: ["L1", "L7"],
    longest: 1024,
    *deliveries({ bytes }) {
      yield* dressed("dirty", bytes.length);
    },
  },
  {
    name: "reused buffer",
    about: "one buffer for all chunks, overwritten after each",
    laws: ["L1", "L7"],
    longest: 1024,
    *deliveries({ bytes }) {
      yield* dressed("reused", bytes.length);
    },
  },
  {
    name: "merged frames",
    about: "1, 2, 3, … frames in a chunk, and so that chunks start just before or behind an edge",
    laws: ["L1", "L3"],
    longest: Infinity,
    *deliveries({ bytes, frames }) {
      const edges = (frames ?? []).map((frame) => frame.end).filter((end) => end < bytes.length);
      if (edges.length === 0) return;
      for (let count = 1; count <= Math.min(3, edges.length); count++) {
        yield { cuts: edges.filter((_, i) => i % count === count - 1) };
      }
      for (const shift of [-1, 1, 2]) {
        const cuts = new Set(edges.map((edge) => edge + shift));
        yield { cuts: [...cuts].filter((cut) => cut > 0 && cut < bytes.length) };
      }
    },
  },
  {
    name: "random cuts",
    about: "seeded, from few cuts to many",
    laws: ["L1", "L3"],
    longest: 1024,
    *deliveries({ bytes, name }, seed) {
      const random = new Random(seed, `cuts of ${name}`);
      for (let run = 0; run < 24; run++) {
        const density = 2 + random.below(30);
        yield { cuts: every(1, bytes.length).filter(() => random.below(density) === 0) };
      }
    },
  },
];

function every(size: number, length: number): number[] {
  return Array.from({ length: Math.ceil(length / size) - 1 }, (_, i) => (i + 1) * size);
}

/** Few and many cuts under a dress: each single cut, small chunks, and the unsplit stream. */
function* dressed(dress: Dress, length: number): Generator<Delivery> {
  yield { cuts: [], dress };
  for (const size of [1, 2, 3, 7]) yield { cuts: every(size, length), dress };
  for (let i = 1; i < Math.min(length, 128); i++) yield { cuts: [i], dress };
}
