/**
 * What happened on the wire, ready to be drawn: plain data, the same for the terminal, the SVG and the page. Times are
 * ms since the first chunk of the story, offsets count from the first byte of the stream, or of what came back.
 *
 * ```
 *   parts    |---- frame 1 ----|-- frame 2 --|      what the bytes are
 *   pieces   |header|   body   |header| body |
 *   chunks   |---- 1 ----|------- 2 ---------|      how they were written, with times and edges
 *   reads            ...      |-- 1 --|-- 2 -|      what came back, and when
 * ```
 * @module
 */
import type { ConnectionState, PlayedChunk } from "../../player/play.ts";
import type { EndEvent } from "../../strategy/delivery.ts";

/**
 * What bytes are: before a payload (`header`), the payload (`body`), behind it (`delimiter`), a frame that hides its
 * payload (`frame`), to be refused (`bad`), the beginning of a frame (`tail`), or of unknown meaning (`bytes`).
 */
export type PieceKind = "header" | "body" | "delimiter" | "frame" | "bad" | "tail" | "bytes";

/** What is known of an edge; `unneeded` for a last chunk whose answer is proof enough. */
export type WireEdge = PlayedChunk["edge"];

/** Bytes of one kind, in one chunk or read. */
export interface WirePiece {
  /** What they are. */
  readonly kind: PieceKind;
  /** Which of the scene's parts (or answers) they belong to, from 0. */
  readonly part: number;
  /** Offset of the first one. */
  readonly at: number;
  /** How many there are. */
  readonly length: number;
  /** The first ones in hex: all of them, unless there are many. */
  readonly head: string;
  /** The last ones in hex, when some between are left out. */
  readonly tail: string;
}

/** A frame, or what stands between frames. */
export interface WirePart {
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset behind its last byte. */
  readonly end: number;
  /** What it is, in few words: `frame 1`. */
  readonly name: string;
  /** For an answer: whether it is the one that was due; undefined when that cannot be said. */
  readonly right?: boolean;
}

/** A chunk as it was written, or as it was to be. */
export interface WireChunk {
  /** Offset of its first byte. */
  readonly from: number;
  /** Offset behind its last byte. */
  readonly end: number;
  /** When it was written; undefined when it was not. */
  readonly ms?: number;
  /** What is known of the edge behind it. */
  readonly edge: WireEdge | "unsent";
  /** What became of it on its way, where that is not the usual. */
  readonly way?: string;
  /** Whether this edge is one of those that make it fail. */
  readonly breaks: boolean;
  /** Whether the answers due were awaited here. */
  readonly awaited: boolean;
  /** Its bytes. */
  readonly pieces: readonly WirePiece[];
}

/** What came back in one read. */
export interface WireRead {
  /** When. */
  readonly ms: number;
  /** Offset of its first byte in all that came back. */
  readonly at: number;
  /** How many bytes. */
  readonly length: number;
  /** The bytes. */
  readonly pieces: readonly WirePiece[];
}

/** An answer that had to come. */
export interface WireDue {
  /** Its number, 1 for the first. */
  readonly number: number;
  /** Which chunk makes it due, from 0. */
  readonly chunk: number;
  /** How many bytes its payload has. */
  readonly length: number;
  /** The first of them in hex. */
  readonly head: string;
  /** Whether fewer answers came than that. */
  readonly missing: boolean;
}

/** One delivery and what came of it. */
export interface WireScene {
  /** What it is for. */
  readonly title: string;
  /** Number of the play in the history; 0 when none is known. */
  readonly play: number;
  /** Number of the connection; 0 when none is known. */
  readonly connection: number;
  /** How many bytes the stream has. */
  readonly length: number;
  /** What its bytes are. */
  readonly parts: readonly WirePart[];
  /** How they were written. */
  readonly chunks: readonly WireChunk[];
  /** Chunks and bytes at the end that are left out here, because there are too many. */
  readonly more?: { readonly chunks: number; readonly bytes: number };
  /** What came back. */
  readonly reads: readonly WireRead[];
  /** What came back, as frames. */
  readonly answers: readonly WirePart[];
  /** What had to come back. */
  readonly due: readonly WireDue[];
  /** How many bytes came back. */
  readonly cameBytes: number;
  /** What we did behind the last byte. */
  readonly end: EndEvent;
  /** How the connection stood afterwards; undefined when nothing was played. */
  readonly state?: ConnectionState;
  /** How the target's process ended, if it did. */
  readonly ended?: string;
  /** Why what came is no frames. */
  readonly undecodable?: string;
  /** When it was over. */
  readonly endMs: number;
}
