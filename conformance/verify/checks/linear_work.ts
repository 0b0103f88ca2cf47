import { bounded } from "../bounded.ts";
import type { Bench, Check } from "../check.ts";
import { encoded } from "../generate.ts";
import { settingsOf, type Subject } from "../subject.ts";

/** Bytes of the smaller of two streams of one shape; the other is twice as long. */
const BASE = 2048;
/** Work allowed for one byte: looked at twice, moved a few times while buffers double, headers looked at again. */
const PER_BYTE = 16;
/** Work may grow by this when the stream doubles. */
const GROWTH = 2.5;
/** Work that does not count: first steps. */
const SLACK = 1024;

/** A stream of about `length` bytes that grows with `length`, and how it is cut. */
interface Shape {
  readonly name: string;
  readonly chunk: number;
  stream(subject: Subject, length: number): Uint8Array | undefined;
}

const oneFrame = (subject: Subject, length: number) =>
  encoded(subject, new Uint8Array(length).fill(0x61), limits(subject));
const tinyFrames = (subject: Subject, length: number) => {
  const least = subject.payloadRange?.[0] ?? 0;
  const frame = encoded(subject, new Uint8Array(Math.max(1, least)).fill(0x61), limits(subject));
  if (frame === undefined) return undefined;
  const bytes = new Uint8Array(length - length % frame.length);
  for (let at = 0; at < bytes.length; at += frame.length) bytes.set(frame, at);
  return bytes;
};
const noEnd = (byte: number) => (_: Subject, length: number) => new Uint8Array(length).fill(byte);

const SHAPES: readonly Shape[] = [
  { name: "one frame, byte by byte", chunk: 1, stream: oneFrame },
  { name: "one frame, 64 bytes at a time", chunk: 64, stream: oneFrame },
  { name: "tiny frames, byte by byte", chunk: 1, stream: tinyFrames },
  { name: "tiny frames, 64 bytes at a time", chunk: 64, stream: tinyFrames },
  { name: "tiny frames in one chunk", chunk: Infinity, stream: tinyFrames },
  { name: "no end in sight (61), byte by byte", chunk: 1, stream: noEnd(0x61) },
  { name: "no end in sight (61), 64 bytes at a time", chunk: 64, stream: noEnd(0x61) },
  { name: "no end in sight (02), 64 bytes at a time", chunk: 64, stream: noEnd(0x02) },
];

/** Law L5 by counting, not by the clock: the work for a stream and for one twice as long. */
export const LINEAR_WORK: Check = {
  name: "work",
  about: `work is at most ${PER_BYTE} × bytes, and at most ${GROWTH} × as much for twice the bytes`,
  laws: ["L5"],
  unit: "shapes",
  missing: (_, decoder) => decoder.work === undefined ? "needs work()" : undefined,
  run({ subject }: Bench, ledger) {
    for (const shape of SHAPES) {
      const once = workFor(subject, shape, BASE), twice = workFor(subject, shape, 2 * BASE);
      if (once === undefined || twice === undefined) continue;
      const linear = twice.work <= GROWTH * once.work + SLACK &&
        twice.work <= PER_BYTE * twice.bytes + SLACK;
      const text =
        `work is ${once.work} for ${once.bytes} bytes and ${twice.work} for ${twice.bytes}`;
      ledger.told(
        { judged: ["L5"], breach: linear ? null : { law: "L5", text } },
        () => shape.name,
      );
    }
    return undefined;
  },
};

function limits(subject: Subject) {
  return settingsOf(subject, { maxFrameLength: 4 * BASE });
}

/** Work for a stream of about `length` bytes; undefined when the framing has no such stream. */
function workFor(
  subject: Subject,
  { chunk, stream }: Shape,
  length: number,
): { readonly work: number; readonly bytes: number } | undefined {
  const bytes = stream(subject, length);
  if (bytes === undefined) return undefined;
  const decoder = subject.create(limits(subject));
  let fed = 0;
  try {
    while (fed < bytes.length) {
      const from = fed;
      fed = Math.min(bytes.length, fed + chunk);
      for (const _ of bounded(decoder.push(bytes.subarray(from, fed)), fed));
    }
  } catch {
    // A refused stream has done its work up to here.
  }
  return { work: decoder.work?.() ?? 0, bytes: fed };
}
