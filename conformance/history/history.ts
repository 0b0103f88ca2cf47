import { equals } from "@std/bytes/equals";
import { hexText } from "../../protocol/framing/hex.ts";
import type { CaseResult, CertificateLine, RunResult } from "../campaign/result.ts";
import type { Play } from "../player/play.ts";
import type { Part, Stimulus } from "../stimulus/stimulus.ts";
import type { RecordedOutput, RunAbout } from "./recorded.ts";

/**
 * What a play may be for: part of a `packed` connection, the `subject` of a trial, the `probe` behind it, the
 * `follow-up` on a new connection, an attempt to `shrink`, or to learn the over-limit `policy`.
 */
export const ROLES = ["packed", "subject", "probe", "follow-up", "shrink", "policy"] as const;

/** What a play was for; one of {@linkcode ROLES}. */
export type Role = typeof ROLES[number];

/** The form of histories that is written and read here; another one gets another number. */
export const HISTORY_FORMAT = 1;

/** What was played, for which case. */
export interface PlayEvent {
  /** The kind of the event. */
  readonly event: "play";
  /** When, in ms of the run. */
  readonly atMs: number;
  /** Id of the case. */
  readonly case: string;
  /** What it was for. */
  readonly role: Role;
  /** What happened. */
  readonly play: Play;
  /** What the client made of it, where that is judged. */
  readonly output?: RecordedOutput;
}

/** Something else that happened. Times are ms since the run began. */
export type OtherEvent =
  /** The run begins: what is tested, and how. */
  | {
    readonly event: "run";
    readonly atMs: number;
    readonly format: typeof HISTORY_FORMAT;
    readonly about: RunAbout;
  }
  | {
    /** A connection was made. */
    readonly event: "connection";
    readonly atMs: number;
    readonly connection: number;
    /** How its edges are watched, and why not better. */
    readonly edge: string;
    readonly reason: string;
  }
  /** No connection could be made. */
  | { readonly event: "refused"; readonly atMs: number; readonly why: string }
  /** The target's process ended. */
  | { readonly event: "ended"; readonly atMs: number; readonly how: string }
  | {
    /** Something was measured that is no play: memory, growth, a stall. */
    readonly event: "note";
    readonly atMs: number;
    readonly case: string;
    readonly what: string;
    readonly values: Readonly<Record<string, number | string>>;
  }
  /** A case came to its verdict. */
  | { readonly event: "verdict"; readonly atMs: number; readonly result: CaseResult }
  | {
    /** The run is whole. Without this line it was interrupted. */
    readonly event: "end";
    readonly atMs: number;
    readonly verdict: RunResult["verdict"];
    readonly exitCode: number;
    readonly edge: RunResult["edge"];
    readonly certificate: readonly CertificateLine[];
    readonly stale?: readonly string[];
    readonly stderrTail?: string;
  };

/** Something that happened, in the order in which it did. */
export type HistoryEvent = PlayEvent | OtherEvent;

/** Whether all plays are written, or only those on a connection of their own: what confirms a failure is one of them. */
export type HistoryScope = "everything" | "trials";

/** Longest stimulus that is written whole, in bytes: 1 MiB. */
const WHOLE = 2 ** 20;
/** Once so many bytes of stimuli or of outputs are written, only those up to {@linkcode SMALL} bytes are whole. */
const ALL = 8 * 2 ** 20;
/** Bytes of a stimulus, of an output, or of one read, that are always written. */
const SMALL = 4096;

/**
 * Everything that happened in a run, append-only, as JSON lines (see docs/CONFORMANCE.md). Verdicts and reports are
 * functions of it alone. Nothing is kept in memory.
 *
 * A stimulus is written once, where it is first used. What comes back is written as `echo` where it is the bytes that
 * were sent, which it mostly is.
 *
 * @example
 * ```ts
 * import { History } from "./history.ts";
 *
 * const history = new History((line) => console.log(line));
 * history.append({ event: "note", atMs: 12.5, case: "9.8", what: "time", values: { bytes: 300, ms: 2 } });
 * ```
 */
export class History {
  readonly #write: ((line: string) => void) | undefined;
  readonly #of: HistoryScope;
  readonly #numbers = new WeakMap<Stimulus, number>();
  #stimuli = 0;
  readonly #stimulusRoom = new Room();
  readonly #outputRoom = new Room();
  #plays = 0;

  /** `write` gets each line as it happens. */
  constructor(write?: (line: string) => void, of: HistoryScope = "everything") {
    this.#write = write;
    this.#of = of;
  }

