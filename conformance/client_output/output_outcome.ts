import { broken, counterexampleOf, type Outcome } from "../campaign/outcome.ts";
import type { Level } from "../stimulus/level.ts";
import type { OutputTally } from "./play_outputs.ts";

/** What a tally comes to. `covers` is for the certificate. */
export function outputOutcome(
  tally: OutputTally,
  { level }: { readonly level: Level },
  { total, covers }: { readonly total: number; readonly covers?: string },
): Outcome {
  const { passed, proven, edges, doubts, confirmed, unsteady } = tally;
  const counts = {
    deliveries: { played: passed + (confirmed ? 1 : doubts), total },
    edges,
    ...(covers === undefined ? {} : { certificate: { covers, proven, passed, total } }),
  };
  if (confirmed !== undefined) {
    const counterexample = counterexampleOf(confirmed.delivery, confirmed.play);
    return {
      ...counts,
      ...broken(level, confirmed.finding, counterexample && { counterexample }),
    };
  }
  const inconclusive = (detail: string): Outcome => ({
    ...counts,
    verdict: "INCONCLUSIVE",
    detail,
  });
  if (unsteady !== undefined) {
    return inconclusive(`a delivery failed, but so does the uncut stream by now: ${unsteady}`);
  }
  if (doubts > 0) {
    return inconclusive(`${doubts} deliveries failed, but not three times in a row`);
  }
  if (tally.outOfTime || passed < total) {
    const why = tally.outOfTime ? "time budget: " : "";
    const detail = `${why}${passed} of ${total} deliveries played, all of them right`;
    return { ...counts, verdict: "INFO", detail };
  }
  const assumed = edges.requested - edges.proven;
  const detail = assumed === 0
    ? ""
    : `${edges.proven} of ${edges.requested} edges proven, the others assumed`;
  return { ...counts, verdict: "PASS", detail };
}
