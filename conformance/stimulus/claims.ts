/**
 * Bytes that a target must refuse: headers that claim more than its limit, and headers that say nothing sensible.
 * @module
 */
import { concat } from "@std/bytes/concat";
import { FramingError, Spec } from "../../protocol/framing/mod.ts";
import { INTEGER_TYPES, type IntegerType, isIntegerType } from "../../protocol/framing/integer.ts";
import { type Contract, unlimitedEncoder } from "./contract.ts";
import type { PayloadSource } from "./payloads.ts";
import type { Part } from "./stimulus.ts";

/** Sizes at which readers of lengths went wrong: signs, doubles, overflow of length + header (3.5 of the case book). */
export const TELLING_CLAIMS: readonly bigint[] = [
  2n ** 15n,
  2n ** 16n,
  2n ** 24n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 32n + 2n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** Largest limit that is tried out with real bytes: 64 MiB. */
export const MOST_REAL_BYTES: number = 64 * 1024 * 1024;

const ascii = (text: string) => new TextEncoder().encode(text);

/**
 * A header that claims a payload of `claim` bytes, or undefined when the framing announces no length or its header
 * cannot say this one.
 */
export function claimHeader(contract: Contract, claim: bigint): Uint8Array | undefined {
  const spec = new Spec(contract.framing.spec);
  if (isIntegerType(spec.name)) {
    const { offset, uncounted } = layoutOf(spec, spec.name);
    const field = integerField(spec.name, claim + uncounted);
    return field && concat([new Uint8Array(offset), field]);
  }
  if (spec.name.startsWith("json+")) {
    const type = spec.name.slice("json+".length);
    const header = ascii(`{${JSON.stringify(spec.option("size") ?? "size")}:${claim}}`);
    const length = isIntegerType(type) ? integerField(type, BigInt(header.length)) : undefined;
    return length && concat([length, header]);
  }
  switch (spec.name) {
    case "varint":
      return claim < 2n ** 64n ? varint(claim) : undefined;
    case "netstring":
      return ascii(`${claim}:`);
    case "content-length":
      return ascii(`Content-Length: ${claim}\r\n\r\n`);
    default:
      return undefined;
  }
}

/** The claim whose length field is as large as its type allows: adding to it overflows. Undefined without such a field. */
export function largestClaim(contract: Contract): bigint | undefined {
  const spec = new Spec(contract.framing.spec);
  if (!isIntegerType(spec.name)) return undefined;
  const { width, signed } = INTEGER_TYPES[spec.name];
  return 2n ** BigInt(8 * width - (signed ? 1 : 0)) - 1n - layoutOf(spec, spec.name).uncounted;
}

/** Where the length field stands, and what has to be added to the length of a payload to get it. */
function layoutOf(
  spec: Spec,
  type: IntegerType,
): { readonly offset: number; readonly uncounted: bigint } {
  const offset = spec.integer("offset", 0, 0, 4096);
  const length = offset + INTEGER_TYPES[type].width;
  const strip = spec.integer("strip", length, 0, 65_536);
  const adjust = spec.integer("adjust", 0, -65_536, 65_536) -
    (spec.option("includes") === "header" ? length : 0);
  // payload = header + field + adjust - strip
  return { offset, uncounted: BigInt(strip - length - adjust) };
}

/** Headers that no payload follows because they make no sense: negative, not a number, never ending. */
export function malformedHeader(contract: Contract): Part & { kind: "bad" } | undefined {
  const { name } = new Spec(contract.framing.spec);
  switch (name) {
    case "i32be":
    case "i32le":
      return { kind: "bad", wire: new Uint8Array(4).fill(0xff), what: "a length of -1" };
    case "varint":
      return { kind: "bad", wire: new Uint8Array(11).fill(0xff), what: "a varint that never ends" };
    case "netstring":
      return { kind: "bad", wire: ascii("x:"), what: "a length that is no number" };
    case "content-length":
      return {
        kind: "bad",
        wire: ascii("Content-Length: x\r\n\r\n"),
        what: "a length that is no number",
      };
    default:
      return undefined;
  }
}

/**
 * A whole frame one byte over the target's limit. Its payload is made of good frames, so that a target that loses
 * its place in it answers frames that nobody sent. Undefined when the limit is unknown, the framing cannot carry so
 * much, or the limit is over {@linkcode MOST_REAL_BYTES}.
 */
export function oversizedFrame(
  contract: Contract,
  source: PayloadSource,
): Part & { kind: "bad" } | undefined {
  const { framing, maxFrame = Infinity } = contract;
  const length = maxFrame + 1;
  if (length > Math.min(framing.maxPayload, MOST_REAL_BYTES)) return undefined;
  if (length < framing.minPayload) return undefined;
  const bait = source.frame(8).wire;
  const payload = Uint8Array.from({ length }, (_, i) => bait[i % bait.length] ?? 0);
  const what = `a frame of ${length} bytes, one over the limit`;
  const encoder = unlimitedEncoder(contract);
  // Frames cannot lie in the payload of a framing that ends them by a delimiter: there it is one letter.
  for (const candidate of [payload, ...FILLERS.map((byte) => payload.slice().fill(byte))]) {
    try {
      const wire = encoder.encode(candidate);
      return { kind: "bad", wire, what, payload: candidate, skippable: true };
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
    }
  }
  return undefined;
}

/** A letter of two bytes in UTF-8. */
const WIDE = new TextEncoder().encode("ä");

/**
 * A frame over the target's limit whose characters are not: a limit that counts these lets it pass. Undefined as for
 * {@linkcode oversizedFrame}.
 */
export function oversizedInBytes(contract: Contract): Part & { kind: "bad" } | undefined {
  const { framing, maxFrame = Infinity } = contract;
  const letters = Math.floor(maxFrame / 2) + 1, length = 2 * letters;
  if (length > Math.min(framing.maxPayload, MOST_REAL_BYTES) || length < framing.minPayload) {
    return undefined;
  }
  const payload = Uint8Array.from({ length }, (_, i) => WIDE[i % 2] ?? 0);
  try {
    const wire = unlimitedEncoder(contract).encode(payload);
    const what = `a frame of ${length} bytes in ${letters} characters`;
    return { kind: "bad", wire, what, payload, skippable: true };
  } catch (error) {
    if (error instanceof FramingError) return undefined;
    throw error;
  }
}

/** Letters of which at least one is in no delimiter. */
const FILLERS = [0x61, 0x62, 0x2d];

/** An integer as its type is written; undefined when it does not fit. */
export function integerField(type: IntegerType, value: bigint): Uint8Array | undefined {
  const { width, littleEndian, signed } = INTEGER_TYPES[type];
  if (value < 0n || value >= 2n ** BigInt(8 * width - (signed ? 1 : 0))) return undefined;
  const field = Uint8Array.from(
    { length: width },
    (_, i) => Number((value >> BigInt(8 * i)) & 0xffn),
  );
  return littleEndian ? field : field.reverse();
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
