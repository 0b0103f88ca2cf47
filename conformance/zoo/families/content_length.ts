import { concat } from "@std/bytes";
import { ascii, broken, type Family, odd } from "../family.ts";
import { HABITS, type Habits, type Plain, PlainError } from "../plain_decoder.ts";

/** `Name: value` lines, an empty line, and a body of `Content-Length` bytes. */
export interface ContentLengthParts extends Habits {
  /** Whether a line ends here although only LF is seen. */
  readonly bareLf: boolean;
  /** What becomes of a line whose end is not here yet. */
  waitForLine(plain: Plain): void;
  /** The name of a field, as it is compared. */
  nameOf(name: string): string;
  /** Whether `value` is a length. */
  isLength(value: string): boolean;
  /** Takes a second length, or -1 to refuse it. */
  again(length: number): number;
  /** Whether the header is over behind this line; `known` says that the length stood in a line before it. */
  isLast(line: string, known: boolean): boolean;
  /** Most bytes of a header. */
  readonly longest: number;
  /** What becomes of a frame whose body is not here yet. */
  waitForBody(plain: Plain): void;
  /** How many bytes of the queue a body of `length` takes. */
  measure(plain: Plain, length: number): number;
}

const CONTENT_LENGTH: ContentLengthParts = {
  ...HABITS,
  bareLf: false,
  waitForLine: () => {},
  nameOf: (name) => name.toLowerCase(),
  isLength: (value) => /^[0-9]{1,15}$/.test(value),
  again: () => -1,
  isLast: (line) => line === "",
  longest: 65_536,
  waitForBody: () => {},
  measure: (_, length) => length,
};

const CR = 0x0d, LF = 0x0a;

function next(plain: Plain, parts: ContentLengthParts): Uint8Array | null {
  const { queue, memo, settings } = plain;
  const dropped = Math.min(memo.drop, queue.length);
  queue.skip(dropped);
  memo.drop -= dropped;
  if (memo.drop > 0) return null;
  while (memo.inside === 0) {
    const line = readLine(plain, parts);
    if (line === null) {
      parts.waitForLine(plain);
      return null;
    }
    const known = memo.length >= 0;
    if (!parts.isLast(line, known)) {
      readField(plain, parts, line);
      continue;
    }
    if (memo.length < 0) throw new PlainError("MALFORMED_FRAME", queue.position);
    const header = memo.searched;
    memo.counted = memo.searched = 0;
    if (parts.tooLong(memo.length, settings.maxFrameLength)) {
      const error = new PlainError("FRAME_TOO_LARGE", queue.position);
      if (settings.overLimit === "close") throw error;
      plain.told.push(error.message);
      memo.drop = header + memo.length;
      memo.length = -1;
      return next(plain, parts);
    }
    queue.skip(header);
    memo.inside = 1;
  }
  const size = parts.measure(plain, memo.length);
  if (queue.length < size) {
    parts.waitForBody(plain);
    return null;
  }
  const frame = parts.handOut(plain, size);
  memo.length = -1;
  memo.inside = 0;
  return frame;
}

/** The next line of the header, without its end. The header stays in the queue; `counted` is where the line starts. */
function readLine(plain: Plain, parts: ContentLengthParts): string | null {
  const { queue, memo } = plain;
  for (; memo.searched < queue.length; memo.searched++) {
    if (memo.searched >= parts.longest) throw new PlainError("MALFORMED_FRAME", queue.position);
    const byte = queue.at(memo.searched);
    const afterCr = memo.searched > memo.counted && queue.at(memo.searched - 1) === CR;
    if (byte !== LF) {
      if (afterCr) throw new PlainError("MALFORMED_FRAME", queue.position);
      continue;
    }
    if (!afterCr && !parts.bareLf) throw new PlainError("MALFORMED_FRAME", queue.position);
    const line = queue.peek().subarray(memo.counted, memo.searched - (afterCr ? 1 : 0));
    memo.counted = ++memo.searched;
    return String.fromCharCode(...line);
  }
  return null;
}

