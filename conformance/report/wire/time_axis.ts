/**
 * The same story along time: chunks above the axis, answers below it. The axis is logarithmic, because chunks are
 * microseconds apart and silence lasts for hundreds of milliseconds. Runs in Deno and, as text, in the page; see
 * `page_script.ts`.
 * @module
 */
import { label, type Shape, shape } from "./shape.ts";
import { counted, GUTTER, msText, textWidth } from "./timeline_layout.ts";
import type { WireScene } from "./wire_scene.ts";

/** The axis: its length, its height in the picture, and the rows of labels on each side. */
export const AXIS = { length: 520, y: 60, rows: 3, row: 15, height: 128 } as const;
/** Times up to here, in ms, are drawn about linear. */
export const FINEST_MS = 0.05;

/** Something at a time. */
export interface TimeMark {
  /** When. */
  readonly ms: number;
  /** What is said of it. */
  readonly text: string;
  /** `sent`, `breaks`, `came` or `over`. */
  readonly kind: "sent" | "breaks" | "came" | "over";
}

/** The story along time, as one `svg` element. */
export function drawTimeAxis(scenes: readonly WireScene[]): Shape {
  const { length, y, height } = AXIS;
  const lastMs = Math.max(FINEST_MS, ...scenes.map(({ endMs }) => endMs));
  const above = scenes.flatMap(sentMarks), below = scenes.flatMap(cameMarks);
  const width = GUTTER + length + 90;
  return shape(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: "wire axis",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": `Along time: ${counted(above.length, "chunk")} sent, ${
        counted(below.filter(({ kind }) => kind === "came").length, "read")
      } back, over at ${msText(lastMs)}.`,
    },
    label(0, y - 16, "row", "sent"),
    label(0, y + 24, "row", "came"),
    shape("line", { class: "base", x1: GUTTER, x2: GUTTER + length, y1: y, y2: y }),
    ...ticks(lastMs),
    ...drawMarks(above, lastMs, -1),
    ...drawMarks(below, lastMs, 1),
  );
}

/** The chunks of a scene. */
export function sentMarks({ chunks }: WireScene): TimeMark[] {
  return chunks.flatMap(({ ms, from, end, breaks }) => {
    if (ms === undefined) return [];
    const text = end === from + 1 ? `byte ${from}` : `bytes ${from}–${end - 1}`;
    return [{ ms, text, kind: breaks ? "breaks" : "sent" }];
  });
}

/** What came back in a scene, and its end. */
export function cameMarks({ reads, endMs, state }: WireScene): TimeMark[] {
  const came = reads.map(({ ms, length }): TimeMark => ({
    ms,
    text: counted(length, "byte"),
    kind: "came",
  }));
  return state === undefined ? came : [...came, { ms: endMs, text: "over", kind: "over" }];
}

/** Where a time is on the axis. */
export function timeX(ms: number, lastMs: number): number {
  const share = Math.log1p(Math.max(0, ms) / FINEST_MS) / Math.log1p(lastMs / FINEST_MS);
  return Math.round((GUTTER + AXIS.length * share) * 10) / 10;
}

/** The scale: powers of ten. */
export function ticks(lastMs: number): Shape[] {
  const times = [0, 0.1, 1, 10, 100, 1000, 10_000, 100_000].filter((ms) => ms <= lastMs);
  return times.map((ms) => {
    const x = timeX(ms, lastMs);
    return shape(
      "g",
      { class: "tick" },
      shape("line", { x1: x, x2: x, y1: AXIS.y - 3, y2: AXIS.y + 3 }),
      label(
        x + 2,
        AXIS.y + 11,
        "small",
        ms === 0 ? "0" : ms < 1000 ? `${ms} ms` : `${ms / 1000} s`,
      ),
    );
  });
}

/**
 * Marks on one side. Labels that would lie on each other go to other rows, the earlier ones farther out, so that no
 * line crosses a label; when all rows are full they are left out.
 */
export function drawMarks(marks: readonly TimeMark[], lastMs: number, side: 1 | -1): Shape[] {
  const taken: number[] = new Array(AXIS.rows).fill(Infinity);
  return marks.toReversed().map(({ ms, text, kind }) => {
    const x = timeX(ms, lastMs), right = x + textWidth(text) + 10;
    const row = taken.findIndex((from) => right < from);
    if (row >= 0) taken.fill(x, 0, row + 1);
    const end = AXIS.y + side * (10 + AXIS.row * Math.max(0, row) + (side > 0 ? 12 : 0));
    return shape(
      "g",
      { class: `at ${kind}`, "data-ms": ms },
      shape("title", {}, `${text}, ${kind === "came" ? "came" : kind} at ${msText(ms)}`),
      shape("line", { x1: x, x2: x, y1: AXIS.y, y2: end }),
      shape("circle", { cx: x, cy: AXIS.y, r: 3 }),
      ...(row < 0 ? [] : [label(x + 4, end + 4, "small", text)]),
    );
  }).reverse();
}
