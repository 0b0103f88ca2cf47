import { readStimulus } from "../stimulus/read_stimulus.ts";
import type { Stimulus } from "../stimulus/stimulus.ts";
import { these } from "../strategy/deliveries.ts";
import { deliver, type Delivery, type EndEvent } from "../strategy/delivery.ts";
import { type ConformanceCase, type Scene, unsupported } from "./case.ts";

/** Sizes of the payloads of the stream that ends at every offset. */
const SIZES = [3, 0, 5, 9];
/** Longest stream of which every offset is tried, in bytes. */
const LONGEST = 512;

/** The stream up to `length` bytes, whole frames answered before the end comes. */
function cutOff(scene: Scene, whole: Stimulus, length: number, end: EndEvent): Delivery {
  const stimulus = readStimulus(scene.contract, whole.bytes.subarray(0, length));
  const last = stimulus.frames.at(-1)?.end ?? 0;
  const inside = last > 0 && last < length ? [last] : [];
  return deliver(stimulus, inside, { waits: [...inside, length], end });
}

/** Every offset of a stream, or as many as there is time for in a long one. */
function offsets(whole: Stimulus): number[] {
  const { length } = whole.bytes;
  const step = Math.ceil(length / LONGEST);
  return Array.from({ length: Math.floor(length / step) }, (_, i) => 1 + i * step);
}

/** Section 8: how a connection ends. */
export const ENDS: readonly ConformanceCase[] = [
  {
    id: "8.1",
    title: "FIN at a frame edge",
    level: "MUST",
    requirement: "The end between two frames is a clean end: all is answered, nothing is added.",
    why: "The end must not answer the last frame again, nor an empty one.",
    issue: "https://github.com/netty/netty/issues/10417",
    fix: "At the end look at the decoder's state: between frames there is nothing to deliver.",
    plan(scene) {
      const whole = scene.payloads().frames(SIZES);
      const ends = whole.frames.map(({ end }) => end);
      return {
        kind: "deliveries",
        deliveries: these(ends.map((end) => cutOff(scene, whole, end, "fin"))),
      };
    },
  },
  {
    id: "8.2",
    title: "FIN at every offset",
    level: "MUST",
    requirement:
      "What is incomplete when the stream ends is never delivered; what is complete is answered.",
    why: "Half a message that is taken for a whole one is acted upon.",
    issue: "https://github.com/apache/arrow-go/pull/991",
    fix: "At the end inside a frame report an error; do not flush the buffer as a frame.",
    plan(scene) {
      const whole = scene.payloads().frames(SIZES);
      const all = offsets(whole).map((at) => cutOff(scene, whole, at, "fin"));
      return {
        kind: "deliveries",
        deliveries: these(all),
        covers: `FIN at every offset of ${whole.bytes.length} bytes`,
      };
    },
  },
  {
    id: "8.3",
    title: "half-close, then expect the answers",
    level: "MUST",
    requirement:
      "FIN says that no more requests come; the answers to those that came are still sent.",
    why: "Clients like `printf … | nc` end their side at once and then read.",
    issue: "https://github.com/MDA2AV/HttpArena/issues/1453",
    fix: "Answer what has come before you close; allow half-open connections.",
    plan(scene) {
      if (scene.scheme === "tls") {
        return unsupported("TLS may end both directions at once (RFC 5246, 7.2.1)");
      }
      const source = scene.payloads();
      const streams = [[5], [5, 1, 17], Array.from({ length: 40 }, (_, i) => i)];
      return {
        kind: "deliveries",
        deliveries: these(
          streams.map((sizes) => deliver(source.frames(sizes), [], { end: "fin" })),
        ),
      };
    },
  },
  {
    id: "8.4",
    title: "RST at every offset",
    level: "MUST",
    requirement: "A connection that is reset ends alone: the next one is served.",
    why: "An unhandled ECONNRESET ends the process, and one packet ends the service.",
    issue: "https://github.com/evs-broadcast/node-emberplus/issues/23",
    fix: "Handle errors of each connection.",
    plan(scene) {
      if (scene.scheme !== "tcp") return unsupported(`RST is not sent over ${scene.scheme}`);
      const whole = scene.payloads().frames(SIZES);
      const all = offsets(whole).map((at) => cutOff(scene, whole, at, "reset"));
      return {
        kind: "deliveries",
        resets: true,
        deliveries: these(all),
        covers: `RST at every offset of ${whole.bytes.length} bytes`,
      };
    },
  },
  {
    id: "8.7",
    title: "a new connection after a truncated one",
    level: "MUST",
    requirement: "A new connection begins with nothing: no bytes of an earlier one.",
    why: "A buffer that outlives its connection puts one client's bytes in front of another's.",
    issue: "https://github.com/BrandonPotter/SimpleTCP/issues/54",
    fix: "Make the decoder when the connection is accepted, and let it go with it.",
    plan(scene) {
      const whole = scene.payloads().frames([12]);
      const { length } = whole.bytes;
      const cuts = [1, Math.max(1, (whole.frames[0]?.body ?? 2) - 1), length - 1]
        .filter((at) => at > 0 && at < length);
      return {
        kind: "deliveries",
        deliveries: these([...new Set(cuts)].map((at) => cutOff(scene, whole, at, "fin"))),
      };
    },
  },
];
