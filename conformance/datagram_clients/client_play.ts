import type { Output, OutputPlay } from "../client_output/output.ts";

/** Why a play of a client was over. */
export type PlayEnd =
  /** The client ended. */
  | "ended"
  /** It did nothing for too long: it neither ended nor asked again. */
  | "silent"
  /** It still asked when there was nothing more to see. */
  | "asking";

/** What happened to a client of datagrams: the raw material of every verdict. */
export interface ClientPlay extends OutputPlay {
  /** The messages that it sent, in order. */
  readonly asked: readonly AskedMessage[];
  /** Why it was over. */
  readonly over: PlayEnd;
  /** The longest time that it did nothing and then went on, in ms. */
  readonly pauseMs: number;
  /** Whether each datagram reached it, as far as is known: else silence of its is nobody's fault. */
  readonly arrived: boolean;
}

/** A message that a client sent. */
export interface AskedMessage {
  /** When its last datagram came, in ms of the run. */
  readonly atMs: number;
  /** Its bytes. */
  readonly bytes: Uint8Array;
}

/** What a client does when nobody makes it hard: what everything else is compared with. */
export interface ClientControl {
  /** The messages that it sends. */
  readonly asked: readonly Uint8Array[];
  /** The answer to each. */
  readonly answers: readonly Uint8Array[];
  /** What it makes of them. */
  readonly output: Output;
  /** What it prints when nothing is answered. */
  readonly unanswered: Uint8Array;
  /** How many different messages it sends at once, before it waits for an answer. */
  readonly atOnce: number;
  /** Whether a wrong answer shows in what it prints, or in its exit code. */
  readonly shows: boolean;
}