function readField({ queue, memo }: Plain, parts: ContentLengthParts, line: string): void {
  const malformed = new PlainError("MALFORMED_FRAME", queue.position);
  const [, name, value = ""] = /^([^\s:()<>@,;\\"/[\]?={}]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
  if (name === undefined || /[^\x21-\x7e]/.test(name)) throw malformed;
  const field = parts.nameOf(name);
  if (field === "transfer-encoding") throw malformed;
  if (field !== "content-length") return;
  if (!parts.isLength(value)) throw malformed;
  memo.length = memo.length < 0 ? Number(value) : parts.again(Number(value));
  if (memo.length < 0) throw malformed;
}

const MALFORMED = "MALFORMED_FRAME";

/** `content-length`. */
export const CONTENT_LENGTH_FAMILY: Family<ContentLengthParts> = {
  spec: "content-length",
  parts: CONTENT_LENGTH,
  rule: next,
  encode: (_, payload) => concat([ascii(`Content-Length: ${payload.length}\r\n\r\n`), payload]),
  maxOverhead: 65_536,
  claim: ascii("Content-Length: 1073741824\r\n\r\n"),
  samples: [
    odd("another name", ascii("content-length:2\r\n\r\nab"), "ab"),
    odd("two fields", ascii("Content-Length: 2\r\nA: b\r\n\r\nab"), "ab"),
    odd("text", ascii("Content-Length: 5\r\n\r\nä€"), "ä€"),
    broken("twice", ascii("Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc"), MALFORMED),
    broken("bare LF", ascii("Content-Length: 2\n\nab"), MALFORMED),
    broken("hex", ascii("Content-Length: 0x2\r\n\r\nab"), MALFORMED),
    broken("a list", ascii("Content-Length: 2;3\r\n\r\nab"), MALFORMED),
    broken(
      "chunked too",
      ascii("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nab"),
      MALFORMED,
    ),
  ],
  mutants: [
    {
      name: "chars-for-bytes",
      copies: "srcbookdev/srcbook#197, Nano-Collective/nanocoder#1301, rome/tools#736",
      flaw: "the body is measured in characters",
      change: {
        measure({ queue }, length) {
          const text = new TextDecoder().decode(queue.peek());
          return text.length < length ? Infinity : ascii(text.slice(0, length)).length;
        },
      },
    },
    {
      name: "one-header-only",
      copies: "LuaLS/lua-language-server#182, haskell/haskell-language-server#3233",
      flaw: "the line behind Content-Length is taken for the empty one, whatever it says",
      change: { isLast: (line, known) => line === "" || known },
    },
    {
      name: "bare-line-feed",
      copies: "CVE-2025-58056, prabirshrestha/vim-lsp#1594",
      flaw: "a line feed alone ends a line",
      change: { bareLf: true },
    },
    {
      name: "first-line-cut",
      copies: "uNetworking/uWebSockets#1776",
      flaw: "a first line that is not all here is thrown away",
      change: {
        waitForLine({ queue, memo }) {
          if (memo.counted > 0) return;
          queue.clear();
          memo.searched = 0;
        },
      },
    },
    {
      name: "name-in-one-case",
      copies: "rust-lang/rust-analyzer#15257, elnormous/HTTPRequest#48",
      flaw: "Content-Length is known in this spelling only",
      change: {
        nameOf: (name) => name === "Content-Length" ? "content-length" : `other ${name}`,
      },
    },
    {
      name: "last-length-wins",
      copies: "NVIDIA/OpenShell#660, oven-sh/bun#28838",
      flaw: "of two different lengths the second is believed",
      change: { again: (length) => length },
    },
    {
      name: "length-read-leniently",
      copies: "conformance case 5.3, erlang/otp#10833",
      flaw: "whatever Number() makes a number of is a length",
      change: { isLength: (value) => Number.isInteger(Number(value)) },
    },
    {
      name: "header-without-end",
      copies: "CVE-2022-21716 (Twisted)",
      flaw: "a header may be of any length",
      change: { longest: Infinity },
    },
    {
      name: "body-as-header",
      copies: "ebkalderon/tower-lsp#319",
      flaw: "when the body is not all here, its header is forgotten and the body read as one",
      change: {
        waitForBody({ memo }) {
          memo.inside = 0;
          memo.length = -1;
        },
      },
    },
  ],
};
