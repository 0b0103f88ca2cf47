import { concat } from "@std/bytes";
import { ascii, broken, type Family, odd } from "../family.ts";
import { HABITS, type Habits, type Plain, PlainError } from "../plain_decoder.ts";
import { LENGTH_PREFIX_MUTANTS } from "./length_prefix_mutants.ts";

/**
 * A length of fixed width, big-endian, then the payload. `adjust` is added to the length.
 *
 * ```
 *  | length (width bytes) | payload (length + adjust bytes) |
 * ```
 */
export interface LengthParts extends Habits {
  readonly width: number;
  readonly adjust: number;
  /** Whether the header can be read. */
  headerIsHere(plain: Plain, width: number): boolean;
  /** The number in the header. */
  readLength(plain: Plain, width: number): number;
  /** The number with the adjustment; `most` is the limit, which is no business of right decoders here. */
  adjusted(length: number, adjust: number, most: number): number;
  /** Which of the two the limit is on. */
  limited(length: number, adjusted: number): number;
  /** Whether the limit is looked at now: as soon as the length is known, or only when the payload is here. */
  checkedNow(plain: Plain, length: number): boolean;
  /** Makes room for a payload. */
  makeRoom(plain: Plain, length: number): void;
  /** Whether the payload is here. */
  bodyIsHere(plain: Plain, length: number): boolean;
  /** What becomes of a frame whose payload is not here yet. */
  wait(plain: Plain): void;
  /** How much of an over-long frame is left to drop when the chunk is used up. */
  leftToDrop(left: number): number;
  /** The bytes of a length. */
  writeLength(length: number, width: number): Uint8Array;
}

const LENGTH: LengthParts = {
  ...HABITS,
  width: 4,
  adjust: 0,
  headerIsHere: ({ queue }, width) => queue.length >= width,
  readLength: ({ queue }, width) => queue.number(width),
  adjusted: (length, adjust) => length + adjust,
  limited: (_, adjusted) => adjusted,
  checkedNow: () => true,
  makeRoom: () => {},
  bodyIsHere: ({ queue }, length) => queue.length >= length,
  wait: () => {},
  leftToDrop: (left) => left,
  writeLength(length, width) {
    if (length < 0 || length >= 256 ** width) throw new RangeError(`${length} does not fit`);
    return bytesOf(length, width);
  },
};

function bytesOf(value: number, width: number): Uint8Array {
  return Uint8Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** (width - 1 - i)));
}

function next(plain: Plain, parts: LengthParts): Uint8Array | null {
  const { queue, memo, settings } = plain;
  if (memo.drop > 0) {
    const dropped = Math.min(memo.drop, queue.length);
    queue.skip(dropped);
    memo.drop = parts.leftToDrop(memo.drop - dropped);
    if (memo.drop > 0) return null;
  }
  if (memo.length < 0) {
    if (!parts.headerIsHere(plain, parts.width)) return null;
    const length = parts.readLength(plain, parts.width);
    const adjusted = parts.adjusted(length, parts.adjust, settings.maxFrameLength);
    if (adjusted < 0) throw new PlainError("MALFORMED_FRAME", queue.position);
    if (!parts.checkedNow(plain, adjusted + parts.width)) return null;
    if (parts.tooLong(parts.limited(length, adjusted), settings.maxFrameLength)) {
      const error = new PlainError("FRAME_TOO_LARGE", queue.position);
      // What no number can hold exactly cannot be dropped exactly either.
      const counted = length <= Number.MAX_SAFE_INTEGER;
      if (settings.overLimit === "close" || !counted) throw error;
      plain.told.push(error.message);
      memo.drop = parts.width + adjusted;
      return next(plain, parts);
    }
    queue.skip(Math.min(parts.width, queue.length));
    memo.length = adjusted;
    parts.makeRoom(plain, adjusted);
  }
  if (!parts.bodyIsHere(plain, memo.length)) {
    parts.wait(plain);
    return null;
  }
  const frame = parts.handOut(plain, memo.length);
  memo.length = -1;
  return frame;
}

function family(
  spec: string,
  parts: LengthParts,
  rest: Partial<Family<LengthParts>>,
): Family<LengthParts> {
  return {
    spec,
    parts,
    rule: next,
    encode: (parts, payload) =>
      concat([parts.writeLength(payload.length - parts.adjust, parts.width), payload]),
    samples: [],
    maxOverhead: parts.width,
    mutants: [],
    ...rest,
  };
}

const TOO_LARGE = "FRAME_TOO_LARGE";
/** `| ff ff ff ff | …`: -1 if signed. */
const ALL_ONES = concat([new Uint8Array(4).fill(0xff), ascii("abcdefgh")]);

/** `u32be` and what is only seen with other widths and adjustments. */
export const LENGTH_PREFIX_FAMILIES: readonly Family<LengthParts>[] = [
  family("u32be", LENGTH, {
    mutants: LENGTH_PREFIX_MUTANTS,
    claim: bytesOf(2 ** 30, 4),
    samples: [
      broken("length 65538", concat([bytesOf(65_538, 4), ascii("hi")]), TOO_LARGE, 0),
      broken("length 2^32 - 1", ALL_ONES, TOO_LARGE, 0),
    ],
  }),
  family("u32be?includes=header", { ...LENGTH, adjust: -4 }, {
    payloadRange: [0, 2 ** 32 - 5],
    samples: [broken("length 3", concat([bytesOf(3, 4), ascii("abc")]), "MALFORMED_FRAME", 0)],
    mutants: [
      {
        name: "limit-before-adjustment",
        copies: "tokio-rs/tokio#4815",
        flaw: "the limit is held against the number in the header, not against the payload",
        change: { limited: (length) => length },
      },
      {
        name: "negative-becomes-empty",
        copies: "akka/akka-core#22404",
        flaw: "a length less than the header it includes gives an empty frame",
        change: { adjusted: (length, adjust) => Math.max(0, length + adjust) },
      },
    ],
  }),
  family("u32be?adjust=4", { ...LENGTH, adjust: 4 }, {
    payloadRange: [4, 2 ** 32 + 3],
    samples: [broken("length 2^32 - 1", ALL_ONES, TOO_LARGE, 0)],
    mutants: [{
      name: "length-plus-header-wraps",
      copies: "CVE-2026-75538 (Erlang/OTP), zeromq/libzmq#1488",
      flaw: "length and adjustment are added in 32 bits",
      change: { adjusted: (length, adjust) => (length + adjust) >>> 0 },
    }],
  }),
  family("u8", { ...LENGTH, width: 1 }, {
    payloadRange: [0, 255],
    mutants: [{
      name: "encoder-cuts-length",
      copies: "tokio-rs/tokio#5080, Erlang/OTP {packet, 1}",
      flaw: "the encoder writes the low bits of a length that does not fit",
      change: { writeLength: (length, width) => bytesOf(length, width) },
    }],
  }),
  family("u64be", { ...LENGTH, width: 8 }, {
    claim: bytesOf(2 ** 30, 8),
    samples: [
      broken("length 2^32 + 2", concat([bytesOf(2 ** 32 + 2, 8), ascii("hi")]), TOO_LARGE, 0),
      odd("length 2", concat([bytesOf(2, 8), ascii("hi")]), "hi"),
    ],
    mutants: [{
      name: "high-word-ignored",
      copies: "framing-elsewhere case 7",
      flaw: "of a 64-bit length only the low 32 bits are read",
      change: { readLength: ({ queue }, width) => queue.number(width) % 2 ** 32 },
    }],
  }),
];
