/**
 * Binary lengths that must be refused, or that a tolerant reader may take: as data.
 * @module
 */
import { concat } from "@std/bytes/concat";
import { Spec } from "../../protocol/framing/mod.ts";
import { INTEGER_TYPES, isIntegerType } from "../../protocol/framing/integer.ts";
import { badPart, reading, utf8 } from "./bad_part.ts";
import { claimHeader, integerField } from "./claims.ts";
import type { Contract } from "./contract.ts";
import type { Part } from "./stimulus.ts";

type Bad = Part & { kind: "bad" };

const HELLO = utf8("hello");

/** The lowest bits of 5 and so many bytes that add nothing to it. */
function padded(zeros: number, last: number): Uint8Array {
  return Uint8Array.of(0x85, ...Array.from({ length: zeros }, () => 0x80), last);
}

/** LEB128 lengths that do not end. */
export const ENDLESS_VARINTS: readonly Bad[] = [
  badPart(new Uint8Array(11).fill(0xff), "a length of eleven bytes ff"),
  badPart(new Uint8Array(64).fill(0x80), "a length that does not end within 64 bytes"),
];

/** LEB128 lengths that are longer than they need to be, wider than 64 bits, or without end. */
export const MALFORMED_VARINTS: readonly Bad[] = [
  badPart(Uint8Array.of(0x80, 0), "a length of 0 in two bytes", {
    readings: [reading("SHOULD", "")],
  }),
  badPart(concat([Uint8Array.of(0x82, 0), utf8("hi")]), "a length of 2 in two bytes", {
    readings: [reading("SHOULD", "hi")],
  }),
  badPart(concat([padded(1, 0), HELLO]), "a length of 5 in three bytes", {
    readings: [reading("SHOULD", HELLO)],
  }),
  badPart(concat([padded(8, 0), HELLO]), "a length of 5 in ten bytes", {
    readings: [reading("SHOULD", HELLO)],
  }),
  badPart(concat([padded(9, 0), HELLO]), "a length of 5 in eleven bytes", { payload: HELLO }),
  badPart(concat([padded(8, 2), HELLO]), "a length whose tenth byte is over 1 (65 bits)", {
    payload: HELLO,
  }),
  ...ENDLESS_VARINTS,
];

/**
 * Lengths that count the header too and are smaller than it. Empty for framings whose lengths count the payload
 * alone.
 */
export function lengthsBelowHeader(contract: Contract): Bad[] {
  const spec = new Spec(contract.framing.spec);
  if (!isIntegerType(spec.name)) return [];
  const type = spec.name;
  const offset = spec.integer("offset", 0, 0, 4096);
  const width = INTEGER_TYPES[type].width;
  const counted = (spec.option("includes") === "header" ? offset + width : 0) -
    spec.integer("adjust", 0, -65_536, 65_536);
  const values = [...new Set([0, 1, counted - 1])].filter((value) => value >= 0 && value < counted);
  return values.flatMap((value) => {
    const field = integerField(type, BigInt(value));
    if (field === undefined) return [];
    const wire = concat([new Uint8Array(offset), field]);
    return badPart(wire, `a length of ${value} that counts ${counted} bytes of header`);
  });
}

/** A whole frame of `payload` whose length is written in the other byte order; undefined where there is none. */
export function swappedLength(
  contract: Contract,
  payload: Uint8Array,
): { readonly wire: Uint8Array; readonly claim: bigint } | undefined {
  const spec = new Spec(contract.framing.spec);
  if (!isIntegerType(spec.name) || spec.name === "u8") return undefined;
  const header = claimHeader(contract, BigInt(payload.length));
  if (header === undefined) return undefined;
  const { width, littleEndian } = INTEGER_TYPES[spec.name];
  const field = header.slice(-width).reverse();
  const ordered = littleEndian ? field.slice().reverse() : field;
  const claim = ordered.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return { wire: concat([header.slice(0, -width), field, payload]), claim };
}
