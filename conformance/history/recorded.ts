/**
 * A run as its history tells it. Plain data: whatever is reported is a function of it.
 * @module
 */
import type { CaseResult, CertificateLine, RunResult } from "../campaign/result.ts";
import type { PlayEnd } from "../datagram_clients/client_play.ts";
import type { KnownEntry } from "../known/known_list.ts";
import type { ConnectionState, PlayedChunk } from "../player/play.ts";
import type { EndEvent, Pace } from "../strategy/delivery.ts";
import type { AtEofPolicy, HalfClosePolicy, OverLimitPolicy } from "../stimulus/contract.ts";
import type { Part } from "../stimulus/stimulus.ts";
import type { Scenario } from "../exchange/scenario.ts";
import type { ProcessEnd } from "../player/spawned_process.ts";
import type { AskerGiven } from "./read_asker_given.ts";
import type { Role } from "./history.ts";

/** What was tested, and how. */
export interface RunAbout extends AskerGiven {
  /** Version of the harness. */
  readonly version: string;
  /** Seed of all that was random. */
  readonly seed: number;
  /** The target as an endpoint string, with the real port. */
  readonly target: string;
  /** The framing, as a canonical spec. */
  readonly framing: string;
  /** What the target was expected to answer. */
  readonly expect: string;
  /** The target's own limit, in payload bytes, if it was told. */
  readonly maxFrame?: number;
  /** What the target does with what is over its limit: `close`, `skip` or `any`. */
  readonly overLimit?: OverLimitPolicy;
  /** What becomes of an incomplete frame at FIN: `drop`, `error` or `any`. */
  readonly atEof?: AtEofPolicy;
  /** What becomes of answers after a half-close: `reply`, `drop` or `any`. */
  readonly halfClose?: HalfClosePolicy;
  /** For fragments: after how long the target forgets an unfinished message, in ms, if that was declared. */
  readonly expiryMs?: number;
  /** For `invariance`: what may differ in answers. */
  readonly mask?: readonly string[];
  /** The conversation, if that was expected. */
  readonly scenario?: Scenario;
  /** Which part of the run this is, when it was split over machines; `index` is 1 to `of`. */
  readonly shard?: { readonly index: number; readonly of: number };
  /** Process id of the target, if we started it. */
  readonly pid?: number;
  /** The target as it was given on the command line. */
  readonly endpoint?: string;
  /** Whether the target listened (`server`) or dialled us (`client`). */
  readonly side?: "server" | "client" | "decoder";
  /** For a decoder: what its adapter calls the codec, when that is not the framing. */
  readonly codec?: string;
  /** The command that started the target. */
  readonly spawn?: string;
  /** Failures that were known. */
  readonly known?: readonly KnownEntry[];
  /** Ids of the cases that were asked for; controls run besides. */
  readonly asked?: readonly string[];
  /** The command line that does the same again, up to its cases and its seed. */
  readonly command?: string;
  /** When it began: date and time, ISO 8601. */
  readonly startedAt?: string;
}

/** A stream as it was sent. */
export interface RecordedStimulus {
  /** Its number within the run. */
  readonly number: number;
  /** Its bytes, or only their beginning when it is long. */
  readonly bytes: Uint8Array;
  /** How many bytes it has. */
  readonly length: number;
  /** Its pieces, in order. */
  readonly parts: readonly RecordedPart[];
}

/** A piece of a stream. */
export interface RecordedPart {
  /** A whole frame, bytes that must be refused, the beginning of a frame, or bytes of unknown meaning. */
  readonly kind: "frame" | "bad" | "tail" | "bytes";
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset of its payload, where that stands in the stream as it is. */
  readonly body?: number;
  /** Offset behind its last byte. */
  readonly end: number;
  /** The payload of a frame. */
  readonly payload?: Uint8Array;
  /** What is wrong with bytes that must be refused, and what else a target may do with them. */
  readonly bad?: Omit<Part & { kind: "bad" }, "kind" | "wire">;
  /** True for a frame that only the end of the stream completes. */
  readonly endsStream?: boolean;
}

