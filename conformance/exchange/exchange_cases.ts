/**
 * What is tried on an exchange: the cases of the book that make sense when nothing, or only a conversation, is known
 * of a protocol. They have the ids that they have there.
 * @module
 */
import {
  cutPairs,
  type CutPlan,
  listed,
  randomCuts,
  singleCuts,
  stride,
} from "../strategy/cut_plan.ts";
import { these } from "../strategy/deliveries.ts";
import { type EndEvent, withCuts } from "../strategy/delivery.ts";
import {
  type ExchangeCase,
  type ExchangePlan,
  type ExchangeScene,
  notHere,
} from "./exchange_case.ts";
import { upTo } from "./stimuli.ts";

/** Most pairs of cuts that are played of a long stream. */
const MOST_PAIRS = 5000;
/** Most single cuts that are played of a long stream. */
const MOST_SINGLES = 5000;
/** Random cut lists. */
const RANDOM = 256;
/** Most offsets at which a stream of unknown structure ends. */
const MOST_ENDS = 64;
/** Sizes of the buffers that programs like to read with, in bytes. */
const BUFFERS = [4096, 8192, 16_384, 65_536];

/** One delivery for each cut list, besides the cuts that the stream has anyway. */
function splits({ base }: ExchangeScene, plan: CutPlan, most?: number): ExchangePlan {
  const all = { count: plan.count, at: (index: number) => withCuts(base, plan.at(index)) };
  // Cuts at which nothing is awaited are in every delivery: then its cut lists are not those of the rule.
  const set = base.cuts.every((at) => base.waits.includes(at)) ? plan.set : undefined;
  return {
    kind: "deliveries",
    deliveries: all,
    ...(most === undefined ? {} : {
      most,
      covers: `${plan.name} of ${base.stimulus.bytes.length} bytes`,
      ...(set === undefined ? {} : { set }),
    }),
  };
}

/** The cut lists as a plan, or nothing to do where there are none. */
function listedSplits(
  scene: ExchangeScene,
  name: string,
  lists: readonly (readonly number[])[],
): ExchangePlan {
  const plan = listed(name, scene.base.stimulus.bytes.length, lists);
  return plan.count === 0 ? notHere("the stream is too short") : splits(scene, plan);
}

/** Where each part of the stream begins and ends, and where payloads begin. */
function edgesIn({ base: { stimulus } }: ExchangeScene): number[] {
  const bodies = stimulus.frames.flatMap(({ body }) => body ?? []);
  return [...new Set([...stimulus.seams, ...bodies])].sort((a, b) => a - b);
}

/** The stream up to each place, and then an end. */
function ending(scene: ExchangeScene, end: EndEvent): ExchangePlan {
  const { base, seams, expect } = scene;
  const { length } = base.stimulus.bytes;
  if (expect === "scenario") {
    const steps = [...seams, length].map((at) => upTo(base, at, end));
    const awaited = steps.map((one) => ({
      ...one,
      waits: [...new Set([...one.waits, one.stimulus.bytes.length])],
    }));
    return {
      kind: "deliveries",
      deliveries: these(awaited),
      covers: `${END_NAMES[end]} at every step of ${awaited.length}`,
    };
  }
  const step = Math.ceil(length / MOST_ENDS);
  const places = Array.from({ length: Math.floor(length / step) }, (_, i) => (i + 1) * step);
  // Inside of bytes that nobody understands no answer is known to be due: only the life of the target is judged.
  const cutShort = places.map((at) => ({
    ...upTo(base, at, end),
    waits: seams.filter((one) => one < at),
  }));
  return { kind: "deliveries", deliveries: these(cutShort), liveness: true };
}

const END_NAMES: Readonly<Record<EndEvent, string>> = {
  none: "nothing",
  fin: "FIN",
  reset: "RST",
  close: "close",
};

