import type { EdgeVerdict } from "../edge/edge_probe.ts";
import type { Delivery } from "../strategy/delivery.ts";
import type { DecoderTold } from "./target.ts";

/** One chunk as it was written. Times are ms since the run began. */
export interface PlayedChunk {
  /** Offset behind its last byte. */
  readonly end: number;
  /** When it was handed to the kernel. */
  readonly writtenMs: number;
  /** What is known of its edge; `unneeded` for the last chunk when its answer is proof enough. */
  readonly edge: EdgeVerdict | "unneeded";
  /** How much processor time the target had used by then, in ms, where that was asked for and can be known. */
  readonly usedMs?: number;
}

/** Bytes as they came back. */
export interface PlayedRead {
  /** When they came, in ms of the run. */
  readonly atMs: number;
  /** What came in one read of ours. */
  readonly bytes: Uint8Array;
}

/**
 * How the connection stood in the end: `open`, `ended` (the target sent FIN), `reset` (it broke off), or `refused`
 * (there was no connection to begin with).
 */
export type ConnectionState = "open" | "ended" | "reset" | "refused";

/** What happened to one delivery: the raw material of every verdict. */
export interface Play {
  /** Its number in the history, once it is recorded there. */
  readonly number?: number;
  /** What was played. */
  readonly delivery: Delivery;
  /** Number of the connection within the run. */
  readonly connection: number;
  /** The chunks that were written. */
  readonly chunks: readonly PlayedChunk[];
  /** The bytes that came back. */
  readonly reads: readonly PlayedRead[];
  /** What came as a greeting before the first delivery of a connection, if one is expected. */
  readonly greeted?: readonly Uint8Array[];
  /** Payloads of the frames that came back. */
  readonly answers: readonly Uint8Array[];
  /** Why the bytes that came back are no frames, if so. */
  readonly undecodable?: string;
  /** Waits of the delivery at which an answer that was due had not come. */
  readonly lateAt: readonly number[];
  /** How the connection stood in the end. */
  readonly state: ConnectionState;
  /** What a decoder told besides frames; undefined for a target that only answers. */
  readonly decoder?: DecoderTold;
  /** When it began, in ms of the run. */
  readonly startedMs: number;
  /** When it was over, in ms of the run. */
  readonly finishedMs: number;
  /** For datagrams: to which of our sockets each read came; by default all to socket 0. */
  readonly cameTo?: readonly number[];
  /** By how many bytes the memory of the target's process grew, where it was measured. */
  readonly memoryGrowth?: number;
}

/**
 * How many edges a play was asked for, and how many of them are proven. Cuts that a target did not wait for, because it
 * rightly closed before, are not asked for.
 */
export function edgesOf({ delivery, chunks }: Play): { requested: number; proven: number } {
  const { stimulus, cuts } = delivery;
  const inner = chunks.filter(({ end }) => end < stimulus.bytes.length);
  const requested = stimulus.hasBad
    ? inner.filter(({ edge }) => edge !== "gone").length
    : cuts.length;
  return { requested, proven: inner.filter(({ edge }) => edge === "proven").length };
}

/** The play of a delivery for which there was no connection. */
export function refusedPlay(delivery: Delivery, connection: number, atMs: number): Play {
  return {
    delivery,
    connection,
    chunks: [],
    reads: [],
    answers: [],
    lateAt: [],
    state: "refused",
    startedMs: atMs,
    finishedMs: atMs,
  };
}
