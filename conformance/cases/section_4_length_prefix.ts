import { payloadRange } from "../stimulus/contract.ts";
import { badPart } from "../stimulus/bad_part.ts";
import {
  ENDLESS_VARINTS,
  lengthsBelowHeader,
  MALFORMED_VARINTS,
  swappedLength,
} from "../stimulus/malformed_length.ts";
import { type Part, Stimulus } from "../stimulus/stimulus.ts";
import { listed, singleCuts, stride } from "../strategy/cut_plan.ts";
import { chained, cutting, these } from "../strategy/deliveries.ts";
import { deliver } from "../strategy/delivery.ts";
import { type ConformanceCase, type Scene, unsupported } from "./case.ts";
import { amongGood, inPieces, overLimitPolicy, refusals } from "./hostile_streams.ts";

/** Largest payload that is sent to a target whose limit is not known, and to one whose limit is, in bytes. */
const MODEST = 4096;
const LARGEST = 2 ** 21 + 1;
/** Sizes in which each byte of a length is used, and carried into by the one below it. */
const TELLING = [0, 1, 127, 128, 129, 255, 256, 257, 383, 511, 512, 16_383, 16_384, 16_385]
  .concat([65_535, 65_536, 65_537]);
/** Sizes whose lowest 7, 8, 14, 16 or 21 bits are zero. */
const ROUND = [128, 256, 384, 512, 1024, 16_384, 32_768, 49_152, 65_536, 2 ** 21];
/** Empty frames in a row. */
const EMPTY_RUN = 1000;

/** Those of the sizes that the framing can carry and the target takes. */
function sizesFor(scene: Scene, sizes: readonly number[]): number[] {
  const atMost = scene.contract.maxFrame === undefined ? MODEST : LARGEST;
  const { least, most } = payloadRange(scene.contract, atMost);
  return sizes.filter((size) => size >= least && size <= most);
}

/** The stream of small, `size`, small; cut at each byte of the middle header. */
function headerCuts(scene: Scene, size: number) {
  const stimulus = scene.payloads(`${size}`).frames([3, size, 3]);
  const [, middle] = stimulus.frames;
  const { start = 0, body = start + 4 } = middle ?? {};
  const places = stride(body + 2, 1).filter((at) => at >= start && at <= body + 1);
  const pairs = places.flatMap((a) => places.filter((b) => b > a).map((b) => [a, b]));
  const all = [...places.map((at) => [at]), ...(size > 70_000 ? [] : pairs), places];
  return cutting(stimulus, listed("cuts in a header", stimulus.bytes.length, all));
}

