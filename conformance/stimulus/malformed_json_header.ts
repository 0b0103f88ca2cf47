/**
 * JSON headers that must be refused, that a tolerant reader may take, or that are unusual and right: as data.
 * @module
 */
import { concat } from "@std/bytes/concat";
import { Spec } from "../../protocol/framing/mod.ts";
import { isIntegerType, maxInteger } from "../../protocol/framing/integer.ts";
import { badPart, reading, utf8 } from "./bad_part.ts";
import { integerField } from "./claims.ts";
import type { Contract } from "./contract.ts";
import type { Part, Reading } from "./stimulus.ts";

type Bad = Part & { kind: "bad" };

const BODY = "hello";
/** Header lengths from here on are more than any sensible header has, in bytes. */
const TOO_LONG = 2 ** 24 - 1;

/** Name of the field that tells the body's length. */
function sizeName({ framing }: Contract): string {
  return JSON.stringify(new Spec(framing.spec).option("size") ?? "size");
}

/** An envelope with this header; undefined when the length of the header does not fit. */
export function envelopeWire(
  { framing }: Contract,
  header: string | Uint8Array,
  body: string = BODY,
): Uint8Array | undefined {
  const type = new Spec(framing.spec).name.slice("json+".length);
  const bytes = typeof header === "string" ? utf8(header) : header;
  const length = isIntegerType(type) ? integerField(type, BigInt(bytes.length)) : undefined;
  return length && concat([length, bytes, utf8(body)]);
}

/** Headers with more fields, in any order, with blanks: `N` stands for the name of the size. */
const UNUSUAL = [
  `{"name":"a.txt",N:5}`,
  `{N:5,"name":"a.txt"}`,
  ` { "name" : [1, {"x": null}], N : 5 } `,
  `{"n\\u0061me":"caf\u00e9 \u{1f600}",\n\tN:5}`,
  `{"inner":{N:99},N:5}`,
];

/** Unusual headers that are right. */
export function unusualJsonHeaders(contract: Contract): (Part & { kind: "frame" })[] {
  return UNUSUAL.flatMap((header) => {
    const wire = envelopeWire(contract, header.replaceAll("N", sizeName(contract)));
    if (wire === undefined) return [];
    return { kind: "frame", wire, payload: utf8(BODY), bodyAt: wire.length - BODY.length };
  });
}

interface Row {
  readonly header: string;
  readonly what: string;
  readonly readings?: readonly Reading[];
  /** The body that follows. */
  readonly body?: string;
}

/** Sizes that are no whole number of bytes. */
const SIZES: readonly Row[] = [
  { header: `{N:-1}`, what: "a size of -1", body: "" },
  { header: `{N:5.5}`, what: "a size of 5.5" },
  { header: `{N:"5"}`, what: "a size that is text", readings: [reading("SHOULD", BODY)] },
  { header: `{N:null}`, what: "a size of null", readings: [reading("SHOULD", "")], body: "" },
  { header: `{N:true}`, what: "a size of true", body: "" },
  { header: `{N:[5]}`, what: "a size that is a list" },
  { header: `{N:1e400}`, what: "a size over all numbers", body: "" },
  { header: `{N:5e0}`, what: "a size with an exponent", readings: [reading("MAY", BODY)] },
  { header: `{"other":1}`, what: "no size", readings: [reading("MAY", "")], body: "" },
];

/** Headers that are framed well, and no JSON object, or an odd one. */
const JSON_ROWS: readonly Row[] = [
  { header: `{N:5`, what: "a header that is cut off" },
  { header: `not JSON`, what: "a header that is no JSON" },
  { header: `[5]`, what: "a header that is a list" },
  { header: `"5"`, what: "a header that is a text" },
  { header: `{'size':5}`, what: "a header with single quotes" },
  {
    header: `{N:5,}`,
    what: "a header with a comma at its end",
    readings: [reading("SHOULD", BODY)],
  },
  // RFC 8259, 8.1: a parser may ignore it rather than refuse it.
  { header: `\ufeff{N:5}`, what: "a header with a BOM", readings: [reading("MAY", BODY)] },
  {
    header: `{N:5,"a":"\u0000"}`,
    what: "a header with a raw NUL",
    readings: [reading("SHOULD", BODY)],
  },
  { header: `{N:3,N:5}`, what: "a header with the size twice", readings: [reading("MAY", BODY)] },
  {
    header: `{"a":"\\ud800",N:5}`,
    what: "a header with a lone surrogate",
    readings: [reading("MAY", BODY)],
  },
  {
    header: `{"a":1e400,"b":123456789012345678901234567890,N:5}`,
    what: "a header with large numbers",
    readings: [reading("MAY", BODY)],
  },
  {
    header: `{"a":${"[".repeat(10_000)}${"]".repeat(10_000)},N:5}`,
    what: "a header nested 10,000 deep",
    readings: [reading("MAY", BODY)],
  },
];

function parts(contract: Contract, rows: readonly Row[]): Bad[] {
  return rows.flatMap(({ header, what, readings, body }) => {
    const wire = envelopeWire(contract, header.replaceAll("N", sizeName(contract)), body);
    return wire ? [badPart(wire, what, readings ? { readings } : {})] : [];
  });
}

/** Sizes that are missing or no lengths. */
export function malformedSizes(contract: Contract): Bad[] {
  return parts(contract, SIZES);
}

/** Headers that are no JSON objects, or odd ones. */
export function malformedJsonHeaders(contract: Contract): Bad[] {
  const invalid = envelopeWire(contract, Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d));
  return [
    ...parts(contract, JSON_ROWS),
    ...(invalid ? [badPart(invalid, "a header that is no UTF-8")] : []),
  ];
}

/** A header that claims to be longer than any; empty where the length of a header cannot say so. */
export function endlessJsonHeader({ framing }: Contract): Bad[] {
  const type = new Spec(framing.spec).name.slice("json+".length);
  if (!isIntegerType(type) || maxInteger(type) < TOO_LONG) return [];
  const claim = Math.min(maxInteger(type), 2 ** 30);
  const length = integerField(type, BigInt(claim));
  if (length === undefined) return [];
  const wire = concat([length, utf8(`{"fill":"${"a".repeat(1000)}`)]);
  return [badPart(wire, `a header of ${claim} bytes`, { silence: "SHOULD" })];
}
