import { concat } from "@std/bytes";
import { ascii, broken, type Family, type Mutant, odd } from "../family.ts";
import { HABITS, type Habits, type Plain, PlainError } from "../plain_decoder.ts";

/** The payload, then a delimiter, of which a CR in front may be part. */
export interface DelimiterParts extends Habits {
  readonly delimiter: Uint8Array;
  /** Whether a CR in front of the delimiter goes with it. */
  readonly stripCr: boolean;
  /** Where to search from, when `searched` bytes have been searched. */
  searchFrom(searched: number, delimiter: Uint8Array): number;
  /** Where the delimiter is, at `from` or behind, or -1. */
  find(plain: Plain, delimiter: Uint8Array, from: number): number;
  /** How many of the last bytes may be the beginning of a delimiter. */
  beginning(plain: Plain, parts: DelimiterParts): number;
  /** Whether the limit is looked at while the delimiter is not in sight. */
  readonly checksEarly: boolean;
  /** How long a payload is for the limit. */
  measure(payload: Uint8Array): number;
  /** Whether the CR in front of the delimiter at `at` is seen. */
  seesCr(plain: Plain, at: number): boolean;
  /** How many bytes to keep of a frame that is dropped. */
  keepWhileDropping(beginning: number): number;
  /** Goes on behind the delimiter of a frame that was dropped. */
  endDropping(plain: Plain): void;
  /** Whether the encoder looks for the delimiter in payloads. */
  readonly refuses: boolean;
}

const DELIMITER: DelimiterParts = {
  ...HABITS,
  delimiter: ascii("\n"),
  stripCr: false,
  searchFrom: (searched, delimiter) => Math.max(0, searched - delimiter.length + 1),
  find: ({ queue }, delimiter, from) => find(queue, delimiter, from),
  beginning: ({ queue }, { delimiter, stripCr }) => {
    const pattern = stripCr ? concat([ascii("\r"), delimiter]) : delimiter;
    for (let count = Math.min(pattern.length - 1, queue.length); count > 0; count--) {
      if (startsWith(queue, pattern.subarray(0, count), queue.length - count)) return count;
    }
    return 0;
  },
  checksEarly: true,
  measure: (payload) => payload.length,
  seesCr: ({ queue }, at) => at > 0 && queue.at(at - 1) === 0x0d,
  keepWhileDropping: (beginning) => beginning,
  endDropping: () => {},
  refuses: true,
};

function startsWith(queue: Plain["queue"], bytes: Uint8Array, at: number): boolean {
  return bytes.every((byte, i) => queue.at(at + i) === byte);
}

function find(queue: Plain["queue"], delimiter: Uint8Array, from: number): number {
  for (let at = from; at + delimiter.length <= queue.length; at++) {
    if (queue.at(at) === delimiter[0] && startsWith(queue, delimiter, at)) return at;
  }
  return -1;
}

function next(plain: Plain, parts: DelimiterParts): Uint8Array | null {
  const { queue, memo, settings } = plain;
  const { delimiter } = parts;
  const at = parts.find(plain, delimiter, parts.searchFrom(memo.searched, delimiter));
  memo.searched = at < 0 ? queue.length : 0;
  const withCr = at >= 0 && parts.stripCr && parts.seesCr(plain, at);
  const sure = at < 0 ? queue.length - parts.beginning(plain, parts) : withCr ? at - 1 : at;
  const looks = at >= 0 || parts.checksEarly;
  if (!memo.dropping && looks && sure > 0) {
    // Only a payload near the limit is worth measuring.
    const length = sure < settings.maxFrameLength ? sure : parts.measure(queue.peek(sure));
    if (parts.tooLong(length, settings.maxFrameLength)) {
      const error = new PlainError("FRAME_TOO_LARGE", queue.position);
      if (settings.overLimit === "close") throw error;
      plain.told.push(error.message);
      memo.dropping = true;
    }
  }
  if (at < 0) {
    if (memo.dropping) {
      queue.skip(queue.length - parts.keepWhileDropping(queue.length - sure));
      memo.searched = 0;
    }
    return null;
  }
  if (memo.dropping) {
    queue.skip(at + delimiter.length);
    memo.dropping = false;
    parts.endDropping(plain);
    return next(plain, parts);
  }
  const frame = parts.handOut(plain, sure);
  queue.skip(Math.min(queue.length, delimiter.length + (withCr ? 1 : 0)));
  return frame;
}

function encode(parts: DelimiterParts, payload: Uint8Array): Uint8Array {
  const wire = concat([payload, parts.delimiter]);
  const first = wire.findIndex((_, at) =>
    parts.delimiter.every((byte, i) => wire[at + i] === byte)
  );
  const cr = parts.stripCr && payload.at(-1) === 0x0d;
  if (parts.refuses && (first < payload.length || cr)) throw new RangeError("delimiter in payload");
  return wire;
}

function family(
  spec: string,
  parts: DelimiterParts,
  rest: Partial<Family<DelimiterParts>>,
): Family<DelimiterParts> {
  const maxOverhead = parts.delimiter.length + (parts.stripCr ? 1 : 0);
  return { spec, parts, rule: next, encode, samples: [], maxOverhead, mutants: [], ...rest };
}

const utf8Length = (bytes: Uint8Array) => new TextDecoder().decode(bytes).length;

