import { hexText } from "../../../protocol/framing/hex.ts";
import type { PieceKind, WirePiece } from "./wire_scene.ts";

/** Longest piece whose bytes are all shown. */
const WHOLE = 20;
/** Bytes that are shown of a longer one, at its beginning and at its end. */
const HEAD = 8, TAIL = 4;

/** Bytes of one kind that lie together. */
export interface Span {
  /** What they are. */
  readonly kind: PieceKind;
  /** Number of the part they belong to, from 0. */
  readonly part: number;
  /** Offset of the first one. */
  readonly start: number;
  /** Offset behind the last one. */
  readonly end: number;
}

/** A part of a stream, as stimulus and answers have it. */
export interface SpannedPart {
  /** What it is. */
  readonly kind: "frame" | "bad" | "tail" | "bytes";
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset of its payload, where that stands in the stream as it is. */
  readonly body?: number;
  /** Offset behind its last byte. */
  readonly end: number;
  /** The payload of a frame. */
  readonly payload?: Uint8Array;
}

/** The spans of the parts in order. Of the stream only the first `known` bytes are there. */
export function* spansOf(parts: readonly SpannedPart[], known: number): Generator<Span> {
  for (const [part, { kind, start, body, end, payload }] of parts.entries()) {
    if (kind !== "frame" || body === undefined) {
      yield { kind, part, start, end };
      continue;
    }
    // A payload that was recorded in part does not tell where it ends.
    const close = payload === undefined || end > known ? end : body + payload.length;
    if (body > start) yield { kind: "header", part, start, end: body };
    if (close > body) yield { kind: "body", part, start: body, end: close };
    if (end > close) yield { kind: "delimiter", part, start: close, end };
  }
}

/** The bytes `[from, to)` of a stream as pieces; of long ones only the beginning and the end is shown. */
export class PieceCutter {
  readonly #bytes: Uint8Array;
  readonly #spans: Iterator<Span>;
  #span: Span | undefined;

  /** `bytes` may be only the beginning of the stream. */
  constructor(bytes: Uint8Array, spans: Iterable<Span>) {
    this.#bytes = bytes;
    this.#spans = spans[Symbol.iterator]();
    this.#advance();
  }

  /** The next bytes, up to `to`, at most `most` pieces; calls must follow each other. */
  cut(from: number, to: number, most: number): WirePiece[] {
    const pieces: WirePiece[] = [];
    for (let at = from; at < to && pieces.length < most;) {
      while (this.#span !== undefined && this.#span.end <= at) this.#advance();
      const { kind, part, end } = this.#span ?? { kind: "bytes" as const, part: -1, end: to };
      const until = Math.min(to, end);
      pieces.push(this.#piece(kind, part, at, until));
      at = until;
    }
    return pieces;
  }

  #advance(): void {
    const next = this.#spans.next();
    this.#span = next.done ? undefined : next.value;
  }

  #piece(kind: PieceKind, part: number, at: number, end: number): WirePiece {
    const length = end - at;
    const hex = (start: number, stop: number) => hexText(this.#bytes.subarray(start, stop));
    if (length <= WHOLE && end <= this.#bytes.length) {
      return { kind, part, at, length, head: hex(at, end), tail: "" };
    }
    const head = hex(at, at + HEAD);
    const tail = end <= this.#bytes.length ? hex(end - TAIL, end) : "";
    return { kind, part, at, length, head, tail };
  }
}
