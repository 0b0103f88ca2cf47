import { ascii, broken, type Family } from "../family.ts";
import { HABITS, type Habits, type Plain, PlainError } from "../plain_decoder.ts";

/** `5:hello,` */
export interface NetstringParts extends Habits {
  /** Whether `text`, the digits so far, can be or become a length. */
  allowed(text: string): boolean;
  /** Whether a length that is over the limit fails before its colon. */
  readonly failsEarly: boolean;
  /** How many bytes behind the payload must be here. */
  readonly waitsFor: number;
  /** Whether `byte` may stand behind the payload. */
  isComma(byte: number): boolean;
}

const NETSTRING: NetstringParts = {
  ...HABITS,
  allowed: (text) => /^(0|[1-9][0-9]*)$/.test(text),
  failsEarly: true,
  waitsFor: 1,
  isComma: (byte) => byte === 0x2c,
};

function next(plain: Plain, parts: NetstringParts): Uint8Array | null {
  const { queue, memo, settings } = plain;
  const dropped = Math.min(memo.drop, queue.length);
  queue.skip(dropped);
  memo.drop -= dropped;
  if (memo.drop > 0) return null;
  if (memo.length < 0) {
    const length = readLength(plain, parts);
    if (length === null) return null;
    if (parts.tooLong(length, settings.maxFrameLength)) {
      const error = new PlainError("FRAME_TOO_LARGE", queue.position);
      if (settings.overLimit === "close") throw error;
      plain.told.push(error.message);
      memo.drop = memo.searched + 1 + length + 1;
      memo.searched = 0;
      return next(plain, parts);
    }
    memo.length = length;
  }
  // The header stays in the queue until the whole frame is here: an error is placed at the frame.
  const body = memo.searched + 1;
  if (queue.length < body + memo.length + parts.waitsFor) return null;
  const comma = body + memo.length;
  if (comma < queue.length && !parts.isComma(queue.at(comma))) {
    throw new PlainError("MALFORMED_FRAME", queue.position);
  }
  queue.skip(body);
  const frame = parts.handOut(plain, memo.length);
  queue.skip(1);
  memo.length = -1;
  memo.searched = 0;
  return frame;
}

/** The number in front of the colon, with `searched` set to where that is, or null while it is not here. */
function readLength(plain: Plain, parts: NetstringParts): number | null {
  const { queue, memo, settings } = plain;
  for (; memo.searched < queue.length; memo.searched++) {
    const colon = queue.at(memo.searched) === 0x3a;
    const text = String.fromCharCode(...queue.peek(memo.searched + (colon ? 0 : 1)).slice(-17));
    if (!parts.allowed(text)) {
      throw new PlainError("MALFORMED_FRAME", queue.position + memo.searched);
    }
    if (colon) return Number(text);
    if (Number(text) > Number.MAX_SAFE_INTEGER && parts.failsEarly) {
      throw new PlainError("MALFORMED_FRAME", queue.position + memo.searched);
    }
    const over = Number(text) > settings.maxFrameLength && settings.overLimit === "close";
    if (parts.failsEarly && over) throw new PlainError("FRAME_TOO_LARGE", queue.position);
  }
  return null;
}

const MALFORMED = "MALFORMED_FRAME";

/** `netstring`. */
export const NETSTRING_FAMILY: Family<NetstringParts> = {
  spec: "netstring",
  parts: NETSTRING,
  rule: next,
  encode: (_, payload) => Uint8Array.of(...ascii(`${payload.length}:`), ...payload, 0x2c),
  maxOverhead: 18,
  claim: ascii("1073741824:"),
  samples: [
    broken("leading zero", ascii("05:hello,"), MALFORMED, 1),
    broken("no digits", ascii(":,"), MALFORMED, 0),
    broken("a sign", ascii("+5:hello,"), MALFORMED, 0),
    broken("a space", ascii(" 5:hello,"), MALFORMED, 0),
    broken("no comma", ascii("5:hello;5:world,"), MALFORMED, 0),
    broken("too many digits", ascii("99999999999"), "FRAME_TOO_LARGE", 0),
  ],
  mutants: [
    {
      name: "leading-zeros",
      copies: "arjantop/rust-bencode#41",
      flaw: "a length may start with zeros",
      change: { allowed: (text) => /^[0-9]+$/.test(text) },
    },
    {
      name: "sign-and-space",
      copies: "conformance case 7.2 (parseInt)",
      flaw: "a length may start with a sign or a space, as parseInt has it",
      change: { allowed: (text) => /^[ +]?(0|[1-9][0-9]*)?$/.test(text) && text !== "" },
    },
    {
      name: "no-digits-is-zero",
      copies: "conformance case 7.2 (Number)",
      flaw: "a colon without digits is a length of zero",
      change: { allowed: (text) => /^(0|[1-9][0-9]*)?$/.test(text) },
    },
    {
      name: "comma-not-looked-at",
      copies: "conformance case 7.3",
      flaw: "any byte may stand for the comma",
      change: { isComma: () => true },
    },
    {
      name: "comma-not-waited-for",
      copies: "conformance case 7.1",
      flaw: "a frame is handed out before its comma has come",
      change: { waitsFor: 0 },
    },
    {
      name: "digits-without-end",
      copies: "conformance case 7.4, CVE-2022-21716 (Twisted)",
      flaw: "a length is read up to its colon, however far that is",
      change: { failsEarly: false },
    },
  ],
};
