import { payloadRange } from "../stimulus/contract.ts";
import { Stimulus } from "../stimulus/stimulus.ts";
import { type Cuts, stride } from "../strategy/cut_plan.ts";
import { these } from "../strategy/deliveries.ts";
import { deliver } from "../strategy/delivery.ts";
import { type ConformanceCase, type Plan, type Scene, unsupported } from "./case.ts";
import { brokenOff, cutOff, offsets } from "./cut_off.ts";
import { largeFrames, longFrame } from "./pressure_streams.ts";

/** A silence that every target survives unless it says otherwise, in ms. */
const SHORT_STALL_MS = 250;
/** How much longer than the target's idle timeout a stall is. */
const PAST = 1.5;
/** Connections that stall at once. */
const TOGETHER = 32;
/** Pause between two bytes of a slow drip, in ms. */
const DRIP_MS = 20;
/** Connections that are dripped on at once in 9.6. */
const CROWD = 16;
/** Bytes that are sent while nothing is read: more than the kernels of both sides like to hold. */
const LARGE_BYTES = 8 * 1024 * 1024;
/** Lengths of the frame of 9.8 that are tried, longest first, and how many chunks it comes in. */
const LONGEST = [8 * 1024 * 1024, 1024 * 1024, 65_536];
const CHUNKS = 1024;
/** Shortest frame in which growth shows, in bytes. */
const LEAST_GROWN = 16_384;

/** Every offset of a stream of two frames at which it can stall. */
function stallsEverywhere(scene: Scene, stallMs: number): Plan {
  const stimulus = scene.payloads().frames([5, 9]);
  const { length } = stimulus.bytes;
  const at = (cuts: Cuts) => deliver(stimulus, cuts, { pace: { stallMs } });
  const all = Array.from({ length: length - 1 }, (_, i) => at([i + 1]));
  const first = stimulus.frames[0];
  const telling = [1, first?.body ?? 2, (first?.end ?? 3) - 1, first?.end ?? 3];
  const few = [...new Set(telling)].filter((cut) => cut > 0 && cut < length);
  return {
    kind: "deliveries",
    deliveries: these(all),
    together: TOGETHER,
    few: these(few.map((cut) => at([cut]))),
    ...(scene.idleMs === undefined ? {} : { judge: "stalled" }),
    covers: `a stall of ${stallMs} ms at every offset of ${length} bytes`,
    set: { kind: "singles", length, stallMs },
  };
}

