import { Stimulus } from "../stimulus/stimulus.ts";
import { these } from "../strategy/deliveries.ts";
import { deliver } from "../strategy/delivery.ts";
import { malformedHeader, oversizedFrame } from "../stimulus/claims.ts";
import { singleCuts } from "../strategy/cut_plan.ts";
import { type ConformanceCase, type Plan, type Scene, unsupported } from "./case.ts";
import { cutOff, offsets } from "./cut_off.ts";
import { largeFrames } from "./pressure_streams.ts";

/** Sizes of the payloads of the stream that ends at every offset. */
const SIZES = [3, 0, 5, 9];
/** Bytes of answers that are under way when the connection ends: more than the kernels hold. */
const LARGE_BYTES = 6 * 1024 * 1024;
/** Silence before a slow FIN, in ms. */
const SLOW_MS = 100;
/** Bytes of the stream that ends right behind its last byte, cut everywhere. */
const CUT_AND_CLOSED = 64;

/** Why a half-closed connection cannot be asked for answers, or undefined when it can. */
function noHalfClose({ scheme }: Scene): Plan | undefined {
  return scheme === "tls"
    ? unsupported("TLS may end both directions at once (RFC 5246, 7.2.1)")
    : undefined;
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
        deliveries: these(ends.map((end) => cutOff(scene.contract, whole, end, "fin"))),
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
      const places = offsets(whole);
      const all = places.map((at) => cutOff(scene.contract, whole, at, "fin"));
      return {
        kind: "deliveries",
        deliveries: these(all),
        covers: `FIN at every offset of ${whole.bytes.length} bytes`,
        set: { kind: "ends", end: "fin", offsets: places },
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
      const none = noHalfClose(scene);
      if (none) return none;
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
    needs: ["reset"],
    requirement: "A connection that is reset ends alone: the next one is served.",
    why: "An unhandled ECONNRESET ends the process, and one packet ends the service.",
    issue: "https://github.com/evs-broadcast/node-emberplus/issues/23",
    fix: "Handle errors of each connection.",
    plan(scene) {
      if (scene.scheme !== "tcp") return unsupported(`RST is not sent over ${scene.scheme}`);
      const whole = scene.payloads().frames(SIZES);
      const places = offsets(whole);
      const all = places.map((at) => cutOff(scene.contract, whole, at, "reset"));
      return {
        kind: "deliveries",
        resets: true,
        deliveries: these(all),
        covers: `RST at every offset of ${whole.bytes.length} bytes`,
        set: { kind: "ends", end: "reset", offsets: places },
      };
    },
  },
  {
    id: "8.5",
    title: "slow close",
    level: "MUST",
    requirement:
      "An end that comes late adds nothing; and answers that are still under way when it comes arrive, even if they are read slowly.",
    why: "A socket that is destroyed at the end of its input throws away what waits to be written.",
    issue: "https://github.com/MDA2AV/HttpArena/issues/1453",
    fix: "At the end of the input write what is left, then close: end(), not destroy().",
    plan(scene) {
      const none = noHalfClose(scene);
      if (none) return none;
      const late = deliver(scene.payloads().frames([5, 17]), [], {
        end: "fin",
        pace: { stallMs: SLOW_MS },
      });
      const unread = deliver(largeFrames(scene, LARGE_BYTES), [], {
        end: "fin",
        pace: { reading: "late" },
      });
      return { kind: "deliveries", joins: true, deliveries: these([late, unread]) };
    },
  },
  {
    id: "8.6",
    title: "FIN right behind the last byte, and every cut",
    level: "MUST",
    requirement:
      "A stream that was cut anywhere and ends at once is answered like one that stays open.",
    why:
      "The last chunk and the end come in one go: who looks at the end first forgets the chunk, but only if a frame was already begun.",
    issue: "https://github.com/MDA2AV/HttpArena/issues/1453",
    fix: "Take all bytes before the end; then look whether a frame is incomplete.",
    plan(scene) {
      const none = noHalfClose(scene);
      if (none) return none;
      const stimulus = scene.payloads().stream(CUT_AND_CLOSED, 16);
      const cuts = singleCuts(stimulus.bytes.length);
      const all = Array.from(
        { length: cuts.count },
        (_, i) => deliver(stimulus, cuts.at(i), { end: "fin" }),
      );
      return {
        kind: "deliveries",
        deliveries: these(all),
        covers: `FIN behind every single cut of ${stimulus.bytes.length} bytes`,
        set: { kind: "singles", length: stimulus.bytes.length, end: "fin" },
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
        deliveries: these([...new Set(cuts)].map((at) => cutOff(scene.contract, whole, at, "fin"))),
      };
    },
  },
  {
    id: "8.8",
    title: "kept open behind a complete answer",
    level: "MUST",
    requirement:
      "A complete answer counts, whether the target closes behind it or keeps its side open.",
    why:
      "When a connection is closed is no matter of framing: a harness that waits for it blames right targets.",
    fix: "Nothing to mend here unless answers are missing; then see 8.3.",
    plan(scene) {
      const delivery = deliver(scene.payloads().frames([6, 2]), [], { end: "fin" });
      return noHalfClose(scene) ?? { kind: "kept-open", delivery };
    },
  },
  {
    id: "8.9",
    title: "bytes behind the end",
    level: "MUST",
    requirement:
      "Answers that nobody takes any more, and bytes that come after the target has closed, end this connection only.",
    why:
      "A write to a peer that is gone fails (EPIPE, ECONNRESET, SIGPIPE); unhandled it ends the process.",
    issue: "https://github.com/evs-broadcast/node-emberplus/issues/23",
    fix: "Handle errors of writes as those of reads; ignore SIGPIPE.",
    plan(scene) {
      if (scene.scheme === "stdio") return unsupported("over stdio each connection is a process");
      const source = scene.payloads();
      const gone = largeFrames(scene, 1024 * 1024);
      const before = deliver(gone, [], { end: "close" });
      const bad = malformedHeader(scene.contract) ??
        (scene.contract.maxFrame === undefined
          ? undefined
          : oversizedFrame(scene.contract, source));
      const after = bad && new Stimulus(scene.contract, [source.frame(3), bad, source.frame(4)]);
      const [, behind] = after?.seams ?? [];
      const closed = after && behind !== undefined
        ? [deliver(after, [behind], { pace: { sendsOn: true, stallMs: SLOW_MS } })]
        : [];
      return { kind: "deliveries", joins: true, deliveries: these([before, before, ...closed]) };
    },
  },
];
