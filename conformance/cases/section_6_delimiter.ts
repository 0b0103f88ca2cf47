import { concat } from "@std/bytes/concat";
import { Spec } from "../../protocol/framing/mod.ts";
import { utf8 } from "../stimulus/bad_part.ts";
import { MOST_REAL_BYTES, oversizedFrame } from "../stimulus/claims.ts";
import { canCarry } from "../stimulus/contract.ts";
import { brokenMarks, crlfLine, endedBy, endMarks, unended } from "../stimulus/malformed_marks.ts";
import { readStimulus } from "../stimulus/read_stimulus.ts";
import { framePart, type Part, Stimulus } from "../stimulus/stimulus.ts";
import { type Cuts, listed, singleCuts } from "../strategy/cut_plan.ts";
import { chained, cutting, these } from "../strategy/deliveries.ts";
import { deliver, type Delivery } from "../strategy/delivery.ts";
import { type ConformanceCase, type Plan, type Scene, unsupported } from "./case.ts";
import { amongGood, inPieces, overLimitPolicy } from "./hostile_streams.ts";

/** Frames of one delimiter alone. */
const EMPTY_RUN = 1000;
/** Largest limit beyond which bytes are sent here, in bytes. */
const MOST_BURST = Math.min(MOST_REAL_BYTES, 2 ** 22);
/** Farthest that two cuts around one delimiter are apart, in bytes. */
const NEAR = 4;
/** Bytes around the limit that come one by one. */
const DRIPPED = 6;

/** Places around the end of each frame: before, inside and behind its delimiter. */
function aroundEnds({ contract }: Scene, stimulus: Stimulus): number[] {
  const width = Math.max(...endMarks(contract).map((mark) => mark.length));
  const places = stimulus.frames.flatMap(({ end }) =>
    Array.from({ length: width + 3 }, (_, i) => end - width - 1 + i)
  );
  return [...new Set(places)].filter((at) => at > 0 && at < stimulus.bytes.length)
    .sort((a, b) => a - b);
}

/** Every place and every pair of places that lie close together. */
function singlesAndPairs(places: Cuts): Cuts[] {
  return [
    ...places.map((at) => [at]),
    ...places.flatMap((a) => places.filter((b) => b > a && b <= a + NEAR).map((b) => [a, b])),
  ];
}

/** A stream of the payloads that can be carried, cut at every place and pair of places around its delimiters. */
function cutAroundEnds(scene: Scene, payloads: readonly Uint8Array[]): Plan {
  const { contract } = scene;
  const parts = payloads.filter((one) => canCarry(contract, one))
    .map((one) => framePart(contract, one));
  if (parts.length === 0) return unsupported(`${contract.framing.spec} carries no such payloads`);
  const stimulus = new Stimulus(contract, parts);
  const { length } = stimulus.bytes;
  const lists = singlesAndPairs(aroundEnds(scene, stimulus));
  return {
    kind: "deliveries",
    packed: true,
    deliveries: chained([
      these([deliver(stimulus)]),
      cutting(stimulus, singleCuts(length)),
      cutting(stimulus, listed("cuts around delimiters", length, lists)),
    ]),
  };
}

/** A payload that begins a mark and does not end it, and one that looks like a mark of another kind. */
function falseStarts({ contract }: Scene): Uint8Array[] {
  const prefixes = endMarks(contract).flatMap((mark) =>
    Array.from({ length: mark.length - 1 }, (_, i) => mark.subarray(0, i + 1))
  );
  const others = ["\r", "\ra", "a\r", "\n", "\0", "AAAB", "AA", "\r\r"].map(utf8);
  const escapes = [[0xc0], [0xdb], [0xdb, 0xdc], [0xdd, 0xc0, 0xdb], [0, 0], [1, 0, 255]]
    .map((bytes) => Uint8Array.from(bytes));
  const x = utf8("x");
  return [...prefixes.flatMap((one) => [one, concat([x, one]), concat([one, x])]), ...others]
    .concat(escapes);
}