/** Section 9: time, pressure, and many at once. */
export const PRESSURE: readonly ConformanceCase[] = [
  {
    id: "9.1",
    title: "stall at every offset",
    level: "MUST",
    requirement:
      "A peer that falls silent amid a frame is waited for, or hung up on after the idle timeout; what it sent is never taken for a whole frame, nor thrown away while the connection goes on.",
    why:
      "A timeout that drops what was read so far and reads on is out of step with the stream from then on.",
    fix:
      "When a read times out, keep what has come, or close the connection; never begin a frame anew.",
    plan: (scene) =>
      stallsEverywhere(
        scene,
        scene.idleMs === undefined ? SHORT_STALL_MS : Math.ceil(scene.idleMs * PAST),
      ),
  },
  {
    id: "9.2",
    title: "slow drip within the timeout",
    level: "MUST",
    requirement:
      "A stream that comes slowly, but never stops for long, is answered like any other.",
    why:
      "Deadlines that are meant for silence must not hit a peer that is merely slow, and a pause is no end.",
    fix: "Restart the idle timeout with each byte that comes.",
    plan(scene) {
      const stimulus = scene.payloads().frames([3, 6]);
      const { length } = stimulus.bytes;
      // All of it takes less than the idle timeout, so that a deadline for whole frames is met as well.
      const stallMs = Math.min(DRIP_MS, (scene.idleMs ?? Infinity) / (2 * length));
      const drip = deliver(stimulus, stride(length, 1), { pace: { stallMs } });
      return { kind: "deliveries", deliveries: these([drip]) };
    },
  },
  {
    id: "9.3",
    title: "answers are not read",
    level: "SHOULD",
    requirement:
      "A target whose answers nobody reads stops reading, or closes; it does not keep answers without bound.",
    why: "One client that asks and never listens takes all the memory of the process.",
    issue: "https://github.com/python/cpython/issues/127656",
    fix:
      "Wait until a write is taken before you read on (drain); or bound the queue and close when it is full.",
    plan(scene) {
      const { expectation } = scene.contract;
      if (!expectation.answers) return unsupported("no answers are expected");
      return { kind: "unread", pressing: largeFrames(scene, 1024 * 1024) };
    },
  },
  {
    id: "9.4",
    title: "both sides send much at once",
    level: "MUST",
    requirement:
      "A target that had to wait until its answers were read goes on when they are, and loses nothing.",
    why:
      "Both sides write and neither reads: a deadlock; or reading is paused under pressure and never taken up again.",
    fix: "Resume reading when the socket takes writes again; do not give up a write that blocks.",
    plan(scene) {
      const much = largeFrames(scene, LARGE_BYTES);
      const delivery = deliver(much, [], { pace: { reading: "late" } });
      return { kind: "deliveries", deliveries: these([delivery]), joins: true };
    },
  },
  {
    id: "9.5",
    title: "pause and resume at every byte",
    level: "MUST",
    requirement:
      "A peer that stops and goes on at every byte, in both directions, gets the same answers.",
    why: "Each pause enters the states for `nothing to read` and `cannot write` and leaves them.",
    fix: "Keep what is half read and half written where the next event finds it.",
    plan(scene) {
      const stimulus = scene.payloads().frames([4, 0, 7, 1]);
      const reading = { bytes: 1, pauseMs: 0 };
      const drip = deliver(stimulus, stride(stimulus.bytes.length, 1), {
        pace: { stallMs: 2, reading },
      });
      return { kind: "deliveries", packed: true, deliveries: these([drip, drip]) };
    },
  },
  {
    id: "9.6",
    title: "many connections, bytes interleaved; one of them stalls",
    level: "MUST",
    requirement:
      "Each connection has a state of its own, and one that does not read its answers does not stop the others.",
    why:
      "State that is shared mixes peers; a write that blocks the only thread lets one peer stop all.",
    issue: "https://github.com/ystreet/turn-proto/issues/71",
    fix: "Keep decoder, buffers and queue per connection; never block on one peer.",
    plan(scene) {
      if (!scene.contract.expectation.answers) return unsupported("no answers are expected");
      const source = scene.payloads();
      const crowd = Array.from({ length: CROWD }, (_, i) => {
        const stimulus = source.frames([5 + i, 0, 11]);
        return deliver(stimulus, stride(stimulus.bytes.length, 1));
      });
      const { wire } = source.frame(9);
      const begun = wire.subarray(0, Math.floor(wire.length / 2));
      const half = new Stimulus(
        scene.contract,
        begun.length > 0 ? [{ kind: "tail", wire: begun }] : [],
      );
      return {
        kind: "isolation",
        crowd: these(crowd),
        half: deliver(half, [], { waits: [begun.length] }),
        pressing: largeFrames(scene, 1024 * 1024),
      };
    },
  },
  {
    id: "9.7",
    title: "closed at every offset",
    level: "MUST",
    requirement:
      "A peer that is gone in the middle of anything ends its own connection only; the next one begins with nothing of it.",
    why:
      "Whatever is awaited just then (a header, a body, a write) is cancelled: what was half done must not be left behind.",
    issue: "https://github.com/tokio-rs/tokio/issues/5310",
    fix: "Give what belongs to a connection back when it ends, wherever it was waiting.",
    plan(scene) {
      if (scene.scheme === "stdio") return unsupported("over stdio each connection is a process");
      const whole = scene.payloads().frames([3, 0, 5, 9]);
      const all = offsets(whole).flatMap((at) => [
        cutOff(scene.contract, whole, at, "close"),
        brokenOff(scene.contract, whole, at, "close"),
      ]);
      return { kind: "deliveries", deliveries: these(all) };
    },
  },
  {
    id: "9.8",
    title: "time over size and number of chunks",
    level: "SHOULD",
    requirement:
      "A frame twice as long in twice as many chunks takes about twice the time, not four times.",
    why:
      "What is copied or searched from its beginning with every chunk costs the square: a few megabytes keep a processor busy for minutes.",
    issue: "https://github.com/snapview/tungstenite-rs/issues/376",
    fix:
      "Collect chunks in a list, or in a buffer that doubles; go on searching where the last search ended.",
    plan(scene) {
      const { most } = payloadRange(scene.contract, LONGEST[0] ?? 0);
      if (most < LEAST_GROWN) {
        return unsupported(`frames of at most ${most} bytes are too short for growth to show`);
      }
      const deliveries = [...new Set(LONGEST.map((size) => Math.min(size, most)))].map(
        (size) => () => {
          const stimulus = longFrame(scene, size);
          return stimulus && deliver(stimulus, stride(size, Math.ceil(size / CHUNKS)));
        },
      );
      return { kind: "growth", deliveries };
    },
  },
];
