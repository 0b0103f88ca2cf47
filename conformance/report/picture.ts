import { hexBytes } from "../../protocol/framing/hex.ts";
import type { Counterexample } from "../campaign/result.ts";
import { counted, edgeWord, endOf, missingText, msText, thenText } from "./wire/timeline_layout.ts";
import type { WireChunk, WirePiece, WireRead, WireScene } from "./wire/wire_scene.ts";
import type { WireStory } from "./wire/wire_story.ts";

/** Most bytes of a stream that are drawn. */
const MOST_BYTES = 64;
/** Bytes in one row. */
const ROW = 16;
/** Chunks and reads of a scene that are told one by one. */
const MOST_LINES = 10;

/**
 * A small failing stream as a picture: its bytes with a bar at every cut, and below each byte what it is. With the
 * story of the play that confirmed it, also when each chunk was written, and what came back and when.
 *
 * ```
 *   00 00 | 00 00
 *   h  h  | h  h
 *         ^
 *   h header  b body  f frame  . incomplete or bad  | proven edge  : assumed edge  ^ breaks here
 *    0.06 ms -> 2 bytes, edge proven
 *    0.10 ms -> 2 bytes
 *    0.17 ms <- 8 bytes 00 00 00 00 00 00 00 00
 *               answer 1 right, answer 2 wrong
 *    0.18 ms    nothing more; still open
 * ```
 *
 * No line is longer than 94 characters. Empty for streams that are too long to look at.
 */
export function picture(counterexample: Counterexample, story: WireStory = []): string[] {
  const { stream, cuts, waits, frames } = counterexample;
  const bytes = hexBytes(stream) ?? new Uint8Array(0);
  if (bytes.length === 0 || bytes.length > MOST_BYTES) return [];
  const edges = new Map(story[0]?.chunks.map(({ end, edge }) => [end, edge]));
  const lines: string[] = [];
  for (let from = 0; from < bytes.length; from += ROW) {
    let upper = "", lower = "", marks = "";
    for (let at = from; at < Math.min(from + ROW, bytes.length); at++) {
      if (at > 0 && cuts.includes(at)) {
        const bar = (edges.get(at) ?? "proven") === "proven" ? "| " : ": ";
        upper += bar;
        lower += bar;
        marks += waits.includes(at) ? "  " : "^ ";
      }
      upper += `${(bytes[at] ?? 0).toString(16).padStart(2, "0")} `;
      lower += `${kindOf(at, frames)}  `;
      marks += "   ";
    }
    lines.push(upper.trimEnd(), lower.trimEnd(), ...(marks.includes("^") ? [marks.trimEnd()] : []));
  }
  lines.push(
    "h header  b body  f frame  . incomplete or bad" +
      (cuts.length === 0 ? "" : "  | proven edge  : assumed edge  ^ breaks here"),
  );
  return [
    ...lines,
    ...story.flatMap((scene, i) => [...(i > 0 ? [scene.title] : []), ...told(scene)]),
  ];
}

function kindOf(at: number, frames: Counterexample["frames"]): string {
  const frame = frames.find(({ start, end }) => at >= start && at < end);
  if (frame === undefined) return ".";
  if (frame.body === undefined) return "f";
  return at < frame.body ? "h" : "b";
}

/** A scene line by line, in order of time. */
function told(scene: WireScene): string[] {
  const sent = scene.chunks.map((chunk) => ({
    ms: chunk.ms ?? Infinity,
    lines: sentLines(chunk, scene),
  }));
  const came = scene.reads.map((read) => ({ ms: read.ms, lines: cameLines(read, scene) }));
  const all = [...sent, ...came].sort((a, b) => a.ms - b.ms);
  const hidden = all.length > MOST_LINES ? all.length - MOST_LINES + 1 : 0;
  const shown = hidden === 0 ? all : [...all.slice(0, 6), ...all.slice(6 + hidden)];
  const lines = shown.flatMap(({ lines }) => lines);
  if (hidden > 0) {
    const before = all.slice(0, 6).flatMap(({ lines }) => lines).length;
    lines.splice(before, 0, `${time()} … ${hidden} more chunks and reads`);
  }
  const [first = "", ...others] = [missingText(scene), ...endOf(scene)].filter(Boolean);
  return [
    ...lines,
    `${time(scene.endMs)}    ${first}`.trimEnd(),
    ...others.map((line) => `${time()}    ${line}`),
  ].map((line) => line.slice(0, 94));
}

function sentLines({ ms, from, end, edge, way }: WireChunk, scene: WireScene): string[] {
  const known = way !== undefined
    ? `, ${way}`
    : end === scene.length
    ? thenText(scene)
    : `, edge ${edgeWord(edge)}`;
  return [`${time(ms)} -> ${counted(end - from, "byte")}${known}`];
}

function cameLines({ ms, at, length, pieces }: WireRead, { answers }: WireScene): string[] {
  const complete = answers.filter(({ end, right }) =>
    right !== undefined && end > at && end <= at + length
  );
  const names = complete.map(({ name, right }) => `${name} ${right ? "right" : "wrong"}`);
  const list = names.length > 3 ? [...names.slice(0, 3), `… ${names.length - 3} more`] : names;
  return [
    `${time(ms)} <- ${counted(length, "byte")} ${shownHex(pieces, length)}`,
    ...(list.length === 0 ? [] : [`${time()}    ${list.join(", ")}`]),
  ];
}

/** The first bytes of a read. */
function shownHex(pieces: readonly WirePiece[], length: number): string {
  let hex = "";
  for (const piece of pieces) {
    hex += piece.head;
    if (2 * piece.length > piece.head.length) break;
  }
  const shown = hex.slice(0, 2 * ROW).match(/../g) ?? [];
  return `${shown.join(" ")}${shown.length < length ? " …" : ""}`;
}

/** A time in a column of its own; nothing for a line that goes on. */
function time(ms?: number): string {
  return (ms === undefined || ms === Infinity ? "" : msText(ms)).padStart(9);
}
