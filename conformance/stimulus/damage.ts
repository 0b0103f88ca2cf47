/**
 * Damaged streams: a good stream with some bytes changed, and what our own decoder makes of it.
 * @module
 */
import { concat } from "@std/bytes/concat";
import {
  type FrameBatch,
  type FrameDecoder,
  FrameTooLargeError,
  FramingError,
  MAX_FRAME_LENGTH_CEILING,
  Spec,
} from "../../protocol/framing/mod.ts";
import { badPart } from "./bad_part.ts";
import { canCarry, type Contract } from "./contract.ts";
import { readStimulus } from "./read_stimulus.ts";
import { type Part, type Reading, Stimulus } from "./stimulus.ts";

/** A good stream in which the bytes of one part are replaced. */
export interface Damage {
  /** Whole frames in front. */
  readonly before: readonly Part[];
  /** What was there, if anything. */
  readonly meant: readonly Part[];
  /** What is there now. */
  readonly wire: Uint8Array;
  /** What was done to it. */
  readonly what: string;
  /** Whole frames behind. */
  readonly behind: readonly Part[];
}

/**
 * The damaged stream, with what has to come of it. Our own decoder, fed byte by byte, says which frames are in it:
 * where the damage makes other valid frames, those have to be answered; where it makes a longer one, waiting for the
 * rest is right. From the first error on a target may close, or go on with what it can still recognise:
 *
 * ```
 *   before   | damaged | behind₁ | behind₂
 *   frames…    error     refuse; or skip as our decoder does with `skip`; or go on at behind₁ or at behind₂;
 *                        or (SHOULD not) answer what was meant, as if nothing had happened
 * ```
 *
 * A header of text or JSON leaves more to taste: there refusing is right even where our decoder finds a frame.
 * Undefined when the target could not answer what is in the stream now, or nothing has changed.
 */
export function damaged(contract: Contract, damage: Damage): Stimulus | undefined {
  const { before, meant, wire, what, behind } = damage;
  const bytes = concat([...before.map((part) => part.wire), wire, ...behind.map((p) => p.wire)]);
  const { maxFrame = MAX_FRAME_LENGTH_CEILING } = contract;
  const strict = readStimulus({ ...contract, maxFrame }, bytes);
  const last = strict.parts.at(-1);
  const error = errorOf({ ...contract, maxFrame }, bytes);
  const refusable = error !== undefined || isText(contract);
  const sound = before.length;
  const kept = !refusable
    ? strict.parts
    : strict.parts.slice(0, isText(contract) ? sound : undefined)
      .filter((part) => part.kind === "frame");
  if (kept.some((part) => part.kind === "frame" && !canCarry(contract, part.payload))) {
    return undefined;
  }
  if (!refusable) return new Stimulus(contract, strict.parts);
  const start = kept.reduce((sum, part) => sum + part.wire.length, 0);
  const readings = [
    ...goingOn(contract, [...meant, ...behind], start, bytes.length, meant.length),
    ...readingOf(payloadsFrom(contract, bytes, kept.length), "MAY"),
  ];
  const waits = last?.kind === "tail" || error instanceof FrameTooLargeError;
  const bad = badPart(bytes.subarray(start), what, {
    readings,
    silence: waits ? "MAY" : "SHOULD",
  });
  return new Stimulus(contract, [...kept, bad]);
}

function isText({ framing }: Contract): boolean {
  const { name } = new Spec(framing.spec);
  return name === "content-length" || name.startsWith("json+");
}

function readingOf(payloads: readonly Uint8Array[], level: Reading["level"]): Reading[] {
  return payloads.length > 0 ? [{ payloads, level }] : [];
}

/** Going on at each whole frame that is still there; `meant` of them first are what was damaged. */
function goingOn(
  contract: Contract,
  rest: readonly Part[],
  from: number,
  to: number,
  meant: number,
): Reading[] {
  let start = to;
  const readings: Reading[] = [];
  for (let i = rest.length - 1; i >= 0; i--) {
    start -= rest[i]?.wire.length ?? 0;
    const payloads = rest.slice(i).flatMap((part) => part.kind === "frame" ? [part.payload] : []);
    if (i >= meant ? start >= from : payloads.every((payload) => canCarry(contract, payload))) {
      readings.push(...readingOf(payloads, i >= meant ? "MAY" : "SHOULD"));
    }
  }
  return readings;
}

/** Why our decoder refuses these bytes; undefined when it does not. */
function errorOf({ framing, maxFrame = 0 }: Contract, bytes: Uint8Array): FramingError | undefined {
  try {
    const decoder = framing.createDecoder({ maxFrameLength: maxFrame });
    drain(decoder, decoder.push(bytes));
    return undefined;
  } catch (error) {
    if (error instanceof FramingError) return error;
    throw error;
  }
}

/** The payloads that our decoder finds from frame `first` on when it skips what it can skip. */
function payloadsFrom(
  { framing, maxFrame = MAX_FRAME_LENGTH_CEILING }: Contract,
  bytes: Uint8Array,
  first: number,
): Uint8Array[] {
  const decoder = framing.createDecoder({ maxFrameLength: maxFrame, overLimit: "skip" });
  const payloads: Uint8Array[] = [];
  try {
    for (let batch = decoder.push(bytes); batch !== null; batch = decoder.next()) {
      for (let i = 0; i < batch.count; i++) payloads.push(batch.copy(i));
    }
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
  }
  return payloads.slice(first);
}

function drain(decoder: FrameDecoder, first: FrameBatch | null): void {
  for (let batch = first; batch !== null;) batch = decoder.next();
}

/** Offsets of the bytes of a frame that are not its payload; all of them where the payload is escaped. */
export function outside({ wire, payload, bodyAt }: Part & { kind: "frame" }): number[] {
  return Array.from({ length: wire.length }, (_, at) => at).filter((at) =>
    bodyAt === undefined || at < bodyAt || at >= bodyAt + payload.length
  );
}

/** The wire with one bit turned over. */
export function flipped(wire: Uint8Array, at: number, bit: number): Uint8Array {
  return wire.map((byte, i) => i === at ? byte ^ (1 << bit) : byte);
}

/** The wire with the byte at `at` inserted, left out, or doubled. */
export function spliced(
  wire: Uint8Array,
  at: number,
  how: "insert" | "delete" | "double",
  byte = 0,
): Uint8Array {
  const end = how === "delete" ? at + 1 : at;
  const between = how === "insert" ? [byte] : how === "double" ? [wire[at] ?? 0] : [];
  return Uint8Array.of(...wire.subarray(0, at), ...between, ...wire.subarray(end));
}

/** Bytes that came from another protocol, or from none. */
export const GARBAGE: Readonly<Record<string, Uint8Array>> = {
  "an HTTP request": new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
  "a TLS hello": Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03),
  "a line of text": new TextEncoder().encode("hello?\r\n"),
  "bytes ff": new Uint8Array(9).fill(0xff),
};
