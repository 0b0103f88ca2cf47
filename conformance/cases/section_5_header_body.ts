import { Spec } from "../../protocol/framing/mod.ts";
import { concat } from "@std/bytes/concat";
import { utf8 } from "../stimulus/bad_part.ts";
import { canCarry } from "../stimulus/contract.ts";
import {
  CHARSET_HEADERS,
  FOLDED_HEADERS,
  hugeLength,
  MALFORMED_LENGTHS,
  MALFORMED_LINE_ENDS,
  STRAY_LOG,
  unendingHeaders,
  UNUSUAL_HEADERS,
} from "../stimulus/malformed_header_lines.ts";
import {
  endlessJsonHeader,
  envelopeWire,
  malformedJsonHeaders,
  malformedSizes,
  unusualJsonHeaders,
} from "../stimulus/malformed_json_header.ts";
import { framePart, type Part, Stimulus } from "../stimulus/stimulus.ts";
import { type CutPlan, listed, singleCuts, stride } from "../strategy/cut_plan.ts";
import { cutting, these } from "../strategy/deliveries.ts";
import { deliver, type Delivery } from "../strategy/delivery.ts";
import { type ConformanceCase, type Plan, type Scene, unsupported } from "./case.ts";
import { amongGood, damagedDeliveries, refusals } from "./hostile_streams.ts";

/** Bytes of a header that never ends: far more than any header has. */
const UNENDING = 1024 * 1024;
/** Most payload bytes for a target whose limit is not known. */
const MODEST = 4096;

const isEnvelope = ({ contract }: Scene) =>
  new Spec(contract.framing.spec).name.startsWith("json+");

/** Good frames on one connection, cut as the plan says. */
function packed(stimulus: Stimulus, plan: CutPlan): Plan {
  return { kind: "deliveries", packed: true, deliveries: cutting(stimulus, plan) };
}

/** A stream of these payloads, as far as they can be carried, cut once everywhere. */
function everyCut(scene: Scene, payloads: readonly Uint8Array[]): Plan {
  const { contract } = scene;
  const parts = payloads.filter((one) => canCarry(contract, one))
    .map((one) => framePart(contract, one));
  if (parts.length === 0) return unsupported("the target takes no such payloads");
  const stimulus = new Stimulus(contract, parts);
  return packed(stimulus, singleCuts(stimulus.bytes.length));
}

/** Unusual frames between usual ones: one after the other, joined, and byte by byte. */
function unusual(scene: Scene, frames: readonly (Part & { kind: "frame" })[]): Delivery[] {
  const source = scene.payloads();
  const parts = frames.flatMap((frame): Part[] => [frame, source.frame(3)]);
  const stimulus = new Stimulus(scene.contract, parts);
  const seams = stimulus.seams;
  const drip = stride(stimulus.bytes.length, 1);
  return [
    deliver(stimulus, seams, { waits: seams }),
    deliver(stimulus),
    deliver(stimulus, drip),
  ];
}

/** Texts whose length in characters is not that in bytes: 2, 3 and 4 bytes a character, pairs, combinations. */
const TEXTS = ["é", "日本語", "😀", "naïve café", "e\u0301", "👩‍👩‍👧", "a😀b", "\u{10ffff}"].map(utf8);
/** Payloads that a text or JSON decoder chokes on, and a framing does not. */
const ODD_BODIES = [
  utf8('{"broken":'),
  utf8('\ufeff{"a":1}'),
  utf8('{"a":"\u0000"}'),
  utf8('{"a":1,"a":2}'),
  utf8('{"a":"\\ud800"}'),
  Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22),
  utf8(`{"a":1e400,"b":${"9".repeat(40)}}`),
  utf8(`${"[".repeat(10_000)}${"]".repeat(10_000)}`),
];

