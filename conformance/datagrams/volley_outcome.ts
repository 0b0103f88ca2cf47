import { broken, counterexampleOf, type Outcome } from "../campaign/outcome.ts";
import type { CertificateLine } from "../campaign/result.ts";
import { NOT_HERE } from "../shard/shard.ts";
import type { DatagramCase } from "./datagram_cases.ts";
import type { DatagramPlan } from "./datagram_plan.ts";
import type { VolleyTally } from "./play_volleys.ts";

/** What a tally comes to. */
export function outcomeOf(
  { confirmed, doubts, unsure, outOfTime, passed, edges }: VolleyTally,
  { level }: Pick<DatagramCase, "level">,
  total: number,
): Outcome {
  const counted = { deliveries: { played: passed.size, total }, edges };
  if (confirmed !== undefined) {
    const { finding, delivery, play } = confirmed;
    const counterexample = counterexampleOf(delivery, play);
    return broken(level, finding, { ...counted, ...(counterexample ? { counterexample } : {}) });
  }
  if (unsure > 0) {
    const why =
      "no answer, but it is not known whether the datagrams were read: the network may have lost them";
    return { verdict: "INCONCLUSIVE", detail: why, ...counted };
  }
  if (doubts > 0) {
    const detail = `${doubts} volleys failed, but not three times in a row`;
    return { verdict: "INCONCLUSIVE", detail, ...counted };
  }
  if (outOfTime) {
    const detail = `time budget: ${passed.size} of ${total} volleys played, all of them right`;
    return { verdict: "INFO", detail, ...counted };
  }
  if (passed.size === 0 && total > 0) return { verdict: "INFO", detail: NOT_HERE, ...counted };
  const { proven, requested } = edges;
  const detail = proven < requested
    ? `${proven} of ${requested} datagrams are proven to have been read, the others assumed`
    : "";
  return { verdict: "PASS", detail, ...counted };
}

/** What of a set was covered. */
export function certificateOf(
  { covers, covered, set, volleys }: DatagramPlan & { kind: "volleys" },
  { passed, proven }: VolleyTally,
): CertificateLine | undefined {
  if (covers === undefined) return undefined;
  const total = covered ?? volleys.count;
  const inSet = (numbers: ReadonlySet<number>) => [...numbers].filter((n) => n < total).length;
  return {
    covers,
    proven: inSet(proven),
    passed: inSet(passed),
    total,
    ...(set === undefined ? {} : { set }),
  };
}
