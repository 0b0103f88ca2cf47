/**
 * Frames that end with a mark and are broken, or that a tolerant reader may take: as data.
 * @module
 */
import { concat } from "@std/bytes/concat";
import { Spec } from "../../protocol/framing/mod.ts";
import { badPart, reading, utf8 } from "./bad_part.ts";
import type { Contract } from "./contract.ts";
import { framePart, type Part, Stimulus } from "./stimulus.ts";

type Bad = Part & { kind: "bad" };

/** The byte sequences that end a frame; the first is what an encoder writes. Empty for framings without any. */
export function endMarks({ framing }: Contract): Uint8Array[] {
  const spec = new Spec(framing.spec);
  switch (spec.name) {
    case "line":
      return [utf8("\n"), ...(spec.option("strip") === "cr" ? [utf8("\r\n")] : [])];
    case "delim":
      return (spec.args[0] ?? "").split(",").map((part) => spec.toBytes(part));
    case "marked":
      return spec.args.slice(1).map((part) => spec.toBytes(part));
    case "slip":
      return [Uint8Array.of(0xc0)];
    case "cobs":
      return [Uint8Array.of(0)];
    default:
      return [];
  }
}

/** What stands in front of a payload in framings that mark its start. */
export function startMark({ framing }: Contract): Uint8Array {
  const spec = new Spec(framing.spec);
  const [start] = spec.name === "marked" ? spec.args : [];
  return start === undefined ? new Uint8Array(0) : spec.toBytes(start);
}

const ESC = 0xdb, END = 0xc0;

/** SLIP escapes that stand for nothing; RFC 1055 leaves the byte alone ("the best bet"), others drop the frame. */
function brokenEscapes(contract: Contract): Bad[] {
  const next = framePart(contract, utf8("next"));
  const left = reading("SHOULD", "aAb");
  const kept = reading("SHOULD", Uint8Array.of(0x61, ESC, 0x41, 0x62));
  const joined = concat([Uint8Array.of(0x61, END), utf8("next")]);
  return [
    badPart(Uint8Array.of(0x61, ESC, 0x41, 0x62, END), "an escape of a plain byte", {
      readings: [left, kept],
    }),
    badPart(concat([Uint8Array.of(0x61, ESC, END), next.wire]), "an escaped end of the frame", {
      readings: [
        reading("MAY", "next"),
        reading("SHOULD", joined),
        reading("SHOULD", "a", "next"),
      ],
    }),
  ];
}

/** COBS blocks that reach beyond the end of their frame. */
const BROKEN_BLOCKS: readonly Bad[] = [
  badPart(Uint8Array.of(5, 0x61, 0x62, 0), "a block that is shorter than its code"),
  badPart(Uint8Array.of(2, 0x61, 0xff, 0x62, 0), "a full block with one byte in it"),
];

/** Frames whose marks or escapes are broken. Empty for framings in which any bytes are a frame. */
export function brokenMarks(contract: Contract): Bad[] {
  const { name } = new Spec(contract.framing.spec);
  if (name === "slip") return brokenEscapes(contract);
  if (name === "cobs") return [...BROKEN_BLOCKS];
  if (name !== "marked") return [];
  const start = startMark(contract);
  const [end = start] = endMarks(contract);
  const other = start.map((byte) => byte ^ 1);
  const inner = reading("SHOULD", "bc");
  return [
    badPart(concat([other, utf8("a"), end]), "a wrong byte where the start marker belongs"),
    badPart(concat([start, utf8("a"), start, utf8("bc"), end]), "a start marker inside a payload", {
      readings: [inner],
    }),
  ];
}

/** A frame over the target's limit, `over`, without the mark at its end. */
export function unended(contract: Contract, over: Bad): Bad {
  const [end = new Uint8Array(0)] = endMarks(contract);
  const wire = over.wire.subarray(0, over.wire.length - end.length);
  return badPart(wire, `${wire.length} bytes without the end of a frame`, { skippable: true });
}

/** A stream of the payloads, each ended by the mark of the same place in `marks`. */
export function endedBy(
  contract: Contract,
  payloads: readonly string[],
  marks: readonly Uint8Array[],
): Stimulus {
  const parts = payloads.map((text, i): Part => {
    const payload = utf8(text);
    const wire = concat([payload, marks[i] ?? marks[0] ?? new Uint8Array(0)]);
    return { kind: "frame", wire, payload, bodyAt: 0 };
  });
  return new Stimulus(contract, parts);
}

/** A line that ends with CR LF, under a framing in which LF alone ends it: the CR is payload, or stripped. */
export function crlfLine(text: string): Bad {
  return badPart(`${text}\r\n`, "a line that ends with CR LF", {
    readings: [reading("MAY", `${text}\r`), reading("SHOULD", text)],
    refusal: "SHOULD",
  });
}
