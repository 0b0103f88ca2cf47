import { equals } from "@std/bytes";
import { hexText } from "../../protocol/framing/hex.ts";
import { dripOf } from "./delivery.ts";
import type { Breach, Law } from "./law.ts";
import { play, type Seen } from "./play.ts";
import type { Sample } from "./sample.ts";
import type { Subject } from "./subject.ts";

/** What a judge says of one run. */
export interface Verdict {
  /** The laws that the run could show broken. */
  readonly judged: readonly Law[];
  /** The first one that it did. */
  readonly breach: Breach | null;
}

/** What a stream gives when it is not split, and at which byte each thing happens: what all deliveries must give. */
export interface Baseline {
  readonly control: Seen;
  /** Where each frame ends, if known: from the sample, else from the run in single bytes. */
  readonly ends: readonly number[] | null;
  /** Byte with which the error is known, from the run in single bytes. */
  readonly errorEnd: number | null;
}

/** Runs the stream unsplit and in single bytes. */
export function baselineOf(subject: Subject, sample: Sample): Baseline {
  const control = play(subject, sample);
  const drip = play(subject, sample, dripOf(sample.bytes.length));
  const agreed = compare(control, drip) === null;
  const expected = judgeControl(subject, sample, control).breach === null
    ? sample.frames?.map((frame) => frame.end)
    : undefined;
  const seen = agreed
    ? drip.frames.filter((frame) => !frame.atEnd).map((frame) => frame.after)
    : null;
  return {
    control,
    ends: expected ?? seen,
    errorEnd: agreed && drip.error !== null && !drip.error.atEnd ? drip.error.after : null,
  };
}

/** Judges the unsplit run by what is known about the stream. */
export function judgeControl(subject: Subject, sample: Sample, seen: Seen): Verdict {
  const { frames, error } = sample;
  if (frames === undefined) return { judged: seen.watched, breach: seen.breach };
  const unfinished = sample.bytes.length > lastEdge(sample);
  const judged: Law[] = ["L2", ...seen.watched];
  if (error !== undefined) judged.push(error.code === "FRAME_TOO_LARGE" ? "L4" : "L6");
  else judged.push("L8");
  const given = seen.frames.filter((frame) => !frame.atEnd).map((frame) => frame.payload);
  const breach = seen.breach ?? errorBreach(sample, seen) ??
    payloadBreach(
      error === undefined ? "L2" : "L6",
      frames.map((frame) => frame.payload),
      given,
      "are in the stream",
    ) ??
    (error === undefined ? endBreach(subject, seen, unfinished) : null) ??
    (unfinished ? null : dropBreach(sample, seen));
  return { judged, breach };
}

/** Judges a run by the unsplit one: same frames, same error, each with the chunk that holds its last byte. */
export function judge(baseline: Baseline, seen: Seen): Verdict {
  const judged: Law[] = ["L1", ...seen.watched];
  const text = compare(baseline.control, seen);
  const breach = seen.breach ?? (text === null ? null : { law: "L1", text });
  if (breach !== null || baseline.ends === null) return { judged, breach };
  if (seen.frames.length > 0 || baseline.errorEnd !== null) judged.push("L3");
  return { judged, breach: lateness(baseline, seen) };
}

function lateness({ ends, errorEnd }: Baseline, seen: Seen): Breach | null {
  for (const [i, frame] of seen.frames.entries()) {
    const end = ends?.[i];
    if (end === undefined || (!frame.atEnd && frame.before < end && end <= frame.after)) continue;
    const when = frame.atEnd ? "at the end" : `with bytes ${frame.before} to ${frame.after}`;
    return { law: "L3", text: `frame ${i} ends at byte ${end} and came ${when}` };
  }
  const { error } = seen;
  if (errorEnd === null || error === null) return null;
  if (!error.atEnd && error.before < errorEnd && errorEnd <= error.after) return null;
  const when = error.atEnd ? "at the end" : `with bytes ${error.before} to ${error.after}`;
  return { law: "L3", text: `the error is known at byte ${errorEnd} and came ${when}` };
}

