/**
 * The wire timeline as a drawing. Runs in Deno and, as text, in the page; see `page_script.ts`.
 *
 * ```
 *            |----- frame 1 -----|
 *   sent     [00][00] ┃ [00][02][68][69]
 *   chunks   chunk 1  ┃ chunk 2                ┃ solid: proven   ┊ dashed: assumed   ▲ it breaks here
 *   due                 answer 1 due: 68 69
 *   came                [00][00][00][00]
 *                       |-- answer 1 ✗ -|
 * ```
 * @module
 */
import { label, type Shape, shape } from "./shape.ts";
import {
  BETWEEN,
  type Cell,
  charOf,
  type Column,
  counted,
  dueText,
  edgeWord,
  msText,
  type PlacedRead,
  type PlacedScene,
  placeScenes,
  readText,
  textWidth,
  titleOf,
} from "./timeline_layout.ts";
import type { PieceKind, WirePart, WireScene } from "./wire_scene.ts";

/** Where each row begins, and how high the picture is. */
export const ROWS = {
  title: 12,
  parts: 34,
  sent: 54,
  kinds: 106,
  chunks: 122,
  edges: 158,
  due: 178,
  came: 220,
  answers: 268,
  end: 306,
  height: 314,
} as const;
/** Height of a byte. */
export const CELL_HEIGHT = 40;

/** The timeline of a story as one `svg` element. */
export function drawTimeline(scenes: readonly WireScene[]): Shape {
  const placed = placeScenes(scenes);
  const last = placed.at(-1);
  const width = last === undefined ? 100 : Math.ceil(last.x + last.width + 12);
  return shape(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: "wire",
      width,
      height: ROWS.height,
      viewBox: `0 0 ${width} ${ROWS.height}`,
      role: "img",
      "aria-label": summaryOf(scenes),
    },
    shape("title", {}, "Wire timeline"),
    ...rowNames(),
    ...placed.flatMap(drawScene),
  );
}

/** What the picture shows, in sentences, for those who do not see it. */
export function summaryOf(scenes: readonly WireScene[]): string {
  return scenes.map(({ title, length, chunks, reads, cameBytes }) => {
    const breaking = chunks.filter(({ breaks }) => breaks).map(({ end }) => end);
    const where = breaking.length === 0 ? "" : `, breaking at offset ${breaking.join(" and ")}`;
    return `${title}: ${counted(length, "byte")} in ${counted(chunks.length, "chunk")}${where}; ` +
      `${counted(cameBytes, "byte")} came back in ${counted(reads.length, "read")}.`;
  }).join(" ");
}

/** The names of the rows, on the left. */
export function rowNames(): Shape[] {
  const { sent, chunks, due, came } = ROWS;
  return [
    label(0, sent + 24, "row", "sent"),
    label(0, chunks + 13, "row", "chunks"),
    label(0, due + 12, "row", "due"),
    label(0, came + 24, "row", "came"),
  ];
}

/** One scene: its columns, the frames above, the answers below, the edges across. */
export function drawScene({ scene, x, columns, end }: PlacedScene): Shape[] {
  const sent = columns.flatMap(({ cells }) => cells);
  const came = columns.flatMap(({ reads }) => reads.flatMap(({ cells }) => cells));
  const { parts, answers, title } = ROWS;
  const bar = x - BETWEEN / 2;
  return [
    shape(
      "g",
      { class: "scene", "data-play": scene.play },
      ...(scene.title.startsWith("then")
        ? [shape("line", { class: "then", x1: bar, x2: bar, y1: 4, y2: ROWS.height - 8 })]
        : []),
      shape("title", {}, titleOf(scene)),
      label(x, title, "title", scene.title),
      ...drawParts(scene.parts, sent, parts, "part"),
      ...columns.flatMap((column, i) => drawColumn(column, i === columns.length - 1)),
      ...drawParts(scene.answers, came, answers, "answer"),
      label(x, ROWS.end, "note", end),
    ),
  ];
}

