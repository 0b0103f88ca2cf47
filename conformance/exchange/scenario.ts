/**
 * A conversation as a file tells it: `--expect scenario:FILE`. docs/SCENARIOS.md explains it, scenario.schema.json
 * checks it in editors.
 * @module
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | {
  readonly [key: string]: Json;
};

/** Bytes: as UTF-8 text or in hex. */
export type ScenarioBytes = { readonly text: string } | { readonly hex: string };

/** The payload of a frame: text, bytes in hex, or JSON (when expected, any text of the same JSON value). */
export type ScenarioPayload = string | ScenarioBytes | { readonly json: Json };

/** What is sent: bytes as they are, or frames that the framing of the requests encodes. */
export type ScenarioSend =
  | ScenarioBytes
  | { readonly json: Json }
  | { readonly frames: readonly ScenarioPayload[] };

/**
 * What has to come back: bytes as they are; frames; the next frame, or the shortest beginning of raw bytes, that fits
 * a pattern; so many frames (raw: bytes) whatever they are; or anything until it is quiet.
 */
export type ScenarioExpect =
  | ScenarioSend
  | { readonly pattern: string }
  | { readonly count: number }
  | "quiet";

/** One step of a conversation. */
export type ScenarioStep =
  | { readonly send: ScenarioSend }
  | { readonly expect: ScenarioExpect }
  /** The target ends the connection: by FIN, or by any means. */
  | { readonly expectClose: "fin" | "any" }
  /** Nothing is sent for so many ms. */
  | { readonly delay: number };

/**
 * A conversation with a target: what is said, and what has to come back.
 *
 * @example
 * ```ts
 * import type { Scenario } from "./scenario.ts";
 *
 * const ping: Scenario = {
 *   name: "ping",
 *   pipelining: true,
 *   steps: [
 *     { send: { text: "PING\r\n" } },
 *     { expect: { text: "+PONG\r\n" } },
 *   ],
 * };
 * console.log(ping.name);
 * ```
 */
export interface Scenario {
  /** Where the schema is, for editors. */
  readonly $schema?: string;
  /** What reports call it. */
  readonly name: string;
  /** What it is about. */
  readonly about?: string;
  /**
   * How frames are marked, as a spec string, or `raw` for bytes without framing; the same for both directions or one
   * for each.
   *
   * @default {"raw"}
   */
  readonly framing?: string | { readonly requests?: string; readonly answers?: string };
  /**
   * Whether the target takes requests before it has answered the earlier ones.
   *
   * @default {false}
   */
  readonly pipelining?: boolean;
  /** What is said and what has to come back, in order. */
  readonly steps: readonly ScenarioStep[];
}

/** A scenario cannot be used. The message says where and why. */
export class ScenarioError extends Error {
  /** The class of the error. */
  override readonly name = "ScenarioError";
  /** Where in the file, as a JSON path: `$.steps[3].send.hex`. */
  readonly path: string;

  /** Makes an error from the place and what is wrong there. */
  constructor(path: string, why: string) {
    super(`Cannot use the scenario: ${path} ${why}`);
    this.path = path;
  }
}