const LINE_MUTANTS: readonly Mutant<DelimiterParts>[] = [
  {
    name: "limit-with-the-delimiter",
    copies: "CVE-2013-1752, python/cpython#11120",
    flaw: "the limit is looked at only when the delimiter has come",
    change: { checksEarly: false },
  },
  {
    name: "limit-in-characters",
    copies: "split2",
    flaw: "the limit counts UTF-16 units, not bytes",
    change: { measure: utf8Length },
  },
  {
    name: "text-per-chunk",
    copies: "modelcontextprotocol/typescript-sdk#2041, sursaone/bun-pty#32",
    flaw: "each chunk is decoded as UTF-8 of its own",
    change: {
      takeIn: ({ queue }, chunk) => queue.append(ascii(new TextDecoder().decode(chunk))),
    },
  },
  {
    name: "splitlines",
    copies: "awslabs/gluonts#920, z4r/python-rtkit#53",
    flaw: "VT, FF and CR end a line too",
    change: {
      find({ queue }, _, from) {
        for (let at = from; at < queue.length; at++) {
          if (queue.at(at) >= 0x0a && queue.at(at) <= 0x0d) return at;
        }
        return -1;
      },
    },
  },
  {
    name: "empty-lines-swallowed",
    copies: "denoland/std#1976, length-prefixed-stream",
    flaw: "empty frames are not handed out",
    change: { counts: (frame) => frame.length > 0 },
  },
  {
    name: "empty-tail",
    copies: "@std/streams DelimiterStream, dominictarr/split#13",
    flaw: "what is behind the last delimiter is handed out at the end, even when it is nothing",
    change: { leftOver: ({ queue }) => [queue.take(queue.length)] },
  },
  {
    name: "tail-as-frame",
    copies: "split2, @std/streams TextLineStream",
    flaw: "a frame without a delimiter is handed out at the end like any other",
    change: { leftOver: ({ queue }) => queue.length > 0 ? [queue.take(queue.length)] : [] },
  },
  {
    name: "delimiter-injection",
    copies: "CVE-2025-59419 (Netty), python/cpython#87290",
    flaw: "the encoder lets a delimiter in the payload through",
    change: { refuses: false },
  },
];

const HASH_MUTANTS: readonly Mutant<DelimiterParts>[] = [
  {
    name: "delimiter-lost-across-cut",
    copies: "VectorCamp/vectorscan#402, eventmachine/eventmachine#338",
    flaw: "the search goes on behind the bytes seen, so a delimiter in two pieces is not found",
    change: { searchFrom: (searched) => searched },
  },
  {
    name: "half-delimiter-found",
    copies: "NodeppOfficial/nodepp#38",
    flaw: "the beginning of a delimiter at the end of a chunk is taken for a whole one",
    change: {
      find({ queue }, delimiter, from) {
        const at = find(queue, delimiter, from);
        const last = queue.length - 1;
        return at < 0 && last >= 0 && queue.at(last) === delimiter[0] ? last : at;
      },
    },
  },
  {
    name: "rescan-from-start",
    copies: "CVE-2023-43669 (snapview/tungstenite-rs#376), Netty DelimiterBasedFrameDecoder",
    flaw: "the search starts at the first byte again for every chunk",
    change: { searchFrom: () => 0 },
  },
  {
    name: "cut-delimiter-counts",
    copies: "Netty DelimiterBasedFrameDecoder",
    flaw: "the first half of a delimiter counts as payload, and breaks the limit",
    change: { beginning: () => 0 },
  },
  {
    name: "cut-delimiter-dropped",
    copies: "Netty DelimiterBasedFrameDecoder, Twisted LineReceiver",
    flaw:
      "the first half of a delimiter is dropped with an over-long frame, and with it the next one",
    change: { keepWhileDropping: () => 0 },
  },
  {
    name: "skip-eats-next-frame",
    copies: "eventmachine/eventmachine#338, split2",
    flaw: "what follows an over-long frame in the same chunk is dropped with it",
    change: { endDropping: ({ queue }) => queue.clear() },
  },
];

/** Finds `delimiter` as a matcher does that starts afresh after a mismatch, without looking back. */
function forgetfulFind({ queue }: Plain, delimiter: Uint8Array, from: number): number {
  let matched = 0;
  for (let at = from; at < queue.length; at++) {
    matched = queue.at(at) === delimiter[matched] ? matched + 1 : 0;
    if (matched === delimiter.length) return at + 1 - matched;
  }
  return -1;
}

/** `line`, `line?strip=cr` and delimiters of several bytes. */
export const DELIMITER_FAMILIES: readonly Family<DelimiterParts>[] = [
  family("line", DELIMITER, {
    mutants: LINE_MUTANTS,
    samples: [
      broken("8 bytes in 4 characters", ascii("ääää\n"), "FRAME_TOO_LARGE", 0),
      odd("other line ends", ascii("a\rb\u000bc\f\n"), "a\rb\u000bc\f"),
      odd("text", ascii("ä€\n"), "ä€"),
    ],
  }),
  family("line?strip=cr", { ...DELIMITER, stripCr: true }, {
    samples: [odd("CR LF", ascii("ab\r\n"), "ab"), odd("CR CR LF", ascii("ab\r\r\n"), "ab\r")],
    mutants: [{
      name: "cr-in-the-chunk-before",
      copies: "Twisted LineOnlyReceiver, uNetworking/uWebSockets#1776",
      flaw: "a CR is stripped only when it came with its LF",
      change: {
        seesCr: ({ queue, memo }, at) =>
          at > 0 && queue.at(at - 1) === 0x0d && queue.length - at < memo.lastChunk,
      },
    }],
  }),
  family("delim:2323", { ...DELIMITER, delimiter: ascii("##") }, { mutants: HASH_MUTANTS }),
  family("delim:414142", { ...DELIMITER, delimiter: ascii("AAB") }, {
    samples: [odd("a false start", ascii("xAAAB"), "xA")],
    mutants: [{
      name: "false-start",
      copies: "eclipse-vertx/vert.x#210, TanStack/router#8204",
      flaw: "after a false start the matcher does not look at the bytes of it again",
      change: { find: forgetfulFind },
    }],
  }),
];