/** Bytes that some take for line ends or white space and that are none here. */
const NO_LINE_ENDS: readonly Uint8Array[] = [
  utf8("a\u2028b"),
  utf8("a\u2029b"),
  utf8("a\u0085b"),
  Uint8Array.of(0x61, 0x85, 0x62),
  utf8("a\x0bb\x0cc"),
  utf8("a\x1cb\x1dc\x1ed"),
  utf8(" \t padded \t "),
  Uint8Array.of(0xff, 0xfe, 0x61),
  Uint8Array.of(0xc3, 0x28, 0xe2, 0x82),
  Uint8Array.of(0xed, 0xa0, 0x80),
];

/** Payloads around the full blocks of COBS: 254 bytes without a zero. */
const BLOCK_EDGES = [253, 254, 255, 508, 509].map((size) => new Uint8Array(size).fill(0x61));

/** Texts in which a backslash or a quotation mark stands before the end of the frame. */
const ESCAPING = ["a\\", "\\", '"a', 'b"', "'", "a\\\\", '""', "\\n"].map(utf8);

/** A plan for frames over the limit, or why there can be none. */
function overLimit(scene: Scene, make: (bad: Part & { kind: "bad" }) => Delivery[]): Plan {
  const { maxFrame = 0 } = scene.contract;
  const bad = oversizedFrame(scene.contract, scene.payloads("over"));
  if (bad === undefined || maxFrame > MOST_BURST) {
    return unsupported(`a limit of ${maxFrame} bytes is too much to exceed`);
  }
  const policy = overLimitPolicy(scene);
  return { kind: "deliveries", deliveries: these(make(bad)), ...(policy ? { policy } : {}) };
}

