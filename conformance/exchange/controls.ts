/**
 * Controls: the stream as kindly as it can be sent, several times. They show what the target does at all, whether it
 * does so each time, and how long that takes.
 * @module
 */
import type { LearntPatience } from "../campaign/patience.ts";
import type { Cause } from "../judge/verdict.ts";
import type { ExchangeStage } from "./exchange_stage.ts";
import { type Comparing, InvarianceOracle, LISTENER } from "./invariance_oracle.ts";
import type { Exchange, ExchangePlay } from "./oracle.ts";

/** How often the control is played before it is believed. */
export const CONTROLS = 5;
/** How long nothing may come before an answer of unknown length is over, in ms. */
const LISTEN_MS = 300;

/** What the controls came to: the exchange with its oracle, or why there is none. */
export type Lesson = Learnt | { readonly problem: Problem };

/** Controls that all came to the same. */
export interface Learnt {
  /** What is played from now on. */
  readonly exchange: Exchange;
  /** The controls. */
  readonly plays: readonly ExchangePlay[];
}

/** Why nothing can be judged. */
export interface Problem {
  /** FAIL where the target broke a promise, INCONCLUSIVE where none can be told. */
  readonly verdict: "FAIL" | "INCONCLUSIVE";
  /** Why, for FAIL. */
  readonly cause?: Cause;
  /** What was seen. */
  readonly detail: string;
}

/** Listens to what the target answers to a stream, and whether it does so each time. */
export async function learnAnswers(
  stage: ExchangeStage,
  { base, seams }: Pick<Exchange, "base" | "seams">,
  comparing: Comparing,
  patience: LearntPatience,
): Promise<Lesson> {
  const silent = { base, seams, pauses: new Map(), oracle: LISTENER };
  const first = await stage.play(base, silent, {
    patience: { ...patience.full, quietMs: LISTEN_MS },
  });
  const unheard = unheardOf(first);
  if (unheard !== null) return { problem: unheard };
  const exchange = { ...silent, oracle: new InvarianceOracle(first, comparing) };
  const lesson = await repeated(stage, exchange, first, patience);
  if (!("problem" in lesson)) return lesson;
  const detail = `the unsplit stream is not answered alike each time: ${lesson.problem.detail}${
    lesson.problem.verdict === "FAIL" ? "" : "; --mask REGEX hides what may differ"
  }`;
  return { problem: { ...lesson.problem, detail } };
}

/** Plays the control of a scenario, whose answers are known. */
export async function checkAnswers(
  stage: ExchangeStage,
  exchange: Exchange,
  ended: (play: ExchangePlay) => Exchange,
  patience: LearntPatience,
): Promise<Lesson> {
  const { play, finding } = await stage.trial(exchange.base, exchange, { patience: patience.full });
  if (finding !== null) return { problem: { verdict: "FAIL", ...finding } };
  patience.learn(slowestAnswer(play));
  const lesson = await repeated(stage, ended(play), play, patience);
  if (!("problem" in lesson)) return lesson;
  const detail = `it passed, then it did not: ${lesson.problem.detail}`;
  return { problem: { ...lesson.problem, detail } };
}

/** How long the slowest answer of a play took from the last byte sent before it, in ms. */
export function slowestAnswer({ chunks, reads, startedMs }: ExchangePlay): number {
  return reads.reduce((slowest, { atMs }) => {
    const sentMs = chunks.findLast(({ writtenMs }) => writtenMs <= atMs)?.writtenMs ?? startedMs;
    return Math.max(slowest, atMs - sentMs);
  }, 0);
}

function unheardOf(play: ExchangePlay): Problem | null {
  if (play.state === "refused") {
    return { verdict: "FAIL", cause: "CRASH", detail: "the target accepts no connection" };
  }
  if (play.undecodable !== undefined) return { verdict: "INCONCLUSIVE", detail: play.undecodable };
  if (play.reads.length > 0) return null;
  const detail = "the target answers nothing to the unsplit stream: there is nothing to compare";
  return { verdict: "INCONCLUSIVE", detail };
}

async function repeated(
  stage: ExchangeStage,
  exchange: Exchange,
  first: ExchangePlay,
  patience: LearntPatience,
): Promise<Lesson> {
  const plays = [first];
  while (plays.length < CONTROLS) {
    const { play, finding } = await stage.trial(exchange.base, exchange, {
      patience: patience.full,
    });
    plays.push(play);
    if (finding?.cause === "CRASH") return { problem: { verdict: "FAIL", ...finding } };
    if (finding !== null) {
      const detail = `control ${plays.length} is not as the first: ${finding.detail}`;
      return { problem: { verdict: "INCONCLUSIVE", detail } };
    }
    patience.learn(slowestAnswer(play));
  }
  return { exchange, plays };
}
