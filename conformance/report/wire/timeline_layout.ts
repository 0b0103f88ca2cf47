/**
 * Where everything of the wire timeline goes, in pixels: one column for each chunk, with what was sent above and what
 * came back before the next chunk below. Runs in Deno and, as text, in the page; see `page_script.ts`.
 * @module
 */
import type { WireChunk, WireDue, WirePiece, WireRead, WireScene } from "./wire_scene.ts";

/** Width of a byte, of the mark for bytes left out, and of the space between chunks. */
export const CELL = 24, GAP = 52, BETWEEN = 34;
/** Least width of a column, so that its time can be read. */
export const COLUMN = 106;
/** Space on the left for the names of the rows. */
export const GUTTER = 62;
/** Width of a character of a small label, and of a title; one too wide does no harm. */
export const LETTER = 6.2, TITLE_LETTER = 7;

/** A byte, or bytes left out, at a place. */
export interface Cell {
  /** Left edge. */
  readonly x: number;
  /** Width. */
  readonly width: number;
  /** Offset of the byte, or of the first one left out. */
  readonly at: number;
  /** The byte in hex; empty for bytes left out. */
  readonly hex: string;
  /** How many bytes: 1, or as many as are left out. */
  readonly count: number;
  /** The piece that it is of. */
  readonly piece: WirePiece;
}

/** A read with its place. */
export interface PlacedRead {
  /** The read. */
  readonly read: WireRead;
  /** Its bytes. */
  readonly cells: readonly Cell[];
  /** Left edge. */
  readonly x: number;
  /** Width. */
  readonly width: number;
}

/** A chunk and what came before the next one. */
export interface Column {
  /** The chunk; undefined in front of the first one. */
  readonly chunk: WireChunk | undefined;
  /** Its number, 1 for the first. */
  readonly number: number;
  /** What is said of it. */
  readonly text: string;
  /** Left edge. */
  readonly x: number;
  /** Width. */
  readonly width: number;
  /** Its bytes. */
  readonly cells: readonly Cell[];
  /** The answers that it makes due. */
  readonly due: readonly WireDue[];
  /** What came. */
  readonly reads: readonly PlacedRead[];
}

/** A scene with its columns. */
export interface PlacedScene {
  /** The scene. */
  readonly scene: WireScene;
  /** Left edge. */
  readonly x: number;
  /** Width, with what is said at its end. */
  readonly width: number;
  /** Its columns. */
  readonly columns: readonly Column[];
  /** What is said below it: how it ended. */
  readonly end: string;
}

/** Gives every scene of a story its place, from left to right. */
export function placeScenes(scenes: readonly WireScene[]): PlacedScene[] {
  const placed: PlacedScene[] = [];
  let x = GUTTER;
  for (const scene of scenes) {
    const one = placeScene(scene, x);
    placed.push(one);
    x += one.width + BETWEEN;
  }
  return placed;
}

/** Gives the columns of a scene their places. */
export function placeScene(scene: WireScene, x: number): PlacedScene {
  const columns: Column[] = [];
  const early = readsBetween(scene, -Infinity, scene.chunks[0]?.ms ?? Infinity);
  let at = x;
  if (early.length > 0) {
    const column = placeColumn(undefined, 0, [], early, at);
    columns.push(column);
    at += column.width + BETWEEN;
  }
  for (const [i, chunk] of scene.chunks.entries()) {
    const due = scene.due.filter((one) => one.chunk === i);
    const reads = chunk.ms === undefined
      ? []
      : readsBetween(scene, chunk.ms, scene.chunks[i + 1]?.ms ?? Infinity);
    const last = i === scene.chunks.length - 1;
    const column = placeColumn(chunk, i + 1, due, reads, at, last ? thenText(scene) : "");
    columns.push(column);
    at += column.width + BETWEEN;
  }
  const over = scene.state === undefined ? [] : [`over at ${msText(scene.endMs)}`];
  const end = [...endOf(scene), ...over].join(" · ");
  const titleWidth = Math.ceil(scene.title.length * TITLE_LETTER);
  const width = Math.max(at - x - BETWEEN, titleWidth, textWidth(end));
  return { scene, x, width, columns, end };
}

/** Gives the bytes of a chunk, and of what came, their places. */
export function placeColumn(
  chunk: WireChunk | undefined,
  number: number,
  due: readonly WireDue[],
  reads: readonly WireRead[],
  x: number,
  then = "",
): Column {
  const cells = placeCells(chunk?.pieces ?? [], x);
  const placed: PlacedRead[] = [];
  let right = x;
  for (const read of reads) {
    const own = placeCells(read.pieces, right);
    const width = Math.max(widthOf(own), textWidth(readText(read)));
    placed.push({ read, cells: own, x: right, width });
    right += width + 12;
  }
  const dueWidth = due.reduce((sum, one) => sum + textWidth(dueText(one)) + 14, 0);
  const text = chunk === undefined ? "" : `${chunkText(chunk, number)}${then}`;
  const width = Math.max(COLUMN, textWidth(text), widthOf(cells), dueWidth, right - x - 12);
  return { chunk, number, text, x, width, cells, due, reads: placed };
}

