import { hexText } from "../../protocol/framing/hex.ts";
import type { ConnectionState, Play } from "../player/play.ts";
import type { Stimulus } from "../stimulus/stimulus.ts";

/**
 * What a play was for: part of a `packed` connection, the `subject` of a trial, the `probe` behind it, the
 * `follow-up` on a new connection, an attempt to `shrink`, or to learn the over-limit `policy`.
 */
export type Role = "packed" | "subject" | "probe" | "follow-up" | "shrink" | "policy";

/** Something that happened, in the order in which it did. Times are ms since the run began. */
export type HistoryEvent =
  | {
    readonly event: "run";
    readonly atMs: number;
    readonly about: Readonly<Record<string, unknown>>;
  }
  | {
    readonly event: "connection";
    readonly atMs: number;
    readonly connection: number;
    readonly edge: string;
    readonly reason: string;
  }
  | { readonly event: "refused"; readonly atMs: number; readonly why: string }
  | { readonly event: "ended"; readonly atMs: number; readonly how: string }
  | {
    readonly event: "play";
    readonly atMs: number;
    readonly case: string;
    readonly role: Role;
    readonly play: Play;
  }
  | { readonly event: "verdict"; readonly atMs: number; readonly result: unknown };

/** Most bytes of one read that the written history shows. */
const SHOWN = 4096;

/**
 * Everything that happened in a run, append-only. Verdicts and reports are functions of it alone. Written as JSON
 * lines; a stimulus is written once, where it is first used.
 */
export class History {
  readonly #events: HistoryEvent[] = [];
  readonly #write: ((line: string) => void) | undefined;
  readonly #stimuli = new Map<Stimulus, number>();

  /** `write` gets each line as it happens. */
  constructor(write?: (line: string) => void) {
    this.#write = write;
  }

  /** All events so far. */
  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  /** Adds an event. */
  append(event: HistoryEvent): void {
    this.#events.push(event);
    if (this.#write === undefined) return;
    const { event: kind, atMs } = event;
    if (kind !== "play") return this.#write(JSON.stringify({ ...event, atMs: round(atMs) }));
    const stimulus = this.#stimulusNumber(event.play.delivery.stimulus);
    const { role } = event;
    this.#write(JSON.stringify({
      event: kind,
      atMs: round(atMs),
      case: event.case,
      role,
      ...playRecord(event.play, stimulus),
    }));
  }

  #stimulusNumber(stimulus: Stimulus): number {
    const known = this.#stimuli.get(stimulus);
    if (known !== undefined) return known;
    const number = this.#stimuli.size + 1;
    this.#stimuli.set(stimulus, number);
    const parts = stimulus.parts.map(({ kind, wire }) => [kind, wire.length]);
    this.#write?.(JSON.stringify({ event: "stimulus", number, ...shown(stimulus.bytes), parts }));
    return number;
  }
}

function playRecord(play: Play, stimulus: number): Record<string, unknown> {
  const { delivery: { cuts, waits, end }, chunks, reads, lateAt, undecodable } = play;
  const state: ConnectionState = play.state;
  return {
    connection: play.connection,
    stimulus,
    cuts,
    ...(waits.length > 0 ? { waits } : {}),
    ...(end === "none" ? {} : { end }),
    chunks: chunks.map((chunk) => [chunk.end, round(chunk.writtenMs), chunk.edge]),
    reads: reads.map((read) => ({ atMs: round(read.atMs), ...shown(read.bytes) })),
    ...(lateAt.length > 0 ? { lateAt } : {}),
    ...(undecodable === undefined ? {} : { undecodable }),
    state,
    ...(play.memoryGrowth === undefined ? {} : { memoryGrowth: play.memoryGrowth }),
    startedMs: round(play.startedMs),
    finishedMs: round(play.finishedMs),
  };
}

function shown(bytes: Uint8Array): Record<string, unknown> {
  return bytes.length <= SHOWN
    ? { hex: hexText(bytes) }
    : { length: bytes.length, hexStart: hexText(bytes.subarray(0, SHOWN)) };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