/** Section 5: a header of text or JSON, then a body of as many bytes as it says. */
export const HEADERS_AND_BODIES: readonly ConformanceCase[] = [
  {
    id: "5.1",
    title: "header cut everywhere, and at every pair of places",
    level: "MUST",
    needs: ["header and body"],
    requirement:
      "A header may be cut inside name, colon, blank, digits, CR LF and the blank line, and anywhere twice.",
    why: "A blank line in two chunks is not found; a number that is cut is read as a smaller one.",
    issue: "https://github.com/uNetworking/uWebSockets/issues/1776",
    fix:
      "Look for the end of the header in all bytes so far, not in the last chunk; only then read it.",
    plan(scene) {
      const stimulus = scene.payloads().frames([3, 123, 4]);
      const [, middle] = stimulus.frames;
      const { start = 0, body = start } = middle ?? {};
      const places = stride(body + 2, 1).filter((at) => at >= start);
      const pairs = places.flatMap((a) => places.filter((b) => b > a).map((b) => [a, b]));
      const lists = [...places.map((at) => [at]), ...pairs, places];
      return packed(stimulus, listed("cuts in a header", stimulus.bytes.length, lists));
    },
  },
  {
    id: "5.2",
    title: "several headers, any order, any case, folded",
    level: "MUST",
    needs: ["header and body", "room"],
    requirement:
      "The length is found among other fields, in any order; a name in any case, blanks around a value.",
    why:
      "A reader that wants the length first, or alone, fails with the first client that sends a second field.",
    issue: "https://github.com/LuaLS/lua-language-server/issues/182",
    fix: "Read all fields up to the end of the header, then look for the length by its name.",
    plan(scene) {
      const deliveries = isEnvelope(scene)
        ? unusual(scene, unusualJsonHeaders(scene.contract))
        : [...unusual(scene, UNUSUAL_HEADERS), ...amongGood(scene, FOLDED_HEADERS)];
      return { kind: "deliveries", deliveries: these(deliveries) };
    },
  },
  {
    id: "5.3",
    title: "length repeated, missing, empty, signed, in hex, with a fraction, of 20 digits",
    level: "MUST",
    needs: ["header and body", "room"],
    negative: "header",
    requirement:
      "A length that is not given exactly once, as a whole number, is refused; nothing is guessed.",
    why:
      "Two readers that guess differently see different frames: that is how requests are smuggled.",
    issue: "https://github.com/python/cpython/issues/87290",
    fix: "Take digits only (RFC 9110, 8.6), exactly once; close the connection for anything else.",
    outcomes: {
      NONSTRICT: "A length was taken that is written oddly, but can mean only one thing.",
      FAIL:
        "A length was guessed that is not there, negative or given twice, or it was waited for.",
    },
    plan(scene) {
      const { contract } = scene;
      return isEnvelope(scene)
        ? refusals(scene, malformedSizes(contract), "no such header fits its length field")
        : refusals(scene, [...MALFORMED_LENGTHS, ...hugeLength(contract)], "");
    },
  },
  {
    id: "5.4",
    title: "bare LF, bare CR",
    level: "MUST",
    needs: ["header lines", "room"],
    negative: "header",
    requirement:
      "Lines that do not end with CR LF are refused, or read as lines: the same however they are cut, and no frame is invented.",
    why:
      "Half of the world ends lines with LF; a reader that finds the blank line in one way and fields in another loses its place.",
    issue: "https://github.com/prabirshrestha/vim-lsp/issues/1594",
    fix:
      "Decide for CR LF alone, or for LF as well (RFC 9112, 2.2), and use the same rule everywhere.",
    outcomes: { NONSTRICT: "Other line ends than CR LF are taken for line ends." },
    plan: (scene) => refusals(scene, MALFORMED_LINE_ENDS, ""),
  },
  {
    id: "5.5",
    title: "unending header",
    level: "SHOULD",
    needs: ["header and body"],
    negative: "header",
    requirement: "A header of a megabyte or more is refused before it ends.",
    why: "A header without bound is memory without bound, for anybody who connects.",
    issue: "https://github.com/python/cpython/pull/11120",
    fix: "Bound the header, 64 KiB are plenty, and close the connection beyond it.",
    plan(scene) {
      const bads = isEnvelope(scene)
        ? endlessJsonHeader(scene.contract)
        : unendingHeaders(UNENDING);
      if (bads.length === 0) return unsupported("its length field bounds the header");
      // The header of a good frame behind it would end it: alone it must be refused before.
      const source = scene.payloads("alone");
      const alone = bads.map((bad) =>
        deliver(new Stimulus(scene.contract, [source.frame(3), bad]))
      );
      return { kind: "deliveries", deliveries: these([...amongGood(scene, bads), ...alone]) };
    },
  },
  {
    id: "5.6",
    title: "length in bytes, not characters",
    level: "MUST",
    needs: ["header and body", "any bytes"],
    requirement:
      "Text of 2, 3 and 4 bytes a character comes back whole, cut anywhere, inside of characters too.",
    why:
      "A length that counts characters is too small for all but English: the rest becomes the next header.",
    issue: "https://github.com/srcbookdev/srcbook/issues/197",
    fix: "Count encoded bytes; cut bytes, decode the whole body afterwards.",
    plan: (scene) => everyCut(scene, TEXTS),
  },
  {
    id: "5.7",
    title: "body that looks like a header",
    level: "MUST",
    needs: ["header and body", "any bytes"],
    requirement: "What stands in a body is body, also when it is a header, or a whole frame.",
    why:
      "A reader that searches for the next header instead of counting bytes finds it in the body.",
    issue: "https://github.com/MDA2AV/HttpArena/issues/1431",
    fix: "Skip exactly as many bytes as the header said.",
    plan(scene) {
      const frame = scene.payloads().frame(3).wire;
      const header = utf8("Content-Length: 3\r\n\r\n");
      return everyCut(scene, [
        frame,
        concat([frame, frame]),
        frame.subarray(0, -2),
        concat([utf8("x"), frame]),
        header,
        concat([utf8("\r\n\r\n"), header]),
      ]);
    },
  },
  {
    id: "5.8",
    title: "log text in front of a header",
    level: "MUST",
    needs: ["header lines"],
    negative: "between frames",
    requirement:
      "Lines that are no header are refused, or passed over and the next frame answered; never a phantom.",
    why:
      "Programs that log to the stream that carries frames are common; what happens then should be known.",
    issue: "https://github.com/prabirshrestha/vim-lsp/issues/1594",
    fix: "Close; or drop whole lines until one begins a header.",
    outcomes: {
      NONSTRICT:
        "The connection stays open, and neither is it refused nor are later frames answered.",
    },
    plan: (scene) => refusals(scene, STRAY_LOG, ""),
  },
  {
    id: "5.9",
    title: "odd JSON: invalid, BOM, NUL, surrogates, deep, large",
    level: "MUST",
    needs: ["header and body", "any bytes", "room"],
    negative: "header",
    requirement:
      "A body is not looked into: any bytes come back. A header that is no JSON object is refused, and the process lives.",
    why:
      "A parser's exception ends the connection's loop, or the process; deep nesting overflows its stack.",
    issue: "https://github.com/rome/tools/issues/736",
    fix: "Catch what the parser throws, per frame; parse after framing, never during it.",
    plan(scene) {
      const { contract } = scene;
      const { maxFrame = MODEST } = contract;
      const parts = ODD_BODIES.filter((one) => one.length <= maxFrame && canCarry(contract, one))
        .flatMap((one) => [framePart(contract, one), scene.payloads().frame(2)]);
      const stimulus = new Stimulus(contract, parts);
      const bodies = [deliver(stimulus), deliver(stimulus, stimulus.seams)];
      const headers = isEnvelope(scene) ? amongGood(scene, malformedJsonHeaders(contract)) : [];
      return { kind: "deliveries", deliveries: these([...bodies, ...headers]) };
    },
  },
  {
    id: "5.10",
    title: "header and binary body",
    level: "MUST",
    needs: ["header and body", "any bytes", "room"],
    negative: "payload",
    requirement:
      "Exactly as many bytes as the header says are the body: when less come it is waited for, when more come they are the next header.",
    why:
      "The length of the header, the length of the body and both bodies' edges are four places to be off by one.",
    issue: "https://github.com/ebkalderon/tower-lsp/issues/319",
    fix: "Count down two lengths, one after the other; take no byte more.",
    plan(scene) {
      const { contract } = scene;
      const source = scene.payloads();
      const binary = new Stimulus(
        contract,
        [[0, 255, 10, 13], [123, 0, 1]].map((bytes) => framePart(contract, Uint8Array.from(bytes))),
      );
      const { body = 4, end = 8 } = binary.frames[0] ?? {};
      const places = [body - 2, body, body + 1, end - 1, end, end + 1].filter((at) => at > 0);
      const three = places.flatMap((a) =>
        places.flatMap((b) => places.filter((c) => c > b && b > a).map((c) => [a, b, c]))
      );
      const plan = listed("three cuts around a body", binary.bytes.length, three);
      const cut = Array.from({ length: plan.count }, (_, i) => deliver(binary, plan.at(i)));
      const sayingOther = [3, 9].flatMap((claim) => {
        const wire = headerSaying(scene, claim);
        const meant = source.frame(5);
        return wire === undefined ? [] : [{
          before: [source.frame(4)],
          meant: [meant],
          wire: concat([wire, meant.payload]),
          what: `a header that says ${claim} in front of 5 bytes`,
          behind: [source.frame(6)],
        }];
      });
      return {
        kind: "deliveries",
        deliveries: these([...damagedDeliveries(scene, sayingOther), ...cut]),
      };
    },
  },
  {
    id: "5.11",
    title: "character set of the body",
    level: "SHOULD",
    needs: ["header lines", "room"],
    requirement:
      "`charset=utf-8` and the older `charset=utf8` are both understood; the length counts bytes.",
    why: "The language server protocol asks for both; a second header is where simple readers end.",
    issue: "https://github.com/haskell/haskell-language-server/issues/3233",
    fix: "Ignore fields that you do not need; compare character sets without case and hyphens.",
    plan: (scene) => ({
      kind: "deliveries",
      packed: true,
      deliveries: these(unusual(scene, CHARSET_HEADERS)),
    }),
  },
];

/** A header that says so many bytes follow. */
function headerSaying(scene: Scene, claim: number): Uint8Array | undefined {
  if (!isEnvelope(scene)) return utf8(`Content-Length: ${claim}\r\n\r\n`);
  const size = new Spec(scene.contract.framing.spec).option("size") ?? "size";
  return envelopeWire(scene.contract, JSON.stringify({ [size]: claim }), "");
}
