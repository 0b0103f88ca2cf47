import type { Verdict } from "../judge/verdict.ts";
import type { ConformanceCase, OutcomeMap } from "./case.ts";

/** The verdict on a case that is broken, by its level. */
const BROKEN = { MUST: "FAIL", SHOULD: "NONSTRICT", MAY: "INFO" } as const;

/** What is seen for each verdict that a case can come to: what it says itself, and what holds for all. */
export function outcomesOf({ level, needs, outcomes }: ConformanceCase): OutcomeMap {
  const usual: Partial<Record<Verdict, string>> = {
    PASS: "All of it was played and was right.",
    [BROKEN[level]]: "The requirement was broken, three times out of three.",
    INCONCLUSIVE: "It failed, but not three times out of three; or a control failed.",
    ...(level === "MAY"
      ? {}
      : { INFO: "A part of it was played in the time given, and was right." }),
    ...(needs === undefined ? {} : { UNSUPPORTED: "One of its needs is not met." }),
  };
  return { ...usual, ...outcomes };
}