/** Section 4: binary lengths. */
export const LENGTH_PREFIXES: readonly ConformanceCase[] = [
  {
    id: "4.1",
    title: "every byte of the length is used",
    level: "MUST",
    needs: ["binary length"],
    requirement: "Lengths around 2^7, 2^8, 2^14 and 2^16 are read with all their bytes.",
    why:
      "A length is tested with small numbers, and its upper bytes, its byte order or its third group are never read.",
    issue: "https://github.com/404Setup/KryptonReno/issues/23",
    fix: "Read all bytes of the length, in the framing's byte order, into a type that holds them.",
    plan(scene) {
      const source = scene.payloads();
      const streams = sizesFor(scene, TELLING).map((size) => source.frames([size, 2]));
      return {
        kind: "deliveries",
        packed: true,
        deliveries: these(streams.map((stream) => deliver(stream))),
      };
    },
  },
  {
    id: "4.2",
    title: "header cut at each byte, lengths with low bits zero",
    level: "MUST",
    needs: ["binary length"],
    requirement: "A header whose first bytes say nothing yet is waited for, however it is cut.",
    why:
      "The half of a length that is all zero is taken for the length 0, and an empty frame comes out.",
    issue: "https://github.com/netty/netty/issues/17549",
    fix:
      "Tell `not enough bytes yet` from `the value 0`; leave the bytes where they are until all are there.",
    plan(scene) {
      const sizes = sizesFor(scene, ROUND);
      if (sizes.length === 0) return unsupported("no such length is within the limits");
      return {
        kind: "deliveries",
        packed: true,
        deliveries: chained(sizes.map((size) => headerCuts(scene, size))),
      };
    },
  },
  {
    id: "4.3",
    title: "what the length counts",
    level: "MUST",
    needs: ["binary length"],
    requirement:
      "The length counts what the framing says: with or without the header, adjusted or not.",
    why:
      "Off by the width of the header, each frame eats the head of the next one, or leaves its tail there.",
    issue: "https://github.com/zeromq/libzmq/issues/3351",
    fix: "Adjust the length once, right behind reading it, and check it for being negative.",
    plan(scene) {
      const source = scene.payloads();
      const header = source.frames([3]).frames[0]?.body ?? 4;
      const sizes = [header, 0, header - 1, 1, header + 1, 2 * header];
      const stimulus = source.frames(sizes);
      return {
        kind: "deliveries",
        packed: true,
        deliveries: cutting(stimulus, singleCuts(stimulus.bytes.length)),
      };
    },
  },
  {
    id: "4.4",
    title: "length smaller than the header it counts",
    level: "MUST",
    needs: ["fixed-width length"],
    negative: "header",
    requirement: "A length that counts the header and is smaller than it is refused.",
    why:
      "The payload would have less than no bytes: it reads backwards, wraps to gigabytes, or never ends.",
    issue: "https://github.com/zeromq/libzmq/issues/3351",
    fix: "Check the adjusted length for < 0 before you use it.",
    plan: (scene) =>
      refusals(
        scene,
        lengthsBelowHeader(scene.contract),
        `the length of ${scene.contract.framing.spec} counts no header`,
      ),
  },
  {
    id: "4.5",
    title: "varints that are overlong, too wide, or without end",
    level: "MUST",
    needs: ["varint", "room"],
    negative: "header",
    requirement:
      "A varint of over ten bytes or 64 bits is refused at once; one that is longer than it needs to be should be.",
    why:
      "Endless varints cost memory and time; two spellings of one length let two programs see different frames.",
    issue: "https://github.com/jxoesneon/IPFS/issues/79",
    fix: "Count the bytes of the varint and stop at ten; refuse a last byte of zero.",
    outcomes: {
      NONSTRICT:
        "An overlong length was taken, with exactly its bytes: nothing is lost, but it has two spellings.",
      FAIL:
        "An endless or too wide varint was waited for or taken, or frames came that nobody sent.",
    },
    plan: (scene) => {
      // With a good frame behind it even an endless varint ends some time; alone it must be refused before.
      const source = scene.payloads("alone");
      const alone = ENDLESS_VARINTS.map((bad) =>
        deliver(new Stimulus(scene.contract, [source.frame(3), bad]))
      );
      return {
        kind: "deliveries",
        deliveries: these([...amongGood(scene, MALFORMED_VARINTS), ...alone]),
      };
    },
  },
  {
    id: "4.6",
    title: "empty frames in a row",
    level: "MUST",
    needs: ["binary length", "empty frames"],
    requirement:
      "A thousand empty frames, in one chunk or each in its own, are a thousand answers.",
    why:
      "A frame without bytes makes no progress in the payload, and a guard against endless loops stops there.",
    issue: "https://github.com/NetGauze/NetGauze/issues/597",
    fix: "Count headers as progress, too.",
    plan(scene) {
      const source = scene.payloads();
      const [empty, last] = [source.frame(0), source.frame(2)];
      const run = (count: number) => {
        const parts: Part[] = [...Array.from({ length: count }, () => empty), last];
        return new Stimulus(scene.contract, parts);
      };
      const some = run(40);
      return {
        kind: "deliveries",
        packed: true,
        joins: true,
        deliveries: these([deliver(run(EMPTY_RUN)), deliver(some, some.seams)]),
      };
    },
  },
  {
    id: "4.7",
    title: "length in the other byte order",
    level: "MUST",
    needs: ["byte order", "room"],
    negative: "header",
    requirement:
      "A length in the other byte order is read as it stands: refused, or waited for, never guessed.",
    why: "Who guesses the byte order lets two programs see different frames in the same bytes.",
    issue: "https://github.com/netty/netty/issues/16633",
    fix: "Read one byte order; bound the length, so that a mix-up shows at the first frame.",
    plan(scene) {
      const { maxFrame } = scene.contract;
      if (maxFrame === undefined) {
        return unsupported("give the target's own limit with --max-frame N");
      }
      const source = scene.payloads();
      const payload = source.payload(5);
      const swapped = swappedLength(scene.contract, payload);
      if (swapped === undefined) return unsupported("such a length cannot be written");
      const { wire, claim } = swapped;
      const first = source.frame(4);
      if (claim <= BigInt(maxFrame)) {
        const stream = new Stimulus(scene.contract, [first, { kind: "tail", wire }]);
        const { length } = stream.bytes;
        return {
          kind: "deliveries",
          deliveries: these([deliver(stream, [], { waits: [length], end: "fin" })]),
        };
      }
      const skippable = claim <= BigInt(Number.MAX_SAFE_INTEGER);
      const bad = badPart(wire, `a length of 5 in the other byte order, ${claim}`, {
        payload,
        skippable,
      });
      const stream = new Stimulus(scene.contract, [first, bad]);
      const policy = overLimitPolicy(scene);
      const start = first.wire.length;
      return {
        kind: "deliveries",
        deliveries: these(inPieces(stream, start + 1, stream.bytes.length)),
        ...(policy ? { policy } : {}),
      };
    },
  },
  {
    id: "4.8",
    title: "one byte short at the end of the stream",
    level: "MUST",
    needs: ["length announced"],
    negative: "end of stream",
    requirement: "A frame of which the last byte is missing when the stream ends is not delivered.",
    why: "Readers that take what is left at the end deliver a frame that was cut off.",
    issue: "https://github.com/apache/arrow-go/pull/991",
    fix:
      "At the end inside a frame report an error; compare with the announced length, not with `> 0`.",
    plan(scene) {
      const source = scene.payloads();
      const streams = [1, 5, 300].map((size) => {
        const { wire } = source.frame(size);
        const tail: Part = { kind: "tail", wire: wire.subarray(0, -1) };
        return new Stimulus(scene.contract, [source.frame(4), tail]);
      });
      return {
        kind: "deliveries",
        deliveries: these(streams.map((stream) => {
          const { length } = stream.bytes;
          return deliver(stream, [], { waits: [length], end: "fin" });
        })),
      };
    },
  },
];
