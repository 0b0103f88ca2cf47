import { type Part, Stimulus } from "../stimulus/stimulus.ts";
import {
  cutPairs,
  type CutPlan,
  type Cuts,
  listed,
  randomCuts,
  singleCuts,
  stride,
  subsets,
} from "../strategy/cut_plan.ts";
import { chained, cutting, mapped, these } from "../strategy/deliveries.ts";
import { deliver, withCuts } from "../strategy/delivery.ts";
import { type ConformanceCase, inProcessOnly, type Plan, type Scene } from "./case.ts";

/** Bytes of the stream for single cuts and for pairs of cuts. */
const SINGLE = 300;
const PAIRS = 100;
/** Most places among which all sets of cuts are tried: 2^10. */
const PLACES = 10;
/** Sizes of the buffers that programs like to read with, in bytes. */
const BUFFERS = [4096, 8192, 16_384, 65_536];
/** Payloads of streams that fill such a buffer, and most bytes around one of them. */
const EXACT_FRAME = 400, MOST_HEADER = 64;

function splits(stimulus: Stimulus, plan: CutPlan, counted = false): Plan {
  const covers = `${plan.name} of ${stimulus.bytes.length} bytes`;
  return {
    kind: "deliveries",
    packed: true,
    deliveries: cutting(stimulus, plan),
    ...(counted ? { covers, ...(plan.set ? { set: plan.set } : {}) } : {}),
  };
}

/** A stream of exactly `size` bytes; undefined when no payload makes its last frame fit. */
function exactStream(scene: Scene, size: number): Stimulus | undefined {
  const source = scene.payloads(`exactly ${size}`);
  const parts: Part[] = [];
  let left = size;
  while (left > 2 * EXACT_FRAME) {
    const frame = source.frame(EXACT_FRAME);
    parts.push(frame);
    left -= frame.wire.length;
  }
  // Headers grow with their payloads, so the length that fits is tried for.
  for (let length = left; length > Math.max(0, left - MOST_HEADER); length--) {
    const last = source.frame(length);
    if (last.wire.length === left) return new Stimulus(scene.contract, [...parts, last]);
  }
  return undefined;
}

/** Where headers, payloads and frames end. */
function inner(stimulus: Stimulus): Cuts {
  return stimulus.frames.flatMap(({ body, end }) => body === undefined ? [end] : [body, end]);
}

