import { malformedHeader, oversizedFrame } from "../stimulus/claims.ts";
import { Stimulus } from "../stimulus/stimulus.ts";
import { cutPairs, listed, stride } from "../strategy/cut_plan.ts";
import { chained, cutting, these } from "../strategy/deliveries.ts";
import { deliver } from "../strategy/delivery.ts";
import { type ConformanceCase, inProcessOnly, unsupported } from "./case.ts";

/** Most bytes of one burst of tiny frames. */
const BURST = 4 * 1024 * 1024;

/** Section 2: several frames, or parts of them, in one chunk. */
export const COALESCING: readonly ConformanceCase[] = [
  {
    id: "2.1",
    title: "two frames in one chunk",
    level: "MUST",
    requirement: "Both frames are answered, with no more bytes to come.",
    why:
      "The second frame waits in the buffer; nobody looks until more bytes arrive, or it is thrown away.",
    issue: "https://github.com/NormB/sipnab/issues/95",
    fix: "After a frame, look at the rest of the buffer before you read again.",
    plan(scene) {
      const source = scene.payloads();
      const sizes = [[5, 1], [1, 5], [0, 3], [3, 0], [17, 17], [64, 2]];
      return {
        kind: "deliveries",
        joins: true,
        packed: true,
        deliveries: these(sizes.map((pair) => deliver(source.frames(pair)))),
      };
    },
  },
  {
    id: "2.2",
    title: "1,000 to 100,000 tiny frames in one chunk",
    level: "MUST",
    requirement: "Any number of frames in one chunk is answered.",
    why:
      "Recursion per frame overflows the stack; one allocation per frame starves everybody else.",
    issue: "https://github.com/snapview/tungstenite-rs/issues/54",
    fix: "Loop, do not recurse; give others their turn between batches.",
    plan(scene) {
      const part = scene.payloads().frame(1);
      const most = Math.floor(BURST / part.wire.length);
      const counts = [1000, 10_000, 100_000].map((count) => Math.min(count, most));
      const bursts = [...new Set(counts)].map((count) =>
        deliver(new Stimulus(scene.contract, Array.from({ length: count }, () => part)))
      );
      return { kind: "deliveries", joins: true, packed: true, deliveries: these(bursts) };
    },
  },
  {
    id: "2.3",
    title: "a frame and the beginning of the next header",
    level: "MUST",
    requirement:
      "The whole frame is answered at once, though part of the next one is already there.",
    why: "Readers that want a full buffer keep a complete frame back until the rest comes.",
    issue: "https://github.com/Csontikka/esphome-tailscale/issues/35",
    fix: "Deliver every complete frame before you ask for more bytes.",
    plan(scene) {
      const stimulus = scene.payloads().frames([5, 6]);
      const [first, second] = stimulus.frames;
      const from = first?.end ?? 0;
      const to = Math.min(second?.body ?? from + 4, from + 32, stimulus.bytes.length - 1);
      const cuts = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + 1 + i);
      return {
        kind: "deliveries",
        joins: true,
        packed: true,
        deliveries: these(cuts.map((cut) => deliver(stimulus, [cut], { waits: [cut] }))),
      };
    },
  },
  {
    id: "2.4",
    title: "tail of one frame, a whole one, head of the next",
    level: "MUST",
    requirement: "All three frames are answered, wherever the outer two are cut.",
    why:
      "Start, middle and end of a buffer in one step: what is left over must be neither lost nor doubled.",
    issue: "https://github.com/irontec/sngrep/issues/466",
    fix: "Move what is left to the front, or keep an offset; never both.",
    plan(scene) {
      const stimulus = scene.payloads().frames([6, 3, 6]);
      const [first, , third] = stimulus.frames;
      const heads = stride(first?.end ?? 1, 1);
      const tails = stride(stimulus.bytes.length, 1).filter((at) => at > (third?.start ?? 0));
      const lists = heads.flatMap((head) => tails.map((tail) => [head, tail]));
      const plan = listed("outer cuts", stimulus.bytes.length, lists);
      return { kind: "deliveries", joins: true, packed: true, deliveries: cutting(stimulus, plan) };
    },
  },
  {
    id: "2.5",
    title: "windows of three frames, every pair of cuts",
    level: "MUST",
    requirement: "Three neighbours of any size are answered, wherever two cuts fall.",
    why:
      "Empty, short and longer frames next to each other meet every way a chunk can hold parts of three.",
    issue: "https://github.com/netty/netty/issues/17549",
    fix: "As for 1.2 and 2.1.",
    plan(scene) {
      const source = scene.payloads();
      const windows = [[0, 1, 2], [1, 0, 3], [2, 5, 0], [3, 3, 3]].map((w) => source.frames(w));
      return {
        kind: "deliveries",
        joins: true,
        packed: true,
        deliveries: chained(windows.map((w) => cutting(w, cutPairs(w.bytes.length)))),
        covers: "all pairs of cuts of four windows of three frames",
        set: {
          kind: "each",
          sets: windows.map(({ bytes }) => ({ kind: "pairs", length: bytes.length })),
        },
      };
    },
  },
  {
    id: "2.6",
    title: "a frame and the end of the stream in one read",
    level: "MUST",
    needs: ["half-close"],
    requirement: "A frame is answered though FIN comes right behind it.",
    why: "The end is handled first and the bytes before it are dropped.",
    issue: "https://github.com/MDA2AV/HttpArena/issues/1453",
    fix: "Decode what has come before you act on the end.",
    plan(scene) {
      const source = scene.payloads();
      const streams = [[5], [1], [3, 4]].map((sizes) => source.frames(sizes));
      return {
        kind: "deliveries",
        joins: true,
        deliveries: these(streams.map((stream) => deliver(stream, [], { end: "fin" }))),
      };
    },
  },
  {
    id: "2.7",
    title: "a bad frame between two good ones in one chunk",
    level: "MUST",
    negative: "between frames",
    requirement:
      "The good frame before the bad one is answered; after it nothing is, unless the target skips and goes on.",
    why:
      "An error must not take back what was right, and must not be followed by frames that nobody sent.",
    issue: "https://github.com/tokio-rs/tokio/issues/3976",
    fix: "Deliver the frames before the bad byte, then report the error once, then stop.",
    plan(scene) {
      const source = scene.payloads();
      const bad = oversizedFrame(scene.contract, source) ?? malformedHeader(scene.contract);
      if (bad === undefined) {
        return unsupported("no frame of this framing is known to be bad; give --max-frame N");
      }
      const parts = [source.frame(5), bad, source.frame(6)];
      return {
        kind: "deliveries",
        joins: true,
        deliveries: these([deliver(new Stimulus(scene.contract, parts))]),
      };
    },
  },
  {
    id: "2.8",
    title: "decoder swapped in the middle of a chunk",
    level: "MUST",
    needs: ["in process"],
    requirement: "After an upgrade the new protocol gets the bytes that the old one did not take.",
    why: "Bytes that came with the last frame of the old protocol are lost in its buffer.",
    fix: "Hand over what is left of the buffer.",
    plan: inProcessOnly,
  },
];
