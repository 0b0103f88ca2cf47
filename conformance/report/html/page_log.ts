/**
 * The wire log of a play: everything that was sent, read and seen, in the order in which it happened. Sent to the page
 * as text; see `page_script.ts`.
 * @module
 */
import {
  charOf,
  counted,
  edgeWord,
  endOf,
  missingText,
  msText,
  thenText,
  titleOf,
} from "../wire/timeline_layout.ts";
import type { WirePiece, WireScene } from "../wire/wire_scene.ts";
import { el, type PageElement, scroller } from "./page_dom.ts";

/** One line of the log. */
export interface LogLine {
  /** When; undefined for what was never sent. */
  readonly ms: number | undefined;
  /** `→` sent, `←` came, `·` seen. */
  readonly way: "→" | "←" | "·";
  /** Which bytes, or what happened. */
  readonly what: string;
  /** What is known of the edge. */
  readonly edge: string;
  /** The bytes. */
  readonly pieces: readonly WirePiece[];
}

/** The log of a scene, in order of time. */
export function logLines(scene: WireScene): LogLine[] {
  const last = scene.chunks.at(-1)?.end;
  const sent = scene.chunks.map(({ ms, from, end, edge, breaks, awaited, pieces }): LogLine => ({
    ms,
    way: "→",
    what: `${counted(end - from, "byte")} at ${from}${end === last ? thenText(scene) : ""}`,
    edge: `${edgeWord(edge)}${breaks ? " ▲ breaks here" : ""}${awaited ? ", answers awaited" : ""}`,
    pieces,
  }));
  const came = scene.reads.map(({ ms, at, length, pieces }): LogLine => ({
    ms,
    way: "←",
    what: `${counted(length, "byte")} at ${at}`,
    edge: "",
    pieces,
  }));
  const seen: LogLine = {
    ms: scene.endMs,
    way: "·",
    what: [missingText(scene), ...endOf(scene), scene.undecodable ?? ""].filter(Boolean).join("; "),
    edge: "",
    pieces: [],
  };
  const played = [...sent, ...came].filter(({ ms }) => ms !== undefined)
    .sort((a, b) => (a.ms ?? 0) - (b.ms ?? 0));
  return [...played, ...sent.filter(({ ms }) => ms === undefined), seen];
}

/** The log as a table. */
export function wireLog(scene: WireScene): PageElement {
  const head = ["time", "", "what", "edge", "hex", "text"].map((name) =>
    el("th", { scope: "col" }, name)
  );
  const rows = logLines(scene).map(({ ms, way, what, edge, pieces }) =>
    el(
      "tr",
      { class: way === "→" ? "sent" : way === "←" ? "came" : "seen" },
      el("td", { class: "time" }, ms === undefined ? "not sent" : msText(ms)),
      el("td", {}, way),
      el("td", {}, what),
      el("td", {}, edge),
      el("td", { class: "hex" }, ...pieces.map(pieceHex)),
      el("td", { class: "hex" }, pieces.map(pieceText).join("")),
    )
  );
  return el(
    "div",
    { class: "log" },
    el("h3", {}, titleOf(scene)),
    scroller(
      "Wire log",
      el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)),
    ),
  );
}

/** The bytes of a piece in hex, marked with their kind. */
export function pieceHex({ kind, head, tail, length }: WirePiece): PageElement {
  const hidden = length - (head.length + tail.length) / 2;
  const spaced = (hex: string) => hex.match(/../g)?.join(" ") ?? "";
  const text = [spaced(head), hidden > 0 ? `⋯ +${hidden} ⋯` : "", spaced(tail)].filter(Boolean)
    .join(" ");
  return el("span", { class: `hexes ${kind}`, title: kind }, `${text} `);
}

/** The bytes of a piece as characters, `·` for those that cannot be seen. */
export function pieceText({ head, tail, length }: WirePiece): string {
  const chars = (hex: string) =>
    (hex.match(/../g) ?? []).map((byte) => charOf(byte) || "·").join("");
  return chars(head) + (2 * length > head.length + tail.length ? "⋯" : "") + chars(tail);
}
