import { broken, type Family, odd } from "../family.ts";
import { HABITS, type Habits, type Plain, PlainError } from "../plain_decoder.ts";

/**
 * Cheshire and Baker 1999: frames end with a zero; in them a code byte says where the next zero of the payload is.
 *
 * ```
 *  payload  11 22 00 33     wire  03 11 22 02 33 00
 * ```
 */
export interface CobsParts extends Habits {
  /** The code of a block that no zero follows. */
  readonly full: number;
  /** Whether a zero inside a block is let through. */
  readonly zeroInBlock: boolean;
  /** What is left of a block when a chunk has been used up. */
  acrossCut(left: number): number;
  /** How many bytes of a payload the encoder reads. */
  encodes(payload: Uint8Array): number;
}

const COBS: CobsParts = {
  ...HABITS,
  full: 0xff,
  zeroInBlock: false,
  acrossCut: (left) => left,
  encodes: (payload) => payload.length,
};

/** `inside` counts what is left of a block, `zero` says that a zero follows it, `counted` counts the payload. */
function next(plain: Plain, parts: CobsParts): Uint8Array | null {
  const { queue, memo, settings } = plain;
  for (; memo.searched < queue.length; memo.searched++) {
    const byte = queue.at(memo.searched);
    if (byte === 0) {
      const broken = memo.inside > 0 && !parts.zeroInBlock && !memo.dropping;
      if (broken) refuse(plain, new PlainError("MALFORMED_FRAME", queue.position + memo.searched));
      const { dropping, searched } = memo;
      memo.dropping = memo.zero = false;
      memo.inside = memo.counted = memo.searched = 0;
      if (dropping || broken || searched === 0) {
        queue.skip(searched + 1);
        return next(plain, parts);
      }
      const payload = unstuff(queue.take(searched), parts);
      queue.skip(1);
      return payload;
    }
    if (memo.dropping) continue;
    if (memo.inside > 0) {
      memo.inside--;
      memo.counted++;
    } else {
      if (memo.zero) memo.counted++;
      memo.inside = byte - 1;
      memo.zero = byte !== parts.full;
    }
    if (parts.tooLong(memo.counted, settings.maxFrameLength)) {
      refuse(plain, new PlainError("FRAME_TOO_LARGE", queue.position));
    }
  }
  memo.inside = parts.acrossCut(memo.inside);
  if (memo.dropping) {
    queue.clear();
    memo.searched = 0;
  }
  return null;
}

function refuse({ memo, settings, told }: Plain, error: PlainError): void {
  if (settings.overLimit === "close") throw error;
  told.push(error.message);
  memo.dropping = true;
}

function unstuff(wire: Uint8Array, { full }: CobsParts): Uint8Array {
  const payload: number[] = [];
  for (let at = 0; at < wire.length;) {
    const code = wire[at] ?? 0;
    payload.push(...wire.subarray(at + 1, at + code));
    at += code;
    if (code < full && at < wire.length) payload.push(0);
  }
  return Uint8Array.from(payload);
}

function encode(parts: CobsParts, payload: Uint8Array): Uint8Array {
  const blocks: number[] = [];
  let block: number[] = [];
  const close = () => {
    blocks.push(block.length + 1, ...block);
    block = [];
  };
  for (const byte of payload.subarray(0, parts.encodes(payload))) {
    if (block.length === 254) close();
    if (byte === 0) close();
    else block.push(byte);
  }
  close();
  return Uint8Array.of(...blocks, 0);
}

/** `cobs`. */
export const COBS_FAMILY: Family<CobsParts> = {
  spec: "cobs",
  parts: COBS,
  rule: next,
  encode,
  maxOverhead: 18,
  samples: [
    odd("zeros", Uint8Array.of(1, 1, 2, 0x61, 0), Uint8Array.of(0, 0, 0x61)),
    broken("a zero in a block", Uint8Array.of(5, 0x61, 0x62, 0, 2, 0x63, 0), "MALFORMED_FRAME", 3),
    { ...odd("markers in a row", Uint8Array.of(0, 0, 2, 0x61, 0), "a"), edges: [0, 1, 2] },
  ],
  mutants: [
    {
      name: "zero-inside-block",
      copies: "charlesnicholson/nanocobs#43",
      flaw: "a zero where data is due is not an error",
      change: { zeroInBlock: true },
    },
    {
      name: "full-block-zero",
      copies: "charlesnicholson/nanocobs#58",
      flaw: "a zero is put in behind 254 bytes without one",
      change: { full: 256 },
    },
    {
      name: "encoder-loses-255th",
      copies: "esp-cpp/espp#780",
      flaw: "of 255 bytes without a zero the encoder leaves out the last",
      change: {
        encodes: (payload) => payload.length === 255 && !payload.includes(0) ? 254 : payload.length,
      },
    },
    {
      name: "block-lost-across-cut",
      copies: "conformance case 1.1 (decoder state kept in a local variable)",
      flaw: "how far a block goes is forgotten when a chunk is used up",
      change: { acrossCut: () => 0 },
    },
  ],
};