/** Section 6: frames that end with a mark. */
export const DELIMITERS: readonly ConformanceCase[] = [
  {
    id: "6.1",
    title: "cut before, inside and behind the delimiter",
    level: "MUST",
    needs: ["delimiter"],
    requirement: "A delimiter is found wherever it is cut, and none of its bytes is payload.",
    why: "A search that begins anew with each chunk never sees a delimiter that lies in two.",
    issue: "https://github.com/eventmachine/eventmachine/pull/338",
    fix: "Go on searching one byte less than a delimiter before the end of what was searched.",
    plan(scene) {
      const source = scene.payloads();
      return cutAroundEnds(scene, [4, 1, 0, 9, 2].map((size) => source.payload(size)));
    },
  },
  {
    id: "6.2",
    title: "false start of a delimiter",
    level: "MUST",
    needs: ["delimiter", "any bytes"],
    requirement: "Bytes that begin a delimiter, or an escape, and do not end it are payload.",
    why:
      "After a false start the search goes on behind it, and misses the delimiter that began inside of it (AAB in AAAB).",
    issue: "https://github.com/eventmachine/eventmachine/pull/338",
    fix: "On a mismatch fall back to the longest beginning that still fits, not to none.",
    plan: (scene) => cutAroundEnds(scene, falseStarts(scene)),
  },
  {
    id: "6.3",
    title: "delimiters only",
    level: "MUST",
    needs: ["delimiter"],
    requirement:
      "Each delimiter alone ends an empty frame, in a run of a thousand too; where the framing has no empty frames, it is nothing.",
    why: "Splitting a text by its delimiter drops empty pieces, or adds one at the end.",
    issue: "https://github.com/NetGauze/NetGauze/issues/597",
    fix: "Deliver a frame for each delimiter; never for what stands behind the last one.",
    plan(scene) {
      const { contract } = scene;
      const source = scene.payloads();
      const last = source.frame(2);
      if (Math.max(contract.framing.minPayload, contract.expectation.minPayload) === 0) {
        const run = (count: number) => {
          const empty = framePart(contract, new Uint8Array(0));
          return new Stimulus(contract, [...Array.from({ length: count }, () => empty), last]);
        };
        const some = run(40);
        return {
          kind: "deliveries",
          packed: true,
          joins: true,
          deliveries: these([deliver(run(EMPTY_RUN)), deliver(some, some.seams)]),
        };
      }
      const [mark = new Uint8Array(0)] = endMarks(contract);
      if (new Spec(contract.framing.spec).name !== "slip") {
        return unsupported("there are no empty frames here");
      }
      const flushed = readStimulus(contract, concat([mark, mark, last.wire, mark, last.wire]));
      return {
        kind: "deliveries",
        packed: true,
        deliveries: chained([
          these([deliver(flushed)]),
          cutting(flushed, singleCuts(flushed.bytes.length)),
        ]),
      };
    },
  },
  {
    id: "6.4",
    title: "no delimiter at the end of the stream",
    level: "MUST",
    needs: ["delimiter"],
    negative: "end of stream",
    requirement:
      "What stands behind the last delimiter when the stream ends is a frame only where the framing says so (`?tail=frame`).",
    why: "A message that was cut off is acted upon as if it were whole.",
    issue: "https://github.com/apache/arrow-go/pull/991",
    fix:
      "At the end drop or report what has no delimiter; or declare that it counts, with ?tail=frame.",
    plan(scene) {
      const source = scene.payloads();
      const streams = [1, 5, 40].map((size) => {
        const bytes = concat([source.frame(4).wire, source.frame(size).wire]);
        const [mark = new Uint8Array(0)] = endMarks(scene.contract);
        return readStimulus(scene.contract, bytes.subarray(0, bytes.length - mark.length));
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
  {
    id: "6.5",
    title: "over the limit without a delimiter, in a burst and dripped",
    level: "MUST",
    needs: ["delimiter", "limit"],
    negative: "payload",
    requirement: "Bytes over the limit are refused though no delimiter comes.",
    why: "A reader that waits for the delimiter first keeps everything that is sent until then.",
    issue: "https://github.com/python/cpython/pull/11120",
    fix: "Check the length of what is kept with each chunk, not when the delimiter is found.",
    plan: (scene) =>
      overLimit(scene, (bad) => {
        const stimulus = new Stimulus(scene.contract, [unended(scene.contract, bad)]);
        const { length } = stimulus.bytes;
        const drip = Array.from({ length: DRIPPED }, (_, i) => length - DRIPPED + i);
        return [
          deliver(stimulus),
          deliver(stimulus, drip.filter((at) => at > 0)),
          deliver(stimulus, length > 2 ? [Math.floor(length / 2)] : []),
        ];
      }),
  },
  {
    id: "6.6",
    title: "delimiter exactly behind the limit, and one byte later",
    level: "MUST",
    needs: ["delimiter", "limit"],
    negative: "payload",
    requirement:
      "A payload of exactly the limit is answered wherever its delimiter is cut; one byte more is refused.",
    why:
      "The delimiter counts as payload while only a part of it is there: what is allowed is refused, sometimes.",
    issue: "https://github.com/neo4j/neo4j/pull/11918",
    fix: "Count only bytes that are surely payload: not those that may begin a delimiter.",
    plan: (scene) =>
      overLimit(scene, (bad) => {
        const { contract } = scene;
        const source = scene.payloads();
        const good = new Stimulus(contract, [
          source.frame(contract.maxFrame ?? 0),
          source.frame(3),
        ]);
        const [first] = good.frames;
        const places = aroundEnds(scene, good).filter((at) => at <= (first?.end ?? 0) + 1);
        const over = new Stimulus(contract, [source.frame(3), bad, source.frame(3)]);
        const from = over.bytes.length - source.frame(3).wire.length;
        return [
          deliver(good),
          ...singlesAndPairs(places).map((cuts) => deliver(good, cuts)),
          ...inPieces(over, from - 3, from + 1),
        ];
      }),
  },
  {
    id: "6.7",
    title: "an over-long frame, cut around its delimiter, then a good one",
    level: "MUST",
    needs: ["delimiter", "limit"],
    negative: "payload",
    requirement:
      "A target that skips an over-long frame answers the next one, wherever the delimiter between them is cut.",
    why:
      "While it discards, a reader forgets the half of a delimiter that it has seen, and discards the next frame as well.",
    issue: "https://github.com/eventmachine/eventmachine/pull/338",
    fix: "Keep searching for the delimiter while discarding, across chunks too.",
    plan: (scene) =>
      overLimit(scene, (bad) => {
        const source = scene.payloads();
        const first = source.frame(3);
        const stream = new Stimulus(scene.contract, [first, bad, source.frame(5)]);
        const end = first.wire.length + bad.wire.length;
        const width = Math.max(...endMarks(scene.contract).map((mark) => mark.length));
        const places = Array.from({ length: width + 3 }, (_, i) => end - width - 1 + i)
          .filter((at) => at > 0 && at < stream.bytes.length);
        return [
          deliver(stream),
          ...singlesAndPairs(places).map((cuts) => deliver(stream, cuts)),
        ];
      }),
  },
  {
    id: "6.8",
    title: "bytes that are no line ends",
    level: "MUST",
    needs: ["lines", "any bytes"],
    requirement: "U+2028, U+2029, U+0085, VT, FF, invalid UTF-8 and blanks are payload.",
    why:
      "Text functions split lines at more places than the protocol does, trim blanks, and replace what is no UTF-8.",
    issue: "https://github.com/Nano-Collective/nanocoder/issues/1301",
    fix: "Search for the delimiter in bytes, before you decode text.",
    plan: (scene) => cutAroundEnds(scene, NO_LINE_ENDS),
  },
  {
    id: "6.9",
    title: "CR LF and LF mixed",
    level: "MUST",
    needs: ["lines"],
    requirement:
      "What the framing says of CR holds for each line, also when CR and LF come apart; there is no empty line between them.",
    why:
      "A CR at the end of a chunk is kept, stripped or taken for a line end of its own, as chance will have it.",
    issue: "https://github.com/prabirshrestha/vim-lsp/issues/1594",
    fix: "Strip a CR only together with the LF behind it; remember it across chunks.",
    outcomes: {
      NONSTRICT:
        "The CR was stripped, or the line refused, under a framing in which the CR is payload.",
    },
    plan(scene) {
      const { contract } = scene;
      const marks = endMarks(contract);
      const [first = utf8("\n"), second] = marks;
      if (second !== undefined) {
        const texts = ["one", "two", "three", "four"];
        const stimulus = endedBy(contract, texts, [first, second, second, first]);
        const lists = singlesAndPairs(aroundEnds(scene, stimulus));
        return {
          kind: "deliveries",
          packed: true,
          deliveries: chained([
            these([deliver(stimulus)]),
            cutting(stimulus, listed("cuts around line ends", stimulus.bytes.length, lists)),
          ]),
        };
      }
      if (first.length !== 1 || first[0] !== 0x0a) {
        return unsupported("no frame ends with LF alone");
      }
      return { kind: "deliveries", deliveries: these(amongGood(scene, [crlfLine("one")])) };
    },
  },
  {
    id: "6.10",
    title: "escaped or quoted delimiters, broken escapes",
    level: "MUST",
    needs: ["delimiter", "any bytes"],
    negative: "payload",
    requirement:
      "Backslashes and quotation marks protect nothing; an escape that stands for nothing makes no other frame.",
    why:
      "One side's escape is the other side's data: a delimiter that only one of them sees splits a message in two.",
    issue: "https://github.com/python/cpython/issues/87290",
    fix: "Know only the escapes of the framing; refuse what they do not define.",
    outcomes: {
      NONSTRICT: "A broken escape or marker was read, with one meaning, instead of refused.",
    },
    plan(scene) {
      const { contract } = scene;
      const parts = [...ESCAPING, ...BLOCK_EDGES].filter((one) => canCarry(contract, one))
        .map((one) => framePart(contract, one));
      const stimulus = new Stimulus(contract, parts);
      const good = parts.length > 0 ? [deliver(stimulus), deliver(stimulus, stimulus.seams)] : [];
      const all = [...good, ...amongGood(scene, brokenMarks(contract))];
      return all.length > 0
        ? { kind: "deliveries", deliveries: these(all) }
        : unsupported(`${contract.framing.spec} carries no such payloads`);
    },
  },
];