/** The brackets over frames, or under answers. */
export function drawParts(
  parts: readonly WirePart[],
  cells: readonly Cell[],
  y: number,
  kind: "part" | "answer",
): Shape[] {
  return [...Map.groupBy(cells, ({ piece }) => piece.part)].flatMap(([number, own]) => {
    const part = parts[number], first = own[0], last = own.at(-1);
    if (part === undefined || first === undefined || last === undefined) return [];
    const left = first.x + 1, right = last.x + last.width - 1;
    const mark = part.right === undefined ? "" : part.right ? " ✓" : " ✗";
    const name = `${part.name}${mark}`;
    const about = `${part.name}: bytes ${part.start} to ${part.end - 1}`;
    const [line, tick, text] = kind === "part" ? [y + 14, 4, y + 9] : [y, -4, y + 15];
    const roomy = textWidth(name) <= right - left + 24;
    const bracket = `M${left} ${line + tick}V${line}H${right}V${line + tick}`;
    const judged = part.right === undefined ? "" : part.right ? " right" : " wrong";
    return [shape(
      "g",
      { class: `${kind}${judged}`, "data-start": part.start, "data-end": part.end },
      shape("title", {}, about),
      shape("path", { d: bracket }),
      label(left, text, "name", roomy ? name : shortName(part.name, mark)),
    )];
  });
}

/** A name for a narrow place: `2 ✓`. */
export function shortName(name: string, mark: string): string {
  return `${name.match(/\d+$/)?.[0] ?? ""}${mark}`;
}

/** A chunk: its bytes, its time, its edge, what it makes due, and what came then. */
export function drawColumn(column: Column, last: boolean): Shape[] {
  const { chunk, number, text, x, width, cells, due, reads } = column;
  const drawn = [...drawDue(due, x), ...reads.map(drawRead)];
  if (chunk === undefined) return drawn;
  const { from, end, ms, edge, awaited } = chunk;
  const { chunks, kinds } = ROWS;
  const right = cells.at(-1);
  const stop = right === undefined ? x + width : right.x + right.width;
  const time = ms === undefined ? "not sent" : msText(ms);
  return [
    shape(
      "g",
      {
        class: `chunk ${edge}`,
        "data-from": from,
        "data-end": end,
        "data-edge": edge,
        ...(ms === undefined ? {} : { "data-ms": ms }),
      },
      shape(
        "title",
        {},
        `chunk ${number}: bytes ${from} to ${end - 1}, ${time}, edge ${edgeWord(edge)}`,
      ),
      ...cells.map((cell) => drawCell(cell, ROWS.sent)),
      ...drawKinds(cells, kinds),
      shape("path", { class: "span", d: `M${x + 1} ${chunks}H${Math.max(stop, x + 12) - 1}` }),
      label(x, chunks + 15, "time", text),
      ...(awaited ? [label(x, chunks + 29, "small", "answers awaited")] : []),
    ),
    ...(last ? [] : drawEdge(column, stop)),
    ...drawn,
  ];
}

/** The edge behind a chunk: solid when it is proven, with its offset. */
export function drawEdge({ chunk, x, width }: Column, stop: number): Shape[] {
  if (chunk === undefined) return [];
  const { end, edge, breaks } = chunk;
  const { parts, edges } = ROWS;
  const at = x + width + BETWEEN / 2;
  const word = edgeWord(edge);
  return [shape(
    "g",
    { class: `edge ${edge}${breaks ? " breaks" : ""}`, "data-cut": end, "data-edge": edge },
    shape("title", {}, `cut at offset ${end}: edge ${word}${breaks ? ", it breaks here" : ""}`),
    ...(stop < at - BETWEEN
      ? [shape("path", { class: "reach", d: `M${stop + 2} ${ROWS.sent + CELL_HEIGHT / 2}H${at}` })]
      : []),
    shape("line", { x1: at, x2: at, y1: parts + 2, y2: breaks ? edges - 6 : edges }),
    ...(breaks ? [shape("path", { class: "mark", d: `M${at} ${edges - 12}l7 12h-14z` })] : []),
    ...drawEdgeLabels(at, edges, end, word, breaks),
  )];
}

