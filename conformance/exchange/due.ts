import { equals } from "@std/bytes/equals";
import {
  type Framing,
  FramingError,
  MAX_FRAME_LENGTH_CEILING,
} from "../../protocol/framing/mod.ts";
import { bytePattern, byteText } from "./byte_pattern.ts";

/** Most raw bytes in which a pattern is looked for: 16 KiB. */
const MOST_PATTERN = 16 * 1024;

/** How far an expectation reaches in what came: an offset, not there yet, or never. */
export type Taken = number | "more" | "wrong";

/** Something that is expected, once so many bytes were sent. */
export interface Due {
  /** How many bytes of the stream make it due. */
  readonly at: number;
  /** Where it stands in the scenario, as a JSON path. */
  readonly path: string;
  /** What it is, in a sentence. */
  readonly about: string;
  /** What is done with it: bytes are taken, everything until it is quiet, or the end of the connection. */
  readonly kind: "take" | "quiet" | "fin" | "any end";
  /** Where it ends in `bytes`, if it begins at `from`. A pure function. */
  take(bytes: Uint8Array, from: number): Taken;
}

/** Takes exactly these bytes. */
export function takeBytes(expected: Uint8Array): Due["take"] {
  return (bytes, from) => {
    const came = bytes.subarray(from, from + expected.length);
    if (!equals(came, expected.subarray(0, came.length))) return "wrong";
    return came.length === expected.length ? from + expected.length : "more";
  };
}

/** Takes so many bytes, whatever they are. */
export function takeCount(count: number): Due["take"] {
  return (bytes, from) => bytes.length - from >= count ? from + count : "more";
}

/**
 * Takes the shortest beginning that fits the pattern as a whole: so it does not matter in which pieces the bytes came.
 *
 * @throws {SyntaxError} if the pattern is none.
 */
export function takePattern(source: string): Due["take"] {
  const fits = wholePattern(source);
  return (bytes, from) => {
    const text = byteText(bytes.subarray(from, from + MOST_PATTERN));
    for (let length = 0; length <= text.length; length++) {
      if (fits.test(text.slice(0, length))) return from + length;
    }
    return text.length < MOST_PATTERN ? "more" : "wrong";
  };
}

/** A pattern that has to fit the whole of a text of bytes. */
export function wholePattern(source: string): RegExp {
  // Alone first, so that what is wrong with it is told in its own words.
  bytePattern(source);
  return bytePattern(`^(?:${source})$`);
}

/** Takes one frame whose payload fits. */
export function takeFrame(framing: Framing, fits: (payload: Uint8Array) => boolean): Due["take"] {
  return (bytes, from) => {
    const frame = firstFrame(framing, bytes.subarray(from));
    if (frame === undefined) return "more";
    if (frame === null || !fits(frame.payload)) return "wrong";
    return from + frame.end;
  };
}

/** The first frame in `bytes` and where it ends; undefined while there is none, null when they are no frames. */
function firstFrame(
  framing: Framing,
  bytes: Uint8Array,
): { readonly payload: Uint8Array; readonly end: number } | undefined | null {
  const open = () => framing.createDecoder({ maxFrameLength: MAX_FRAME_LENGTH_CEILING });
  const whole = open();
  try {
    if (whole.push(bytes) === null) return undefined;
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
  }
  // There is one, or an error: byte by byte it shows where.
  const decoder = open();
  try {
    for (let at = 0; at < bytes.length; at++) {
      const batch = decoder.push(bytes.subarray(at, at + 1));
      if (batch !== null && batch.count > 0) return { payload: batch.copy(0), end: at + 1 };
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    return null;
  }
}
