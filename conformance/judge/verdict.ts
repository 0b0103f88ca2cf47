/**
 * The words of a verdict; docs/CONFORMANCE.md explains each.
 * @module
 */

import type { Level } from "../stimulus/level.ts";

/** What a case comes to. Worst wins: FAIL, INCONCLUSIVE, NONSTRICT, PASS; the others say that nothing was judged. */
export type Verdict = "PASS" | "NONSTRICT" | "FAIL" | "INFO" | "UNSUPPORTED" | "INCONCLUSIVE";

/** Why a target failed. */
export type Cause =
  | "CRASH"
  | "HANG"
  | "DESYNC"
  | "LOST"
  | "DUPLICATED"
  | "PHANTOM"
  | "REORDERED"
  | "CORRUPT"
  | "LATE"
  | "LEAK"
  | "SLOW"
  | "POLICY";

/** What each cause means. */
export const CAUSES: Readonly<Record<Cause, string>> = {
  CRASH: "the process ended, or accepts no connection any more",
  HANG: "it read everything and neither answers nor closes",
  DESYNC: "it lost its place: it takes bytes inside of frames for frames",
  LOST: "a frame got no answer",
  DUPLICATED: "a frame was answered twice",
  PHANTOM: "an answer to a frame that nobody sent",
  REORDERED: "the answers came in another order than the frames",
  CORRUPT: "the payload of an answer is wrong, too short or too long",
  LATE: "an answer came only after more bytes were sent",
  LEAK: "memory is spent on the word of a header, or on answers that nobody reads",
  SLOW: "its time grows much faster than what it is sent",
  POLICY: "it did otherwise than was declared",
};

/** What is wrong in what happened. */
export interface Finding {
  /** Its kind. */
  readonly cause: Cause;
  /** What was expected and what came, in one sentence. */
  readonly detail: string;
  /** How binding it is what was broken, when that is less than the case says. */
  readonly level?: Exclude<Level, "MUST">;
}