/** The cells of some pieces, one behind the other. */
export function placeCells(pieces: readonly WirePiece[], x: number): Cell[] {
  const cells: Cell[] = [];
  for (const piece of pieces) {
    const head = piece.head.length / 2, tail = piece.tail.length / 2;
    const add = (at: number, hex: string, count: number, width: number) => {
      cells.push({ x, width, at, hex, count, piece });
      x += width;
    };
    for (let i = 0; i < head; i++) add(piece.at + i, piece.head.slice(2 * i, 2 * i + 2), 1, CELL);
    const hidden = piece.length - head - tail;
    if (hidden > 0) add(piece.at + head, "", hidden, GAP);
    const from = piece.at + piece.length - tail;
    for (let i = 0; i < tail; i++) add(from + i, piece.tail.slice(2 * i, 2 * i + 2), 1, CELL);
  }
  return cells;
}

/** What came at or after one time and before another. */
export function readsBetween(scene: WireScene, fromMs: number, toMs: number): WireRead[] {
  return scene.reads.filter(({ ms }) => ms >= fromMs && ms < toMs);
}

/** How wide some cells are together. */
export function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { width }) => sum + width, 0);
}

/** About how wide a small label is. */
export function textWidth(text: string): number {
  return Math.ceil(text.length * LETTER);
}

/** The title of a scene, with where to find it in the history. */
export function titleOf({ title, play, connection }: WireScene): string {
  return play === 0 ? title : `${title} · connection ${connection}, play ${play}`;
}

/** What is said of a chunk. */
export function chunkText({ ms, way }: WireChunk, number: number): string {
  const when = ms === undefined ? "not sent" : msText(ms);
  return `chunk ${number} · ${when}${way === undefined ? "" : ` · ${way}`}`;
}

/** What we did behind the last byte. */
export function thenText({ end }: WireScene): string {
  return { none: "", fin: ", then FIN", reset: ", then RST", close: ", then we closed" }[end];
}

/** Which answers had not come, in words. */
export function missingText({ due }: WireScene): string {
  const missing = due.filter((one) => one.missing).map(({ number }) => number);
  if (missing.length === 0) return "";
  const others = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
  return `answer ${missing.slice(0, 3).join(", ")}${others} had not come`;
}

/** How it ended, in words; what says nothing is left out. */
export function endOf({ state, ended, undecodable, more, reads }: WireScene): string[] {
  const theirs = {
    open: reads.length === 0 ? "nothing came; still open" : "nothing more; still open",
    ended: "the target closed",
    reset: "the target broke off",
    refused: "no connection",
  };
  return [
    more === undefined
      ? ""
      : `… ${counted(more.bytes, "more byte")}, ${counted(more.chunks, "more chunk")}`,
    state === undefined ? "" : theirs[state],
    undecodable === undefined ? "" : "what came is no frames",
    ended === undefined ? "" : shortened(ended, 44),
  ].filter((line) => line !== "");
}

/** What an edge is called. */
export function edgeWord(edge: WireChunk["edge"]): string {
  const words: Readonly<Record<WireChunk["edge"], string>> = {
    proven: "proven",
    assumed: "assumed",
    timeout: "not read",
    gone: "gone",
    unneeded: "not asked",
    unsent: "not sent",
  };
  return words[edge];
}

/** A text with at most so many characters. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** A count with its noun. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** What is said above a read. */
export function readText({ ms, length }: WireRead): string {
  return `${msText(ms)} · ${counted(length, "byte")}`;
}

/** What is said of an answer that is due. */
export function dueText({ number, length, head, missing }: WireDue): string {
  const shown = head.match(/../g)?.join(" ") ?? "";
  const what = length === 0 ? "empty" : `${shown}${2 * length > head.length ? " …" : ""}`;
  return `answer ${number} due: ${what}${missing ? " · had not come" : ""}`;
}

/** A time with its unit, as exact as can be read at a glance. */
export function msText(ms: number): string {
  if (Math.abs(ms) >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms.toFixed(Math.abs(ms) < 10 ? 2 : Math.abs(ms) < 100 ? 1 : 0)} ms`;
}

/** A byte as a character, where it is one that can be seen; nothing otherwise. */
export function charOf(hex: string): string {
  const byte = parseInt(hex, 16);
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0x20 ? "␣" : "";
}
