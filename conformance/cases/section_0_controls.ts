import { these } from "../strategy/deliveries.ts";
import { deliver, frameByFrame } from "../strategy/delivery.ts";
import { type ConformanceCase, type Scene, unsupported } from "./case.ts";

/** Sizes of the control stream's payloads, in bytes. */
const CONTROL = [5, 1, 17, 64, 3];

const control = (scene: Scene) => scene.payloads("control").frames(CONTROL);

/** Section 0: the target does what it should when nobody makes it hard, and the harness sees what it does. */
export const CONTROLS: readonly ConformanceCase[] = [
  {
    id: "0.1",
    title: "whole stream in one write",
    level: "MUST",
    requirement: "Several frames that arrive in one chunk are each answered, in order.",
    why:
      "TCP joins what was written apart; a reader that takes one frame per read loses the others.",
    issue: "https://github.com/daltoniam/Starscream/issues/222",
    fix: "Decode in a loop until the buffer holds no whole frame, and keep what is left.",
    plan: (scene) => ({
      kind: "deliveries",
      packed: true,
      joins: true,
      deliveries: these([deliver(control(scene))]),
    }),
  },
  {
    id: "0.2",
    title: "one frame per write",
    level: "MUST",
    requirement: "A frame that arrives alone and whole is answered before the next one is sent.",
    why:
      "It is the kindest delivery there is: a target that fails here fails for another reason than chunks.",
    fix: "Check --framing, --expect and --max-frame, then the target itself.",
    plan: (scene) => ({
      kind: "deliveries",
      packed: true,
      deliveries: these([frameByFrame(control(scene))]),
    }),
  },
  {
    id: "0.3",
    title: "random payloads",
    level: "MUST",
    needs: ["any bytes"],
    requirement: "Any bytes come through: no canned answers, no text decoding on the way.",
    why:
      "Zero bytes, bytes over 127 and bytes that look like headers are where text-minded code breaks.",
    issue: "https://github.com/rome/tools/issues/736",
    fix: "Keep payloads as bytes; count lengths in bytes, not in characters.",
    plan(scene) {
      const source = scene.payloads();
      const streams = Array.from({ length: 8 }, () => frameByFrame(source.stream(200)));
      return { kind: "deliveries", packed: true, deliveries: these(streams) };
    },
  },
  {
    id: "0.4",
    title: "unknown case answered as unsupported",
    level: "MUST",
    needs: ["adapter"],
    requirement: "An adapter answers a request that it does not know with `unsupported`.",
    why: "Otherwise a case that was never run looks like one that passed.",
    fix: "Answer unknown requests; do not guess.",
    plan: () => unsupported("only decoders behind an adapter are asked"),
  },
  {
    id: "0.5",
    title: "false expectation must fail",
    level: "MUST",
    needs: ["answers"],
    requirement: "The harness objects to a right answer when it is told to expect a wrong one.",
    why: "A harness that cannot fail proves nothing.",
    fix: "This is a fault of the harness: please report it.",
    plan: (scene) => ({
      kind: "false-expectation",
      delivery: deliver(scene.payloads("control").frames([5])),
    }),
  },
  {
    id: "0.6",
    title: "edge proof",
    level: "MAY",
    requirement: "The kernel tells when the target has read a chunk.",
    why: "Without it two chunks may reach the target in one read, and a split was never tested.",
    issue: "https://github.com/MDA2AV/HttpArena/issues/1431",
    fix: "Run on Linux, on the target's machine, with --allow-ffi.",
    plan: () => ({ kind: "edges" }),
  },
  {
    id: "0.7",
    title: "alive after every hostile delivery",
    level: "MUST",
    requirement:
      "After a connection that broke off or broke the rules, the next one is served, by the same process.",
    why: "One bad peer must not take the service away from all others.",
    issue: "https://github.com/nodejs/help/issues/1807",
    fix: "Handle errors per connection; never let one end the process or the accept loop.",
    plan: () => ({ kind: "liveness" }),
  },
  {
    id: "0.8",
    title: "control repeated last",
    level: "MUST",
    requirement: "At the end of the run the target still does what it did at the beginning.",
    why: "If not, something before it did damage that no case saw.",
    fix: "Look for state that outlives a connection.",
    plan(scene) {
      const stream = control(scene);
      return {
        kind: "deliveries",
        packed: true,
        deliveries: these([frameByFrame(stream), deliver(stream)]),
      };
    },
  },
];
