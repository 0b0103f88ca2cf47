import { concat } from "@std/bytes";
import { ascii, broken, type Family } from "../family.ts";
import { HABITS, type Habits, type Plain, PlainError } from "../plain_decoder.ts";

/** A length as read from the front of the queue. */
interface Length {
  readonly value: number;
  readonly width: number;
}

/** A LEB128 length (7 bits a byte, low bits first, the top bit says that more follow), then the payload. */
export interface VarintParts extends Habits {
  /** Most bytes of a length. */
  readonly widest: number;
  /** Whether a last byte of zero, which says nothing, is accepted. */
  readonly overlong: boolean;
  /** What the bits of byte `i` are worth. */
  worth(bits: number, i: number): number;
  /** Whether byte `i` is the last one although it says that more follow. */
  stopsAt(i: number): boolean;
  /** What is made of a length whose last byte is not here: null to wait for it. */
  incomplete(plain: Plain, value: number): Length | null;
}

const VARINT: VarintParts = {
  ...HABITS,
  widest: 10,
  overlong: false,
  worth: (bits, i) => bits * 2 ** (7 * i),
  stopsAt: () => false,
  incomplete: () => null,
};

function readLength(plain: Plain, parts: VarintParts): Length | null {
  const { queue } = plain;
  const malformed = () => new PlainError("MALFORMED_FRAME", queue.position);
  let value = 0;
  for (let i = 0; i < parts.widest; i++) {
    if (i === queue.length) return i === 0 ? null : parts.incomplete(plain, value);
    const byte = queue.at(i);
    if (i === 9 && parts.widest === 10 && byte > 1) throw malformed();
    value += parts.worth(byte & 0x7f, i);
    if (byte >= 0x80 && !parts.stopsAt(i)) continue;
    if (byte === 0 && i > 0 && !parts.overlong) throw malformed();
    if (value > Number.MAX_SAFE_INTEGER) throw malformed();
    return { value, width: i + 1 };
  }
  throw malformed();
}

function next(plain: Plain, parts: VarintParts): Uint8Array | null {
  const { queue, memo, settings } = plain;
  const dropped = Math.min(memo.drop, queue.length);
  queue.skip(dropped);
  memo.drop -= dropped;
  if (memo.drop > 0) return null;
  if (memo.length < 0) {
    const length = readLength(plain, parts);
    if (length === null) return null;
    if (parts.tooLong(length.value, settings.maxFrameLength)) {
      const error = new PlainError("FRAME_TOO_LARGE", queue.position);
      if (settings.overLimit === "close") throw error;
      plain.told.push(error.message);
      memo.drop = length.width + length.value;
      return next(plain, parts);
    }
    queue.skip(length.width);
    memo.length = length.value;
  }
  if (queue.length < memo.length) return null;
  const frame = parts.handOut(plain, memo.length);
  memo.length = -1;
  return frame;
}

function encode(_: VarintParts, payload: Uint8Array): Uint8Array {
  const header: number[] = [];
  let rest = payload.length;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) header.push(0x80 + rest % 0x80);
  return concat([Uint8Array.of(...header, rest), payload]);
}

const TOO_LARGE = "FRAME_TOO_LARGE", MALFORMED = "MALFORMED_FRAME";

/** `varint`. */
export const VARINT_FAMILY: Family<VarintParts> = {
  spec: "varint",
  parts: VARINT,
  rule: next,
  encode,
  maxOverhead: 10,
  claim: Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x04),
  samples: [
    broken("length 1, overlong", Uint8Array.of(0x81, 0x00, 0x61), MALFORMED, 0),
    broken("length 2^14", concat([Uint8Array.of(0x80, 0x80, 0x01), ascii("hi")]), TOO_LARGE, 0),
    broken("length 2^21", Uint8Array.of(0x80, 0x80, 0x80, 0x01, 0x61), TOO_LARGE, 0),
    broken("length 2^32 - 1", Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f), TOO_LARGE, 0),
    broken("length 2^32", Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x10, 0x61), TOO_LARGE, 0),
    broken("eleven bytes", new Uint8Array(11).fill(0x80), MALFORMED, 0),
  ],
  mutants: [
    {
      name: "netty-17549-varint-cut",
      copies: "netty/netty#17549",
      flaw: "three bytes of a longer length, all zero bits, are taken for a length of zero",
      change: {
        incomplete: ({ queue }, value) =>
          queue.length === 3 && value === 0 ? { value, width: 3 } : null,
      },
    },
    {
      name: "netty-17549-four-bytes",
      copies: "netty/netty#17549",
      flaw: "four bytes of a length that goes on are an error, though the fifth may be on its way",
      change: {
        incomplete({ queue }) {
          if (queue.length === 4) throw new PlainError(MALFORMED, queue.position);
          return null;
        },
      },
    },
    {
      name: "incomplete-varint-as-value",
      copies: "libp2p/py-libp2p#1440",
      flaw: "what is there of a length is taken for all of it",
      change: { incomplete: ({ queue }, value) => ({ value, width: queue.length }) },
    },
    {
      name: "varint-of-three-bytes",
      copies: "404Setup/KryptonReno#23",
      flaw: "the third byte of a length is always the last one",
      change: { stopsAt: (i) => i === 2 },
    },
    {
      name: "varint-without-end",
      copies: "jxoesneon/IPFS#79",
      flaw: "a length may be of any width",
      change: { widest: Infinity },
    },
    {
      name: "overlong-varint",
      copies: "it-length-prefixed, multiformats/js-multiformats#343",
      flaw: "lengths that are not in their shortest form are accepted",
      change: { overlong: true },
    },
    {
      name: "varint-shift-wraps",
      copies: "workos/workos-node#1690, hzrd149/applesauce#59",
      flaw: "the bits are shifted into place in 32 bits",
      change: { worth: (bits, i) => (bits << (7 * i)) >>> 0 },
    },
    {
      name: "no-maximum",
      copies: "netty/netty#16633",
      flaw: "there is no limit",
      change: { tooLong: () => false },
    },
  ],
};
