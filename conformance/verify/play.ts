import { bounded, EndlessFramesError } from "./bounded.ts";
import { Chunks, type Delivery, UNSPLIT } from "./delivery.ts";
import type { Breach, Law } from "./law.ts";
import type { Sample } from "./sample.ts";
import { type DecoderUnderTest, settingsOf, type Subject } from "./subject.ts";

/** A frame that came, and when: with the chunk `stream[before, after)`, or at the end of the stream. */
export interface SeenFrame {
  /** Its bytes, as they were when it came. */
  readonly payload: Uint8Array;
  /** Bytes of the stream in front of the chunk that it came with. */
  readonly before: number;
  /** Bytes of the stream up to the end of that chunk. */
  readonly after: number;
  /** Whether it came with the end of the stream. */
  readonly atEnd: boolean;
}

/** An error that came, and when. */
export interface SeenError {
  /** What of the error must not depend on the chunks. */
  readonly text: string;
  /** Its `code`, if it has one. */
  readonly code: string | undefined;
  /** Its `offset`, if it has one. */
  readonly offset: number | undefined;
  /** Bytes of the stream in front of the chunk that it came with. */
  readonly before: number;
  /** Bytes of the stream up to the end of that chunk. */
  readonly after: number;
  /** Whether it came with the end of the stream. */
  readonly atEnd: boolean;
}

/** What a decoder did with a delivery. */
export interface Seen {
  /** Frames in order. */
  readonly frames: readonly SeenFrame[];
  /** The error behind them, if one came. */
  readonly error: SeenError | null;
  /** What was reported besides frames, if the decoder tells. */
  readonly reports: readonly string[] | null;
  /** A law that was seen broken on the way. */
  readonly breach: Breach | null;
  /** The laws that could be watched on the way. */
  readonly watched: readonly Law[];
}

/** Room for what the subject says of its overhead, in bytes. */
const DEFAULT_OVERHEAD = 64;

/** Delivers a stream to a fresh decoder and writes down what happens. */
export function play(
  subject: Subject,
  sample: Sample,
  delivery: Delivery = UNSPLIT,
): Seen {
  const settings = settingsOf(subject, sample.settings);
  const decoder = subject.create(settings);
  const chunks = new Chunks(sample.bytes, delivery);
  const frames: SeenFrame[] = [];
  const held: Uint8Array[] = [];
  const keeps = delivery.dress === "reused" && subject.lifetime !== "step";
  const most = settings.maxFrameLength + (subject.maxOverhead ?? DEFAULT_OVERHEAD);
  const watched: Law[] = delivery.dress === undefined || delivery.dress === "plain" ? [] : ["L7"];
  if (decoder.bufferedLength !== undefined) watched.push("L4");
  let breach = null as Breach | null;
  let error: SeenError | null = null;

  const take = (
    give: () => Iterable<Uint8Array> | void,
    before: number,
    atEnd: boolean,
  ): SeenError | null => {
    const after = chunks.fed;
    try {
      for (const frame of bounded(give(), sample.bytes.length)) {
        frames.push({ payload: frame.slice(), before, after, atEnd });
        if (keeps) held.push(frame);
      }
      return null;
    } catch (thrown) {
      if (thrown instanceof EndlessFramesError) breach = { law: "L1", text: thrown.message };
      const { code, offset } = placeOf(thrown);
      return { text: describe(subject, thrown), code, offset, before, after, atEnd };
    }
  };

  for (let before = 0, chunk = chunks.next(); chunk !== null; chunk = chunks.next()) {
    const given = chunk;
    error = take(() => decoder.push(given), before, false);
    before = chunks.fed;
    const kept = decoder.bufferedLength?.() ?? 0;
    if (kept > most + given.length) {
      breach ??= { law: "L4", text: `${kept} bytes are kept, ${most + given.length} are allowed` };
    }
    if (!chunks.done()) breach ??= { law: "L7", text: "bytes outside of the chunk were changed" };
    if (error !== null) break;
  }
  error ??= take(() => decoder.end(), sample.bytes.length, true);
  if (error !== null) {
    watched.push("L6");
    breach ??= afterError(subject, decoder, error, sample);
  }
  held.forEach((frame, i) => {
    if (String(frame) !== String(frames[i]?.payload)) {
      breach ??= { law: "L7", text: `frame ${i} changed after it had been handed out` };
    }
  });
  return { frames, error, reports: decoder.reports?.().slice() ?? null, breach, watched };
}

/** What of an error must not depend on the chunks. */
export function describe(subject: Subject, error: unknown): string {
  if (subject.describeError !== undefined) return subject.describeError(error);
  const { code, offset } = placeOf(error);
  const name = error instanceof Error ? error.name : String(error);
  return `${name}${code === undefined ? "" : ` ${code}`}${
    offset === undefined ? "" : ` @${offset}`
  }`;
}

function placeOf(error: unknown): { code: string | undefined; offset: number | undefined } {
  if (!(error instanceof Error)) return { code: undefined, offset: undefined };
  return {
    code: "code" in error && typeof error.code === "string" ? error.code : undefined,
    offset: "offset" in error && typeof error.offset === "number" ? error.offset : undefined,
  };
}

/** Law L6: behind an error nothing comes but the same error. */
function afterError(
  subject: Subject,
  decoder: DecoderUnderTest,
  error: SeenError,
  sample: Sample,
): Breach | null {
  const calls: [string, () => Iterable<Uint8Array> | void][] = [["end()", () => decoder.end()]];
  // Bytes pushed behind an error must not revive the decoder: neither the same stream once more nor nothing at all.
  if (!error.atEnd) {
    calls.unshift(
      ["push() of the stream once more", () => decoder.push(sample.bytes.slice())],
      ["push() of an empty chunk", () => decoder.push(new Uint8Array(0))],
    );
  }
  for (const [name, call] of calls) {
    let frames = 0;
    try {
      for (const _ of bounded(call(), sample.bytes.length)) frames++;
      if (frames === 0) return { law: "L6", text: `${name} after an error forgot the error` };
    } catch (again) {
      const text = describe(subject, again);
      if (text !== error.text && frames === 0) {
        return { law: "L6", text: `${name} after "${error.text}" threw "${text}"` };
      }
    }
    if (frames > 0) return { law: "L6", text: `${name} after an error gave ${frames} frames` };
  }
  return null;
}