/** How a run differs from the unsplit one, or null. */
function compare(control: Seen, seen: Seen): string | null {
  const payloads = payloadBreach(
    "L1",
    control.frames.map((frame) => frame.payload),
    seen.frames.map((frame) => frame.payload),
    "came unsplit",
  );
  if (payloads !== null) return payloads.text;
  const [before, now] = [control.error?.text ?? "no error", seen.error?.text ?? "no error"];
  if (before !== now) return `${now} came, unsplit it was ${before}`;
  const [told, tells] = [control.reports?.join("; "), seen.reports?.join("; ")];
  return told === tells ? null : `"${tells}" was reported, unsplit it was "${told}"`;
}

function payloadBreach(
  law: Law,
  expected: readonly Uint8Array[],
  given: readonly Uint8Array[],
  source: string,
): Breach | null {
  for (let i = 0; i < Math.min(expected.length, given.length); i++) {
    const [want, got] = [expected[i], given[i]];
    if (want === undefined || got === undefined || equals(want, got)) continue;
    return { law, text: `frame ${i} is ${short(got)}, ${short(want)} was expected` };
  }
  if (given.length === expected.length) return null;
  return { law, text: `${plural(given.length)} came, ${expected.length} ${source}` };
}

/** An error that was due and did not come or was another, or one that nobody expected. */
function errorBreach({ error, frames = [] }: Sample, seen: Seen): Breach | null {
  const got = seen.error;
  if (error === undefined) {
    if (got === null || got.atEnd) return null;
    return { law: "L2", text: `${got.text} came in a stream without an error` };
  }
  const law = error.code === "FRAME_TOO_LARGE" ? "L4" : "L6";
  if (got === null || got.atEnd) {
    return { law, text: `no ${error.code ?? "error"} behind ${plural(frames.length)}` };
  }
  if (error.code !== undefined && got.code !== undefined && error.code !== got.code) {
    return { law, text: `${got.text} came, ${error.code} was due` };
  }
  if (error.offset !== undefined && got.offset !== undefined && error.offset !== got.offset) {
    return { law: "L6", text: `${got.text} is at byte ${got.offset}, not at ${error.offset}` };
  }
  return null;
}

function endBreach(subject: Subject, seen: Seen, unfinished: boolean): Breach | null {
  const tail = seen.frames.filter((frame) => frame.atEnd).length;
  if (unfinished && subject.tail !== "frame") {
    if (seen.error === null) return { law: "L8", text: "the end inside a frame was not an error" };
    return tail === 0 ? null : { law: "L8", text: "a frame came at the end inside a frame" };
  }
  if (seen.error !== null) return { law: "L8", text: `${seen.error.text} came at a clean end` };
  return unfinished || tail === 0
    ? null
    : { law: "L8", text: `${plural(tail)} came at a clean end` };
}

function dropBreach({ dropped }: Sample, seen: Seen): Breach | null {
  if (dropped === undefined || seen.reports === null) return null;
  if (seen.reports.length === dropped.length) return null;
  return {
    law: "L6",
    text: `${seen.reports.length} dropped frames were reported, ${dropped.length} were dropped`,
  };
}

/** The last place where the stream may end without an error. */
function lastEdge({ frames = [], dropped = [], edges = [] }: Sample): number {
  return Math.max(0, ...frames.slice(-1).map((frame) => frame.end), ...dropped, ...edges);
}

function plural(frames: number): string {
  return frames === 1 ? "1 frame" : `${frames} frames`;
}

function short(bytes: Uint8Array): string {
  if (bytes.length === 0) return "empty";
  return bytes.length <= 16
    ? hexText(bytes)
    : `${hexText(bytes.subarray(0, 8))}… (${bytes.length} bytes)`;
}