/** Section 1: one stream, cut in every way. */
export const SPLITS: readonly ConformanceCase[] = [
  {
    id: "1.1",
    title: "every single cut",
    level: "MUST",
    requirement: "The answers do not depend on where one cut falls.",
    why:
      "A header or a payload that comes in two reads is the first thing that happens on a real network.",
    issue: "https://github.com/pymodbus-dev/pymodbus/issues/1922",
    fix:
      "Read until the header is complete, then until the payload is; recv(n) returns up to n bytes.",
    plan(scene) {
      const stimulus = scene.payloads().stream(SINGLE);
      return splits(stimulus, singleCuts(stimulus.bytes.length), true);
    },
  },
  {
    id: "1.2",
    title: "every pair of cuts",
    level: "MUST",
    requirement: "The answers do not depend on where two cuts fall.",
    why:
      "State that survives one resumption is often lost at the second one: a header in three pieces.",
    issue: "https://github.com/netty/netty/issues/17549",
    fix: "Resume where you stopped; never start a header over with the bytes of a later chunk.",
    plan(scene) {
      const length = scene.pairs ?? PAIRS;
      // About as many frames in every length: each place matters, not how much there is to answer.
      const stimulus = scene.payloads().stream(length, Math.max(12, Math.floor(length / 8)));
      return splits(stimulus, cutPairs(stimulus.bytes.length), true);
    },
  },
  {
    id: "1.3",
    title: "every chunking of a short stream",
    level: "MUST",
    requirement: "The answers do not depend on the chunks at all.",
    why:
      "All 2^(n-1) chunkings leave no room for luck; for longer streams `prove` does it in process.",
    issue: "https://github.com/404Setup/KryptonReno/issues/23",
    fix: "As for 1.1 and 1.2.",
    plan(scene) {
      const source = scene.payloads();
      const stimulus =
        [[2, 1, 0, 1, 2], [2, 1], [1, 1], [3], [1]].map((sizes) => source.frames(sizes))
          .find(({ bytes }) => bytes.length <= PLACES + 1) ?? source.frames([1]);
      const every = stride(stimulus.bytes.length, 1);
      // Too long for all places: those around the end of the first header.
      const to = every.length <= PLACES ? PLACES : (stimulus.frames[0]?.body ?? 1) + 2;
      return splits(stimulus, subsets(every.slice(Math.max(0, to - PLACES), to)), true);
    },
  },
  {
    id: "1.4",
    title: "byte drip",
    level: "MUST",
    requirement: "A stream that comes one byte at a time is answered like any other.",
    why: "Every state of the reader is entered and left with nothing to spare.",
    issue: "https://github.com/samsamfire/gocanopen/issues/71",
    fix: "As for 1.1.",
    plan(scene) {
      const stimulus = scene.payloads().stream(SINGLE);
      const { length } = stimulus.bytes;
      return splits(stimulus, listed("byte drip", length, [stride(length, 1)]));
    },
  },
  {
    id: "1.5",
    title: "strides of 2, 3, 5, 7 and around the header's length",
    level: "MUST",
    requirement: "Chunks of one size, out of step with the frames, change nothing.",
    why: "Fixed strides meet every phase between chunk and frame.",
    issue: "https://github.com/helios-io/helios/issues/22",
    fix: "As for 1.1.",
    plan(scene) {
      const stimulus = scene.payloads().stream(SINGLE);
      const { length } = stimulus.bytes;
      const header = stimulus.frames[0]?.body ?? 1;
      const sizes = [2, 3, 5, 7, header - 1, header, header + 1].filter((size) => size > 1);
      const lists = sizes.map((size) => stride(length, size));
      return splits(stimulus, listed("strides", length, lists));
    },
  },
  {
    id: "1.6",
    title: "first byte alone, last byte alone",
    level: "MUST",
    requirement: "The first and the last byte of each frame may come alone.",
    why: "One byte is no header, and the last byte is easily forgotten in a buffer.",
    issue: "https://github.com/PyMySQL/PyMySQL/issues/16",
    fix: "Check how many bytes a read returned before you use them.",
    plan(scene) {
      const stimulus = scene.payloads().stream(SINGLE);
      const lists = stimulus.frames.flatMap(({ start, end }) => [
        [start, start + 1],
        [end - 1, end],
        [start, start + 1, end - 1, end],
      ]);
      return splits(stimulus, listed("first and last bytes", stimulus.bytes.length, lists));
    },
  },
  {
    id: "1.7",
    title: "cuts exactly at header and frame edges",
    level: "MUST",
    requirement:
      "A frame is answered with the chunk that holds its last byte, even when nothing follows.",
    why: "A buffer that is exactly used up is where `<` and `<=` differ.",
    issue: "https://github.com/NetGauze/NetGauze/issues/597",
    fix: "Deliver a frame when it is complete; do not wait for more bytes.",
    plan(scene) {
      const stimulus = scene.payloads().stream(SINGLE);
      const edges = inner(stimulus);
      const lists = [...edges.map((edge) => [edge]), edges, stimulus.seams];
      const plan = listed("edges", stimulus.bytes.length, lists);
      const seams = new Set(stimulus.seams);
      const deliveries = mapped(
        cutting(stimulus, plan),
        (one) => withCuts(one, [], one.cuts.filter((cut) => seams.has(cut))),
      );
      return { kind: "deliveries", packed: true, deliveries };
    },
  },
  {
    id: "1.8",
    title: "cuts at 4096, 8192, 16384, 65536 and one beside",
    level: "MUST",
    requirement:
      "Chunks as large as usual read buffers, and one byte more or less, change nothing.",
    why: "A read that fills its buffer exactly is mistaken for the end, or for more to come.",
    issue: "https://github.com/DitchOoM/websocket/issues/16",
    fix: "Do not draw conclusions from how full a read buffer is.",
    plan(scene) {
      const stimulus = scene.payloads().stream(65_536 + 200, 1000);
      const lists = BUFFERS.flatMap((size) => [[size - 1], [size], [size + 1]]);
      const all = [...lists, BUFFERS];
      const plan = splits(stimulus, listed("buffer sizes", stimulus.bytes.length, all));
      // A read that ends with a frame and fills its buffer: nothing comes behind it that could wake the reader again.
      const exact = BUFFERS.flatMap((size) => exactStream(scene, size) ?? []);
      return plan.kind === "deliveries"
        ? {
          ...plan,
          deliveries: chained([plan.deliveries, these(exact.map((one) => deliver(one)))]),
        }
        : plan;
    },
  },
  {
    id: "1.9",
    title: "empty chunk between any two bytes",
    level: "MUST",
    needs: ["in process"],
    requirement: "An empty chunk changes nothing.",
    why: "Streams and wrappers hand out empty chunks; an empty read is not the end.",
    issue: "https://github.com/lesismal/nbio/issues/28",
    fix: "Only the end of the stream is the end.",
    plan: inProcessOnly,
  },
  {
    id: "1.10",
    title: "chunk is a view into a larger buffer",
    level: "MUST",
    needs: ["in process"],
    requirement: "Only the bytes of the chunk are read, not those around it.",
    why: "Code that takes `chunk.buffer` reads its neighbours.",
    fix: "Respect byteOffset and length.",
    plan: inProcessOnly,
  },
  {
    id: "1.11",
    title: "chunk overwritten after delivery",
    level: "MUST",
    needs: ["in process"],
    requirement: "A frame stays what it was when the read buffer is used again.",
    why: "Read buffers are reused; a frame that is a view into one changes under its owner.",
    fix: "Copy what outlives the call, or own the buffer.",
    plan: inProcessOnly,
  },
  {
    id: "1.12",
    title: "random cuts, half of them near edges",
    level: "MUST",
    requirement: "The answers do not depend on up to eight cuts anywhere.",
    why: "What no list thought of; the seed makes it repeatable.",
    issue: "https://github.com/uNetworking/uWebSockets/issues/1776",
    fix: "As for 1.1; the failure shows the smallest case.",
    plan(scene) {
      const random = scene.random("cuts");
      const source = scene.payloads();
      const streams = Array.from({ length: 4 }, () => source.stream(SINGLE));
      const sets = streams.map((stimulus) =>
        cutting(stimulus, randomCuts(stimulus.bytes.length, 64, random, inner(stimulus)))
      );
      return { kind: "deliveries", packed: true, deliveries: chained(sets) };
    },
  },
];
