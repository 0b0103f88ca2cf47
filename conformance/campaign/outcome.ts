import { hexText } from "../../protocol/framing/hex.ts";
import { type Level, lower } from "../stimulus/level.ts";
import type { Finding, Verdict } from "../judge/verdict.ts";
import type { Delivery } from "../strategy/delivery.ts";
import type { CaseResult, Counterexample } from "./result.ts";

/** What a case comes to, before it is put into a {@linkcode CaseResult}. */
export type Outcome = Pick<CaseResult, "verdict" | "detail"> & Partial<CaseResult>;

/** The outcome of a case that is broken. */
export function broken(
  level: Level,
  { cause, detail, level: own }: Finding,
  more?: Partial<Outcome>,
): Outcome {
  return { verdict: verdictAt(lower(level, own ?? "MUST")), cause, detail, ...more };
}

/** The verdict on a case of this level that is broken. */
export function verdictAt(level: Level): Verdict {
  return level === "MUST" ? "FAIL" : level === "SHOULD" ? "NONSTRICT" : "INFO";
}

/** A pass that needs the benefit of the doubt, or a case that was played in part, proves nothing. */
export function strictly(outcome: Outcome): Outcome {
  const { verdict, deliveries = { played: 0, total: 0 }, edges } = outcome;
  const unproven = verdict === "PASS" && edges !== undefined && edges.proven < edges.requested;
  const inPart = verdict === "INFO" && deliveries.played < deliveries.total;
  return unproven || inPart ? { ...outcome, verdict: "INCONCLUSIVE" } : outcome;
}

/**
 * A failing delivery as plain data. Undefined for one in which time passes in a way that bytes, cuts and ends do not
 * say: that is repeated by its case.
 */
export function counterexampleOf(delivery: Delivery, play?: number): Counterexample | undefined {
  const { stimulus, cuts, waits, end, pace, sockets } = delivery;
  if (pace !== undefined) return undefined;
  return {
    stream: hexText(stimulus.bytes),
    cuts,
    waits,
    end,
    ...(sockets === undefined ? {} : { sockets }),
    frames: stimulus.frames.map(({ start, body, end }) => ({
      start,
      ...(body === undefined ? {} : { body }),
      end,
    })),
    ...(play === undefined ? {} : { play }),
  };
}