/** The cases in the order of the book. */
export const EXCHANGE_CASES: readonly ExchangeCase[] = [
  {
    id: "0.1",
    title: "control: the unsplit stream, several times",
    level: "MUST",
    requirement: "The unsplit stream is answered, and alike each time.",
    plan: () => ({ kind: "control" }),
  },
  {
    id: "0.6",
    title: "edge proof",
    level: "MAY",
    requirement: "The kernel tells when the target has read a chunk.",
    plan: () => ({ kind: "edges" }),
  },
  {
    id: "1.1",
    title: "every single cut",
    level: "MUST",
    requirement: "What comes back does not depend on where one cut falls.",
    plan: (scene) => splits(scene, singleCuts(scene.base.stimulus.bytes.length), MOST_SINGLES),
  },
  {
    id: "1.2",
    title: "every pair of cuts",
    level: "MUST",
    requirement: "What comes back does not depend on where two cuts fall.",
    plan: (scene) => splits(scene, cutPairs(scene.base.stimulus.bytes.length), MOST_PAIRS),
  },
  {
    id: "1.4",
    title: "byte drip",
    level: "MUST",
    requirement: "A stream that comes one byte at a time is answered like any other.",
    plan(scene) {
      return listedSplits(scene, "byte drip", [stride(scene.base.stimulus.bytes.length, 1)]);
    },
  },
  {
    id: "1.5",
    title: "strides of 2, 3, 5, 7",
    level: "MUST",
    requirement: "Chunks of one size change nothing.",
    plan(scene) {
      const { length } = scene.base.stimulus.bytes;
      return listedSplits(scene, "strides", [2, 3, 5, 7].map((size) => stride(length, size)));
    },
  },
  {
    id: "1.6",
    title: "first byte alone, last byte alone",
    level: "MUST",
    requirement: "The first and the last byte of each request may come alone.",
    plan(scene) {
      const { seams, bytes: { length } } = scene.base.stimulus;
      const starts = [0, ...seams], ends = [...seams, length];
      const lists = starts.map((start, i) => [start + 1, (ends[i] ?? length) - 1]);
      return listedSplits(scene, "first and last bytes", [
        ...lists,
        ...lists.flatMap((list) => list.map((at) => [at])),
        lists.flat(),
      ]);
    },
  },
  {
    id: "1.7",
    title: "cuts exactly at header and frame edges",
    level: "MUST",
    requirement: "A request is answered with the chunk that holds its last byte.",
    plan(scene) {
      if (!scene.framed) return notHere("no --framing: where frames end is not known");
      const edges = edgesIn(scene);
      return listedSplits(scene, "edges", [...edges.map((edge) => [edge]), edges]);
    },
  },
  {
    id: "1.8",
    title: "cuts at 4096, 8192, 16384, 65536 and one beside",
    level: "MUST",
    requirement:
      "Chunks as large as usual read buffers, and one byte more or less, change nothing.",
    plan(scene) {
      const lists = BUFFERS.flatMap((size) => [[size - 1], [size], [size + 1]]);
      return listedSplits(scene, "buffer sizes", [...lists, BUFFERS]);
    },
  },
  {
    id: "1.12",
    title: "random cuts",
    level: "MUST",
    requirement: "What comes back does not depend on up to eight cuts anywhere.",
    plan(scene) {
      const { length } = scene.base.stimulus.bytes;
      if (length < 2) return notHere("the stream is too short");
      return splits(scene, randomCuts(length, RANDOM, scene.random("cuts"), edgesIn(scene)));
    },
  },
  {
    id: "2.1",
    title: "requests in one chunk",
    // That requests may follow each other at once is known only where the user says so.
    level: ({ expect, framed }) => expect === "scenario" || framed ? "MUST" : "SHOULD",
    requirement: "Requests that arrive in one chunk are each answered, in order.",
    plan(scene) {
      const { base, seams, free, expect, pipelining, staysOpen } = scene;
      const apart = base.waits.filter((at) => !free.includes(at));
      const joined = { ...base, cuts: apart, waits: apart };
      const atOnce = { ...base, cuts: [], waits: [] };
      if (expect === "scenario") {
        const some = [
          ...(free.length > 0 ? [joined] : []),
          ...(pipelining && seams.length > 0 ? [atOnce] : []),
        ];
        if (some.length > 0) return { kind: "deliveries", deliveries: these(some) };
        return notHere("every send is answered before the next one, and pipelining is not allowed");
      }
      if (seams.length > 0) return { kind: "deliveries", deliveries: these([atOnce]) };
      return staysOpen
        ? { kind: "twice" }
        : notHere("the target ends the connection behind the stream");
    },
  },
  {
    id: "2.3",
    title: "requests at once, cut anywhere",
    level: "MUST",
    requirement: "A chunk may end inside the next request.",
    plan(scene) {
      const { base, seams, pipelining } = scene;
      if (!pipelining || seams.length === 0) return notHere("pipelining is not allowed");
      const plan = singleCuts(base.stimulus.bytes.length);
      const atOnce = { ...base, cuts: [], waits: [] };
      const all = { count: plan.count, at: (index: number) => withCuts(atOnce, plan.at(index)) };
      return { kind: "deliveries", deliveries: all, most: MOST_SINGLES };
    },
  },
  {
    id: "8.2",
    title: "FIN at every step",
    level: "MUST",
    requirement: "A stream may end anywhere: the next connection is served.",
    plan: (scene) => ending(scene, "fin"),
  },
  {
    id: "8.3",
    title: "half-close, then expect the answers",
    level: "MUST",
    requirement:
      "FIN says that no more requests come; the answers to those that came are still sent.",
    plan({ base, scheme, halfClose }) {
      if (scheme === "tls") return notHere("TLS may end both directions at once (RFC 5246, 7.2.1)");
      if (halfClose !== "reply") return notHere(`declared: --half-close ${halfClose}`);
      return { kind: "deliveries", deliveries: these([{ ...base, end: "fin" }]) };
    },
  },
  {
    id: "8.4",
    title: "RST at every step",
    level: "MUST",
    requirement: "A connection that is reset ends alone: the next one is served.",
    plan(scene) {
      if (scene.scheme !== "tcp") return notHere(`RST is not sent over ${scene.scheme}`);
      return ending(scene, "reset");
    },
  },
  {
    id: "0.7",
    title: "alive after every hostile delivery",
    level: "MUST",
    requirement: "After a connection that broke off, the next one is served, by the same process.",
    plan: () => ({ kind: "liveness" }),
  },
  {
    id: "0.8",
    title: "control repeated last",
    level: "MUST",
    requirement: "At the end of the run the target still does what it did at the beginning.",
    plan: () => ({ kind: "control" }),
  },
];

/** Cases that open every run, and those that close it. */
export const EXCHANGE_OPENING: readonly string[] = ["0.1", "0.6"];
/** As {@linkcode EXCHANGE_OPENING}. */
export const EXCHANGE_CLOSING: readonly string[] = ["0.7", "0.8"];
