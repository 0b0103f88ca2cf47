import type { Job } from "../job.ts";
import type { Outcome } from "../outcome.ts";

/** Sums up how the target lived on after hostile deliveries. */
export function carryOutLiveness({ stage }: Job): Outcome {
  const { liveness: { alive, total }, target: { restarts } } = stage;
  if (total === 0) return { verdict: "INFO", detail: "there was no hostile delivery" };
  const detail = `${alive} of ${total} new connections served`;
  const deliveries = { played: total, total };
  if (restarts > 0) {
    const again = `${detail}; the target had to be started again ${restarts} times`;
    return { verdict: "FAIL", cause: "CRASH", detail: again, deliveries };
  }
  if (alive < total) return { verdict: "FAIL", cause: "HANG", detail, deliveries };
  return { verdict: "PASS", detail, deliveries };
}