/** What is said of an edge: its offset above, its proof below. */
export function drawEdgeLabels(
  at: number,
  y: number,
  cut: number,
  word: string,
  breaks: boolean,
): Shape[] {
  return [
    shape("text", { class: "offset", x: at, y: ROWS.parts - 1 }, `cut ${cut}`),
    shape("text", { class: "proof", x: at, y: y + 12 }, breaks ? `breaks here · ${word}` : word),
  ];
}

/** What is due after a chunk. */
export function drawDue(due: Column["due"], x: number): Shape[] {
  let at = x;
  return due.map((one) => {
    const text = dueText(one), width = textWidth(text) + 8;
    const drawn = shape(
      "g",
      { class: one.missing ? "due missing" : "due", "data-number": one.number },
      shape("rect", { x: at, y: ROWS.due, width, height: 18, rx: 4 }),
      label(at + 4, ROWS.due + 13, "small", text),
    );
    at += width + 6;
    return drawn;
  });
}

/** What came in one read. */
export function drawRead({ read, cells, x }: PlacedRead): Shape {
  const { ms, at, length } = read;
  return shape(
    "g",
    { class: "read", "data-ms": ms, "data-at": at, "data-length": length },
    shape("title", {}, `${counted(length, "byte")} came at ${msText(ms)}`),
    label(x, ROWS.came - 5, "time", readText(read)),
    ...cells.map((cell) => drawCell(cell, ROWS.came)),
  );
}

/** A byte in hex and as a character, or how many are left out. */
export function drawCell({ x, width, at, hex, count, piece }: Cell, y: number): Shape {
  const middle = x + width / 2;
  const about = hex === "" ? `${counted(count, "byte")} left out` : `byte ${at}: ${hex}`;
  const char = charOf(hex);
  return shape(
    "g",
    { class: `cell ${piece.kind}`, "data-at": at, "data-byte": hex, "data-count": count },
    shape("title", {}, `${about}, ${kindWords(piece.kind)[0]}`),
    shape("rect", { x: x + 1, y, width: width - 2, height: CELL_HEIGHT, rx: 3 }),
    shape("text", { class: "hex", x: middle, y: y + 18 }, hex === "" ? "⋯" : hex),
    ...(hex === "" ? [shape("text", { class: "char", x: middle, y: y + 33 }, `+${count}`)] : []),
    ...(char === "" ? [] : [shape("text", { class: "char", x: middle, y: y + 33 }, char)]),
  );
}

/** The names of the kinds of bytes, below them: what colours say, in words. */
export function drawKinds(cells: readonly Cell[], y: number): Shape[] {
  return [...Map.groupBy(cells, ({ piece }) => piece)].flatMap(([{ kind }, own]) => {
    const first = own[0];
    if (first === undefined) return [];
    const room = own.reduce((sum, { width }) => sum + width, 0);
    const [word, short] = kindWords(kind);
    const text = word.length * 5.6 <= room + 2 ? word : short;
    const middle = first.x + room / 2;
    return [shape("text", { class: `kind ${kind}`, x: middle, y }, text)];
  });
}

/** What a kind of bytes is called, and where there is little room. */
export function kindWords(kind: PieceKind): readonly [string, string] {
  const words: Readonly<Record<PieceKind, readonly [string, string]>> = {
    header: ["header", "head"],
    body: ["body", "body"],
    delimiter: ["delimiter", "end"],
    frame: ["frame", "fr."],
    bad: ["to be refused", "bad"],
    tail: ["incomplete", "part"],
    bytes: ["bytes", "raw"],
  };
  return words[kind];
}
