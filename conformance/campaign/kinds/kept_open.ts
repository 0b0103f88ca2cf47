import type { PlanOf } from "../../cases/case.ts";
import { these } from "../../strategy/deliveries.ts";
import type { Job } from "../job.ts";
import type { Outcome } from "../outcome.ts";
import { carryOutDeliveries } from "./deliveries.ts";

/** Tells whether the connection is kept open behind a complete answer; both are right. */
export async function carryOutKeptOpen(
  { delivery }: PlanOf<"kept-open">,
  job: Job,
): Promise<Outcome> {
  const outcome = await carryOutDeliveries(
    { kind: "deliveries", deliveries: these([delivery]) },
    job,
  );
  if (outcome.verdict !== "PASS") return outcome;
  const { subject } = await job.stage.trial(delivery, job.patience.usual);
  const does = subject.state === "open" ? "keeps its side open" : "closes";
  return { ...outcome, detail: `after our FIN and its answers the target ${does}` };
}