/** Bytes that came back in one read. */
export interface RecordedRead {
  /** When, in ms of the run. */
  readonly atMs: number;
  /** The bytes, or only their beginning when there are many. */
  readonly bytes: Uint8Array;
  /** How many came. */
  readonly length: number;
}

/** What a client that is judged by it made of a play. */
export interface RecordedOutput {
  /** What it printed, or only the beginning when it is long. */
  readonly stdout: Uint8Array;
  /** How many bytes it printed. */
  readonly length: number;
  /** How it ended; undefined when it did not in time. */
  readonly end: ProcessEnd | undefined;
  /** For a client of datagrams: why the play was over. */
  readonly over?: PlayEnd;
  /** For a client of datagrams: whether each datagram reached it, as far as is known. */
  readonly arrived?: boolean;
}

/** What happened to one delivery. Times are ms of the run. */
export interface RecordedPlay {
  /** Its number within the run, 1 for the first. */
  readonly number: number;
  /** Id of the case. */
  readonly case: string;
  /** What it was for. */
  readonly role: Role;
  /** Number of the connection. */
  readonly connection: number;
  /** Number of the stimulus. */
  readonly stimulus: number;
  /** Where chunks were to end. */
  readonly cuts: readonly number[];
  /** Where answers were awaited. */
  readonly waits: readonly number[];
  /** What happened behind the last byte. */
  readonly end: EndEvent;
  /** How time passed, where it was the point. */
  readonly pace?: Pace;
  /** For datagrams: from which of our sockets each went out, when not all went from one. */
  readonly sockets?: readonly number[];
  /** The chunks that were written. */
  readonly chunks: readonly PlayedChunk[];
  /** The greeting's payloads, if one came before. */
  readonly greeted?: readonly Uint8Array[];
  /** What came back. */
  readonly reads: readonly RecordedRead[];
  /** For datagrams: to which of our sockets each read came, when not all came to one. */
  readonly cameTo?: readonly number[];
  /** Waits at which an answer that was due had not come. */
  readonly lateAt: readonly number[];
  /** Why what came back is no frames, if so. */
  readonly undecodable?: string;
  /** How the connection stood in the end. */
  readonly state: ConnectionState;
  /** By how many bytes the target's memory grew, where it was measured. */
  readonly memoryGrowth?: number;
  /** When it began. */
  readonly startedMs: number;
  /** When it was over. */
  readonly finishedMs: number;
  /** What the client made of it, where that is judged. */
  readonly output?: RecordedOutput;
  /** How the target's process ended, if that was seen behind this play. */
  readonly ended?: string;
}

/** Something measured that is no play. */
export interface RecordedNote {
  /** When, in ms of the run. */
  readonly atMs: number;
  /** Id of the case. */
  readonly case: string;
  /** What was measured. */
  readonly what: string;
  /** What came of it; units are in the names. */
  readonly values: Readonly<Record<string, number | string>>;
}

/** The last line of a whole run. */
export interface RecordedEnd {
  /** The worst verdict. */
  readonly verdict: RunResult["verdict"];
  /** The exit code that the run had. */
  readonly exitCode: number;
  /** How edges were watched, and why not better. */
  readonly edge: RunResult["edge"];
  /** Entries of lists of known failures that are true no longer. */
  readonly stale?: readonly string[];
  /** What was covered, as the run counted it. */
  readonly certificate: readonly CertificateLine[];
  /** How long the run took, in ms. */
  readonly ms: number;
  /** The last of the target's standard error, if we started it and it failed. */
  readonly stderrTail?: string;
}

/** A run as its history tells it. */
export interface RecordedRun {
  /** What was tested, and how. */
  readonly about: RunAbout;
  /** The cases that came to a verdict, in order. */
  readonly cases: readonly CaseResult[];
  /** The streams by number. */
  readonly stimuli: ReadonlyMap<number, RecordedStimulus>;
  /** What was played, in order. */
  readonly plays: readonly RecordedPlay[];
  /** What was measured besides. */
  readonly notes: readonly RecordedNote[];
  /** How it ended; undefined when it was interrupted. */
  readonly end?: RecordedEnd;
}
