import { concat } from "@std/bytes/concat";
import { badPart } from "../stimulus/bad_part.ts";
import { payloadRange } from "../stimulus/contract.ts";
import {
  BAITED,
  MALFORMED_COMMAS,
  MALFORMED_DIGITS,
  UNENDING_DIGITS,
  WRONG_LENGTHS,
} from "../stimulus/malformed_netstring.ts";
import { framePart, type Part, Stimulus } from "../stimulus/stimulus.ts";
import { listed, singleCuts, stride } from "../strategy/cut_plan.ts";
import { chained, cutting, these } from "../strategy/deliveries.ts";
import { deliver } from "../strategy/delivery.ts";
import { type ConformanceCase, unsupported } from "./case.ts";
import { amongGood, inPieces, overLimitPolicy, refusals } from "./hostile_streams.ts";

/** Sizes of one to four digits. */
const SIZES = [9, 10, 99, 100, 999, 1000];
/** Empty netstrings in a row. */
const EMPTY_RUN = 1000;

/** Section 7: netstrings, `5:hello,`. */
export const NETSTRINGS: readonly ConformanceCase[] = [
  {
    id: "7.1",
    title: "cut in the digits, around the colon, before the comma",
    level: "MUST",
    needs: ["netstring"],
    requirement:
      "A netstring is the same wherever it is cut, at any one or two places of its length and its comma.",
    why: "The digits of a length that are there already make a number, only a smaller one.",
    issue: "https://github.com/samsamfire/gocanopen/issues/71",
    fix: "Read the number when the colon is there; wait for the comma before you deliver.",
    plan(scene) {
      const source = scene.payloads();
      const { most } = payloadRange(scene.contract, 1000);
      const sets = SIZES.filter((size) => size <= most).map((size) => {
        const stimulus = source.frames([2, size, 2]);
        const [, middle] = stimulus.frames;
        const { start = 0, body = start, end = body } = middle ?? {};
        const head = stride(body + 2, 1).filter((at) => at >= start);
        const places = [...head, end - 2, end - 1, end, end + 1].filter((at) => at > 0);
        const pairs = places.flatMap((a) => places.filter((b) => b > a).map((b) => [a, b]));
        const lists = [...places.map((at) => [at]), ...pairs, places];
        return cutting(stimulus, listed("cuts in a netstring", stimulus.bytes.length, lists));
      });
      return sets.length === 0
        ? unsupported("no such length is within the limits")
        : { kind: "deliveries", packed: true, deliveries: chained(sets) };
    },
  },
  {
    id: "7.2",
    title: "lengths that are not plain digits",
    level: "MUST",
    needs: ["netstring", "room"],
    negative: "header",
    requirement:
      "A length is digits without a leading zero; signs, blanks, letters and nothing at all are refused.",
    why:
      "A number parser takes more than the format allows, and -1 is a length that reads to the end of the stream.",
    issue: "https://github.com/mozilla/sccache/issues/2623",
    fix: "Check each byte for 0 to 9 as it comes; do not hand the text to a number parser.",
    outcomes: {
      NONSTRICT: "A length was taken that is written oddly, but can mean only one thing.",
      FAIL:
        "A length was guessed, or the connection waits for ever, or frames came that nobody sent.",
    },
    plan: (scene) => refusals(scene, MALFORMED_DIGITS, ""),
  },
  {
    id: "7.3",
    title: "comma missing or wrong",
    level: "MUST",
    needs: ["netstring", "room"],
    negative: "frame end",
    requirement: "A netstring without its comma is not delivered.",
    why:
      "The comma is the only check there is: who delivers before it has come delivers what was cut or shifted.",
    issue: "https://github.com/helios-io/helios/issues/22",
    fix: "Count the comma as a part of the frame, and compare it before you deliver.",
    plan: (scene) => refusals(scene, MALFORMED_COMMAS, ""),
  },
  {
    id: "7.4",
    title: "digits without end",
    level: "MUST",
    needs: ["netstring"],
    negative: "header",
    requirement:
      "More digits than any length has are refused before the colon comes, and a length over the limit should be.",
    why: "A reader that waits for the colon keeps all digits that are sent.",
    issue: "https://github.com/jxoesneon/IPFS/issues/79",
    fix: "Check the number with each digit, against the limit.",
    plan(scene) {
      const { contract } = scene;
      const source = scene.payloads();
      const first = source.frame(4);
      const over = contract.maxFrame === undefined ? [] : [
        badPart(String(10 * contract.maxFrame + 9), "a length over the limit without a colon", {
          silence: "SHOULD",
          skippable: true,
        }),
      ];
      const streams = [UNENDING_DIGITS, ...over].map((bad) => new Stimulus(contract, [first, bad]));
      const policy = overLimitPolicy(scene);
      const start = first.wire.length;
      const deliveries = streams.flatMap((one) => inPieces(one, start + 1, one.bytes.length));
      return { kind: "deliveries", deliveries: these(deliveries), ...(policy ? { policy } : {}) };
    },
  },
  {
    id: "7.5",
    title: "netstrings in netstrings",
    level: "MUST",
    needs: ["netstring", "any bytes", "room"],
    requirement: "Netstrings in the data of another one are data.",
    why: "A reader that searches for digits and colons finds them in the data.",
    issue: "https://github.com/Csontikka/esphome-tailscale/issues/35",
    fix: "Skip exactly as many bytes as the length says.",
    plan(scene) {
      const { contract } = scene;
      const inner = scene.payloads().frame(3).wire;
      const twice = framePart(contract, concat([inner, inner])).wire;
      const parts: Part[] = [inner, twice, concat([twice, inner]), inner.subarray(0, -1)]
        .map((payload) => framePart(contract, payload));
      const stimulus = new Stimulus(contract, parts);
      return {
        kind: "deliveries",
        packed: true,
        deliveries: cutting(stimulus, singleCuts(stimulus.bytes.length)),
      };
    },
  },
  {
    id: "7.6",
    title: "runs of `0:,`",
    level: "MUST",
    needs: ["netstring", "empty frames"],
    requirement: "Each `0:,` is an empty frame, in a run of a thousand and each in its own chunk.",
    why: "Zero digits, zero data: readers that look for `something` pass over it.",
    issue: "https://github.com/NetGauze/NetGauze/issues/597",
    fix: "Tell `a length of 0` from `no length yet`.",
    plan(scene) {
      const source = scene.payloads();
      const run = (count: number) => source.frames([...Array.from({ length: count }, () => 0), 2]);
      const some = run(30);
      return {
        kind: "deliveries",
        packed: true,
        joins: true,
        deliveries: chained([
          these([deliver(run(EMPTY_RUN)), deliver(some, some.seams)]),
          cutting(some, singleCuts(some.bytes.length)),
        ]),
      };
    },
  },
  {
    id: "7.7",
    title: "data longer or shorter than the length",
    level: "MUST",
    needs: ["netstring", "room"],
    negative: "payload",
    requirement:
      "A length that does not fit the data is found at the comma, and the data is not delivered.",
    why: "A wrong length shifts everything behind it; the comma shows that at once.",
    issue: "https://github.com/MDA2AV/HttpArena/issues/1431",
    fix: "Compare the byte behind the data with a comma; close when it is none.",
    plan(scene) {
      const { contract } = scene;
      const source = scene.payloads();
      const short: Part = { kind: "tail", wire: new TextEncoder().encode("7:hello,") };
      const stream = new Stimulus(contract, [source.frame(4), short]);
      const end = stream.bytes.length;
      const ended = deliver(stream, [], { waits: [end], end: "fin" });
      return {
        kind: "deliveries",
        deliveries: these([...amongGood(scene, WRONG_LENGTHS), ended]),
      };
    },
  },
  {
    id: "7.8",
    title: "netstrings in and behind a refused one",
    level: "MUST",
    needs: ["netstring", "room"],
    negative: "frame end",
    requirement: "After an error no netstring is answered that lies in the refused bytes.",
    why:
      "A reader that goes on somewhere behind an error finds frames that nobody sent, in data that others chose.",
    issue: "https://github.com/tokio-rs/tokio/issues/3976",
    fix: "Close the connection: nothing tells where the next netstring begins.",
    plan: (scene) => refusals(scene, BAITED, ""),
  },
];