  /** Adds a play and returns its number, 1 for the first one. */
  append(event: PlayEvent): number;
  /** Adds what is no play. */
  append(event: OtherEvent): void;
  append(event: HistoryEvent): number | void {
    const atMs = round(event.atMs);
    if (event.event !== "play") return this.#write?.(JSON.stringify({ ...event, atMs }));
    const number = ++this.#plays;
    const { case: id, role, play, output } = event;
    if (this.#write === undefined || role === "packed" && this.#of === "trials") return number;
    const { stimulus } = play.delivery;
    const record = { connection: play.connection, stimulus: this.#stimulusNumber(stimulus) };
    this.#write(JSON.stringify({
      event: "play",
      atMs,
      number,
      case: id,
      role,
      ...record,
      ...playRecord(play),
      ...(output === undefined ? {} : { output: outputRecord(output, this.#outputRoom) }),
    }));
    return number;
  }

  #stimulusNumber(stimulus: Stimulus): number {
    const known = this.#numbers.get(stimulus);
    if (known !== undefined) return known;
    const number = ++this.#stimuli;
    this.#numbers.set(stimulus, number);
    const shown = this.#stimulusRoom.shown(stimulus.bytes);
    const parts = stimulus.parts.map(partRecord);
    this.#write?.(JSON.stringify({ event: "stimulus", number, ...shown, parts }));
    return number;
  }
}

/** What is left of the bytes of one kind that a history has whole. */
class Room {
  #left = ALL;

  /** The bytes as they are written: whole, or only their beginning. */
  shown(bytes: Uint8Array, length = bytes.length): Record<string, unknown> {
    const most = bytes.length <= this.#left ? WHOLE : SMALL;
    this.#left -= Math.min(bytes.length, most);
    return shortened(bytes, most, length);
  }
}

/** What a client printed, `exit` or `signal` when it ended, and what is known of it besides. */
function outputRecord(
  { stdout, length, end, over, arrived }: RecordedOutput,
  room: Room,
): Record<string, unknown> {
  return {
    ...room.shown(stdout, length),
    ...(end === undefined
      ? {}
      : end.signal === null
      ? { exit: end.code ?? -1 }
      : { signal: end.signal }),
    ...(over === undefined ? {} : { over }),
    ...(arrived === undefined ? {} : { arrived: Number(arrived) }),
  };
}

/**
 * A part as a short list, from which it can be made again; what is missing at the end is left out:
 *
 * ```
 *   ["frame", length, where the payload begins, its length, 1 if only the end of the stream completes it]
 *   ["frame", length, null, payload in hex, 1]            a payload that is not in the stream as it is (escaped)
 *   ["bad", length, what is wrong, { payload in hex, what else a target may do }]
 *   ["tail", length]
 * ```
 */
function partRecord(part: Part): unknown[] {
  const length = part.wire.length;
  switch (part.kind) {
    case "frame": {
      const { bodyAt, payload, endsStream } = part;
      const body = bodyAt === undefined ? [null, hexText(payload)] : [bodyAt, payload.length];
      return [part.kind, length, ...body, ...(endsStream ? [1] : [])];
    }
    case "bad": {
      const { kind, wire: _, what, payload, readings, ...more } = part;
      return [kind, length, what, {
        ...(payload === undefined ? {} : { payload: hexText(payload) }),
        ...(readings === undefined ? {} : {
          readings: readings.map((one) => ({ ...one, payloads: one.payloads.map(hexText) })),
        }),
        ...more,
      }];
    }
    default:
      return [part.kind, length];
  }
}

function playRecord(play: Play): Record<string, unknown> {
  const { delivery: { cuts, waits, end, pace, sockets }, chunks, lateAt, undecodable, greeted } =
    play;
  const { cameTo } = play;
  return {
    cuts,
    ...(waits.length > 0 ? { waits } : {}),
    ...(end === "none" ? {} : { end }),
    ...(pace === undefined ? {} : { pace }),
    ...(sockets === undefined ? {} : { sockets }),
    chunks: chunks.map((chunk) => [chunk.end, round(chunk.writtenMs), chunk.edge]),
    ...(greeted === undefined ? {} : { greeted: greeted.map(hexText) }),
    reads: readRecords(play),
    ...(cameTo?.some((socket) => socket !== 0) ? { cameTo } : {}),
    ...(lateAt.length > 0 ? { lateAt } : {}),
    ...(undecodable === undefined ? {} : { undecodable }),
    state: play.state,
    ...(play.memoryGrowth === undefined ? {} : { memoryGrowth: play.memoryGrowth }),
    startedMs: round(play.startedMs),
    finishedMs: round(play.finishedMs),
  };
}

/** What came: `echo` for so many bytes that are those sent at the same place, else the bytes. */
function readRecords({ delivery: { stimulus }, reads }: Play): Record<string, unknown>[] {
  let at = 0;
  return reads.map(({ atMs, bytes }) => {
    const sent = stimulus.bytes.subarray(at, at += bytes.length);
    const came = equals(sent, bytes) ? { echo: bytes.length } : shortened(bytes, WHOLE);
    return { atMs: round(atMs), ...came };
  });
}

function shortened(
  bytes: Uint8Array,
  most: number,
  length = bytes.length,
): Record<string, unknown> {
  return length <= most && bytes.length === length
    ? { hex: hexText(bytes) }
    : { length, hexStart: hexText(bytes.subarray(0, SMALL)) };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
