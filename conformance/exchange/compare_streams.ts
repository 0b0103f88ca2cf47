import { equals } from "@std/bytes/equals";
import { hexText } from "../../protocol/framing/hex.ts";
import type { Finding } from "../judge/verdict.ts";
import type { ConnectionState } from "../player/play.ts";
import { byteText } from "./byte_pattern.ts";

/** Bytes that a sentence shows. */
const SHOWN = 16;

/**
 * Names how the bytes that came differ from those that had to come; null when they do not. Nothing is known of what
 * they mean, so the name says where bytes are missing, too many, or others.
 */
export function compareStreams(
  expected: Uint8Array,
  came: Uint8Array,
  state: ConnectionState,
): Finding | null {
  if (equals(expected, came)) return null;
  const at = firstDifference(expected, came);
  if (at === came.length) return missing(expected, came, state);
  const rest = came.subarray(at);
  if (at === expected.length) return surplus(expected, rest);
  const place = `answer byte ${at + 1} of ${expected.length}`;
  const instead = `${place}: ${quoted(rest)} came, expected ${quoted(expected.subarray(at))}`;
  if (endsWith(expected, rest) && came.length < expected.length) {
    const count = expected.length - came.length;
    return { cause: "LOST", detail: `${instead}: ${bytesOf(count)} did not come` };
  }
  if (endsWith(came, expected.subarray(at)) && came.length > expected.length) {
    const extra = came.subarray(at, at + came.length - expected.length);
    return { ...surplus(expected, extra), detail: `${instead}: ${bytesOf(extra.length)} too many` };
  }
  return { cause: "CORRUPT", detail: instead };
}

/** A few bytes in a sentence, as text where they are text. */
export function quoted(bytes: Uint8Array): string {
  const some = bytes.subarray(0, SHOWN);
  const more = bytes.length > SHOWN ? "…" : "";
  const text = byteText(some);
  return /^[\t\r\n -~]+$/.test(text) ? `${JSON.stringify(text)}${more}` : `${hexText(some)}${more}`;
}

/** `3 bytes`. */
export function bytesOf(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}

function missing(expected: Uint8Array, came: Uint8Array, state: ConnectionState): Finding {
  const some = `${came.length} of ${bytesOf(expected.length)} came`;
  const next = `, next is ${quoted(expected.subarray(came.length))}`;
  switch (state) {
    case "open":
      return { cause: "HANG", detail: `${some}${next}; the connection is open and silent` };
    case "ended":
      return { cause: "LOST", detail: `${some}, then the target closed the connection${next}` };
    default:
      return { cause: "LOST", detail: `${some}, then the target broke off the connection${next}` };
  }
}

/** More than had to come: something said twice, or something made up. */
function surplus(expected: Uint8Array, extra: Uint8Array): Finding {
  const cause = byteText(expected).includes(byteText(extra)) ? "DUPLICATED" : "PHANTOM";
  const detail = `after all ${bytesOf(expected.length)} ${bytesOf(extra.length)} more came: ${
    quoted(extra)
  }`;
  return { cause, detail };
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a[at] === b[at]) at++;
  return at;
}

function endsWith(whole: Uint8Array, end: Uint8Array): boolean {
  return end.length <= whole.length && equals(whole.subarray(whole.length - end.length), end);
}
