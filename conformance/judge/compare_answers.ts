import { equals } from "@std/bytes/equals";
import { indexOfNeedle } from "@std/bytes/index-of-needle";
import type { Finding } from "./verdict.ts";
import { showBytes } from "./show_bytes.ts";

/** What was sent and has to come back, seen from one answer on. */
export interface Comparison {
  /** Payloads that have to come, in order. */
  readonly expected: readonly Uint8Array[];
  /** Payloads that came, in order. */
  readonly came: readonly Uint8Array[];
  /** All bytes that were sent, answered as if they were one payload: where a lost reader finds its frames. */
  readonly stream: Uint8Array;
}

/**
 * Names what is wrong with answers that did come: the first one that is not the expected one decides. Answers that
 * are missing behind the last one that came are no matter here. Null when all that came is right.
 */
export function compareAnswers({ expected, came, stream }: Comparison): Finding | null {
  const at = came.findIndex((payload, i) => !same(payload, expected[i]));
  if (at < 0) return null;
  const got = came[at] ?? new Uint8Array(0);
  const want = expected[at];
  const place = `answer ${at + 1}`;
  const is = `is ${showBytes(got)}`;
  const instead = `${place} ${is}, expected ${showBytes(want ?? got)}`;
  if (want === undefined) {
    return got.length > 0 && expected.some((one) => same(one, got))
      ? { cause: "DUPLICATED", detail: `${place} ${is}: sent once, answered twice` }
      : { cause: "PHANTOM", detail: `${place} ${is}: ${sent(expected.length)}` };
  }
  if (isReordered(expected, came)) return { cause: "REORDERED", detail: instead };
  // Empty answers look alike: one of them is the answer to a later frame only if the next answers fit, too.
  const later = expected.findIndex((one, i) => i > at && same(one, got));
  const fits = at + 1 < came.length ? same(came[at + 1], expected[later + 1]) : got.length > 0;
  if (later > 0 && fits) {
    return { cause: "LOST", detail: `${instead}: frame ${at + 1} got no answer` };
  }
  if (at > 0 && got.length > 0 && same(expected[at - 1], got)) {
    return { cause: "DUPLICATED", detail: `${instead}: frame ${at} was answered twice` };
  }
  if (got.length === 0) return { cause: "PHANTOM", detail: instead };
  if (isPrefix(got, want)) return { cause: "CORRUPT", detail: `${instead}: it is cut short` };
  if (isPrefix(want, got)) return { cause: "CORRUPT", detail: `${instead}: it is too long` };
  if (got.length === want.length) return { cause: "CORRUPT", detail: instead };
  return indexOfNeedle(stream, got) >= 0
    ? { cause: "DESYNC", detail: `${instead}: these bytes are no frame` }
    : { cause: "PHANTOM", detail: `${instead}: these bytes were not sent here` };
}

function sent(count: number): string {
  if (count === 0) return "no whole frame was sent";
  return count === 1 ? "one frame was sent" : `${count} frames were sent`;
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && equals(a, b);
}

function isPrefix(start: Uint8Array, whole: Uint8Array): boolean {
  return start.length < whole.length && equals(start, whole.subarray(0, start.length));
}

/** Whether the same payloads came in another order. */
function isReordered(expected: readonly Uint8Array[], came: readonly Uint8Array[]): boolean {
  if (expected.length !== came.length) return false;
  const sorted = (list: readonly Uint8Array[]) => list.map((bytes) => bytes.join()).sort();
  const [a, b] = [sorted(expected), sorted(came)];
  return a.every((text, i) => text === b[i]);
}
