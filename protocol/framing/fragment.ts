/**
 * Messages that are longer than one datagram, cut into fragments and put together again. Nothing is sent a second
 * time: a message of which one fragment is lost is lost.
 *
 * ```
 * | message id (8) | index (2) | count (2) | message length (4) | part |      all big-endian
 * ```
 *
 * How a message is cut follows from its length and the count: parts of ⌈length / count⌉ bytes and a last one with the
 * rest. So a fragment that would leave a hole or overlap another one can be told by itself, before it is kept.
 * @module
 */
import { FramingError } from "./errors.ts";

/** Bytes before the part. */
export const FRAGMENT_HEADER_LENGTH = 16;
/** Most fragments of one message: the count has 16 bits. */
export const MAX_FRAGMENTS = 65_535;
const MAX_LENGTH = 2 ** 32 - 1;

/** One fragment as it stands in its datagram. */
export interface Fragment {
  /** Which message of its sender it belongs to. */
  readonly messageId: bigint;
  /** Which part it is, from 0. */
  readonly index: number;
  /** How many parts the message has. */
  readonly count: number;
  /** Length of the whole message in bytes. */
  readonly length: number;
  /** Its bytes, as a view into the datagram. */
  readonly part: Uint8Array;
}

/** What is wrong with a fragment; stable across versions. */
export type FragmentProblem =
  | "truncated"
  | "count"
  | "index"
  | "part-length"
  | "too-large"
  | "conflicting-totals"
  | "conflicting-bytes";

/**
 * A fragment that cannot be used. The message names the peer; `offset` is that of the wrong field in its datagram,
 * `frameIndex` the index that the fragment claims.
 */
export class FragmentError extends FramingError {
  /** Who sent it. */
  readonly peer: string;
  /** What is wrong, for programs. */
  readonly problem: FragmentProblem;

  /** Makes an error from the peer, the kind, a sentence, and the place. */
  constructor(
    peer: string,
    problem: FragmentProblem,
    message: string,
    place: { readonly offset: number; readonly frameIndex: number },
  ) {
    const code = problem === "truncated"
      ? "TRUNCATED_FRAME"
      : problem === "too-large"
      ? "FRAME_TOO_LARGE"
      : "MALFORMED_FRAME";
    super(code, `Cannot use a fragment from ${peer}: ${message}`, place);
    this.name = "FragmentError";
    this.peer = peer;
    this.problem = problem;
  }
}

/**
 * Cuts a message into datagrams of at most `maxDatagram` bytes, headers included; at least one.
 *
 * @example
 * ```ts
 * import { fragmentMessage, parseFragment } from "@nonstick/nonstick/framing";
 *
 * const datagrams = fragmentMessage(new Uint8Array(3000), { messageId: 7n, maxDatagram: 1232 });
 * console.log(datagrams.length, parseFragment(datagrams[2]!, "somebody").index); // 3 2
 * ```
 *
 * @throws {RangeError} if the message needs more fragments than can be counted.
 */
export function fragmentMessage(
  message: Uint8Array,
  { messageId, maxDatagram }: { readonly messageId: bigint; readonly maxDatagram: number },
): Uint8Array[] {
  const room = maxDatagram - FRAGMENT_HEADER_LENGTH;
  if (!Number.isInteger(room) || room < 1) {
    throw new RangeError(
      `Cannot cut into datagrams of ${maxDatagram} bytes: the header has ${FRAGMENT_HEADER_LENGTH}`,
    );
  }
  const count = Math.max(1, Math.ceil(message.length / room));
  if (count > MAX_FRAGMENTS || message.length > MAX_LENGTH) {
    throw new RangeError(
      `Cannot cut ${message.length} bytes into datagrams of ${maxDatagram}: that are ${count}, ` +
        `and the most is ${MAX_FRAGMENTS}`,
    );
  }
  const size = Math.ceil(message.length / count);
  return Array.from({ length: count }, (_, index) => {
    const part = message.subarray(index * size, (index + 1) * size);
    const datagram = new Uint8Array(FRAGMENT_HEADER_LENGTH + part.length);
    const header = new DataView(datagram.buffer);
    header.setBigUint64(0, messageId);
    header.setUint16(8, index);
    header.setUint16(10, count);
    header.setUint32(12, message.length);
    datagram.set(part, FRAGMENT_HEADER_LENGTH);
    return datagram;
  });
}

/**
 * Reads one datagram as a fragment. What is wrong with it alone is found here; what contradicts other fragments, by
 * {@linkcode FragmentAssembler}.
 *
 * @param peer who sent it, for the error.
 * @throws {FragmentError} if it is none.
 */
export function parseFragment(datagram: Uint8Array, peer: string): Fragment {
  if (datagram.length < FRAGMENT_HEADER_LENGTH) {
    throw new FragmentError(
      peer,
      "truncated",
      `${datagram.length} bytes came, the header alone has ${FRAGMENT_HEADER_LENGTH}`,
      { offset: datagram.length, frameIndex: 0 },
    );
  }
  const header = new DataView(datagram.buffer, datagram.byteOffset, FRAGMENT_HEADER_LENGTH);
  const messageId = header.getBigUint64(0);
  const index = header.getUint16(8), count = header.getUint16(10), length = header.getUint32(12);
  const size = count === 0 ? 0 : Math.ceil(length / count);
  // No other count cuts the message into parts of this size; 0 bytes are one part.
  if (count === 0 || count !== Math.max(1, Math.ceil(length / size) || 0)) {
    throw new FragmentError(
      peer,
      "count",
      `${length} bytes cannot be cut into ${count} parts`,
      { offset: 10, frameIndex: index },
    );
  }
  if (index >= count) {
    throw new FragmentError(
      peer,
      "index",
      `index ${index} is out of range, there are ${count} parts`,
      { offset: 8, frameIndex: index },
    );
  }
  const part = datagram.subarray(FRAGMENT_HEADER_LENGTH);
  const due = Math.min(size, length - index * size);
  if (part.length !== due) {
    const how = part.length > due ? "overlaps the next one" : "leaves a hole";
    throw new FragmentError(
      peer,
      "part-length",
      `part ${index} of ${count} has ${part.length} bytes and ${how}, it must have ${due}`,
      { offset: FRAGMENT_HEADER_LENGTH, frameIndex: index },
    );
  }
  return { messageId, index, count, length, part };
}
