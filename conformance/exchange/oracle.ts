import type { Finding } from "../judge/verdict.ts";
import type { ConnectionState, Play } from "../player/play.ts";
import type { Delivery } from "../strategy/delivery.ts";

/** What has come back on a connection so far. */
export interface Came {
  /** All bytes, as they came. */
  readonly bytes: Uint8Array;
  /** How the connection stands. */
  readonly state: ConnectionState;
  /** How many bytes had come when a wait was over, by its place in the stream; 0 is the wait for a greeting. */
  readonly marks: ReadonlyMap<number, number>;
}

/**
 * How what came stands against what is due: all there (`right`), right as far as it goes (`more`), not to be mended by
 * anything that may still come (`wrong`), or right with whatever comes until it is quiet (`quiet`).
 */
export type Standing = "right" | "more" | "wrong" | "quiet";

/** How the control ended, which no cut may change. */
export interface Ending {
  /** How the connection stood when everything due was there. */
  readonly state: ConnectionState;
  /** What came behind it, when we had said that nothing more comes (FIN). */
  readonly farewell: Uint8Array;
}

/** Knows what has to come back. Pure: it looks at what came, and nothing else. */
export interface Oracle {
  /** How the connection ends once everything was said. */
  readonly ending: Ending;
  /** How `came` stands when `sent` bytes of the stream were sent. */
  standing(came: Came, sent: number): Standing;
  /** What is wrong with a play; null when it is right. */
  judge(play: ExchangePlay): Finding | null;
}

/** A play of an exchange. */
export interface ExchangePlay extends Play {
  /** As in {@linkcode Came}. */
  readonly marks: Came["marks"];
}

/** Something to say, and who knows what comes back. */
export interface Exchange {
  /** The stream as kindly as it can be sent: each request in one chunk, each answer awaited. */
  readonly base: Delivery;
  /** Where one request ends and the next one begins. */
  readonly seams: readonly number[];
  /** Pauses in ms that are made once the wait at a place is over. */
  readonly pauses: ReadonlyMap<number, number>;
  /** What has to come back. */
  readonly oracle: Oracle;
}
