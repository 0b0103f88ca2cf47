import type { Framing } from "../../protocol/framing/mod.ts";
import type { RandomStream } from "../stimulus/random_stream.ts";
import type { FrameMark } from "./frame_follower.ts";

/**
 * Where the chunks of one direction of one connection end: the only thing a rule decides. Offsets count the bytes of the
 * direction from 0. What is done with bytes is done elsewhere, so that no rule can lose or change one.
 *
 * ```
 *   sent     have                    cutBehind(sent) = 12: the next chunk is 8 to 12;
 *   ↓        ↓                       bytes 8 to 10 wait for 11 and 12 if the rule holds, else they go on now
 *   8  9  10 |  11  12 …
 * ```
 */
export interface Chunker {
  /** Whether bytes wait until the place of the next cut has come, for as long as bytes may be held at all. */
  readonly holds: boolean;
  /** How many bytes behind a cut must have come before it is known, unless a frame ends there. */
  readonly lookahead?: number;
  /** How long bytes may be held, in ms, where the rule has a time of its own. */
  readonly holdMs?: number;
  /** Rest between two chunks, in ms. */
  readonly pauseMs?: number;
  /** The first place behind `from` where a chunk must end, as far as it is known; Infinity while none is. */
  cutBehind(from: number): number;
  /** Told of every place in the frames, in order, before bytes there are sent. */
  mark?(mark: FrameMark): void;
}

/** What a chunker is made from. */
export interface ChunkerContext {
  /** What follows the colon behind the name; undefined when there is none. */
  readonly argument: string | undefined;
  /** How the traffic is framed, where that is known. */
  readonly framing: Framing | undefined;
  /** Randomness of this direction of this connection, by name. */
  random(name: string): RandomStream;
}

/** One rule by name. A new one is one line in one of two tables: `chunkings.ts`, `framed_chunkings.ts`. */
export interface ChunkingKind {
  /** What stands before the colon. */
  readonly name: string;
  /** How it is written. */
  readonly form: string;
  /** What it does, in a few words. */
  readonly help: string;
  /** Whether it needs to know the frames. */
  readonly framed?: boolean;
  /**
   * Makes the chunker of one direction of one connection.
   *
   * @throws {ConformanceUsageError} if the argument or the framing does not fit.
   */
  make(context: ChunkerContext): Chunker;
}
