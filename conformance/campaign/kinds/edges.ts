import type { Job } from "../job.ts";
import type { Outcome } from "../outcome.ts";

/** How edges are watched, in words. */
const EDGE_METHODS = {
  sock_diag: "edges are proven by sock_diag",
  pipe: "edges are proven by what is left in the pipe (FIONREAD)",
  proc: "edges are proven by /proc/net/tcp",
  none: "edges are assumed",
  exact: "edges are exact: each chunk is handed over to the decoder by itself",
} as const;

/** Tells how edges are watched. */
export function carryOutEdges({ stage, options }: Job): Outcome {
  const { method, reason } = stage.edge;
  const detail = `${EDGE_METHODS[method]}${reason === "" ? "" : `: ${reason}`}`;
  if (method !== "none") return { verdict: "PASS", detail };
  return { verdict: options.strict ? "INCONCLUSIVE" : "INFO", detail };
}
