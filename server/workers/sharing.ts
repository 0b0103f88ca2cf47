import type { Grants } from "../grants.ts";
import type { Plan } from "../listener_plan.ts";

/** Which listeners are shared by how many workers; what cannot be shared is served by the main thread. */
export interface Sharing {
  /** How many workers; 0 when the main thread serves everything. */
  readonly count: number;
  /** Whether that listener is shared. */
  readonly shares: (plan: Plan) => boolean;
  /** What its owner should know. */
  readonly notes: readonly string[];
}

/** What a machine has, to decide by. */
export interface Machine {
  /** Its system. */
  readonly os: typeof Deno.build.os;
  /** How many threads it runs at once. */
  readonly cores: number;
}

const THIS_MACHINE: Machine = { os: Deno.build.os, cores: navigator.hardwareConcurrency };

/** Decides by `--workers`; 0 asks for one worker on each core. */
export function sharingOf(
  asked: number,
  plans: readonly Plan[],
  grants: Grants,
  { os, cores }: Machine = THIS_MACHINE,
): Sharing {
  const count = asked === 0 ? cores : asked;
  const alone = (...notes: string[]) => ({ count: 0, shares: () => false, notes });
  if (count === 1) return alone();
  const vain = `WARNING: --workers ${asked}: one thread serves everything`;
  if (os !== "linux") {
    return alone(`${vain}, because only Linux shares out the connections of a port.`);
  }
  const shares = (plan: Plan) => {
    const { scheme } = plan.endpoint;
    // Only the main thread has the terminal.
    const atTerminal = plan.speak === "chat-raw" && grants.operator !== undefined;
    return (scheme === "tcp" || scheme === "tls") && !atTerminal;
  };
  const kept = plans.filter((plan) => !shares(plan)).map(({ endpoint, speak }) =>
    `${endpoint.scheme}:${speak === "chat-raw" ? " of chat-raw without --room" : ""}`
  );
  if (kept.length === plans.length) {
    return alone(`${vain}, because ${[...new Set(kept)].join(", ")} cannot be shared.`);
  }
  const notes = [`${count} workers share the connections of tcp:// and tls:// listeners`];
  if (kept.length > 0) notes.push(`One thread serves ${[...new Set(kept)].join(", ")}`);
  return { count, shares, notes };
}
