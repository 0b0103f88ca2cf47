import { runZooClient } from "./run_zoo_client.ts";
import { CLIENT_ZOO, type ClientBug } from "./zoo.ts";

/** Clients whose cases are played at the same time. More of them would take the time from each other. */
const AT_ONCE = 3;
/** Time for the cases of one client: enough for all of them. */
const BUDGET_MS = 600_000;

/** Which cases a planted bug of a client fails. */
export interface ClientKill {
  /** The bug. */
  readonly bug: ClientBug;
  /** Ids of the cases, in their order. */
  readonly cases: readonly string[];
}

/**
 * How a measured kill is less than the table says, or more where it says that the bug lives but in one case; empty when it
 * is neither. That other cases show a bug as well may be a matter of chance.
 */
export function killProblem({ bug, cases }: ClientKill): string {
  const { name, shownBy, alsoShownBy = [] } = bug;
  const lives = [shownBy, ...alsoShownBy].filter((id) => !cases.includes(id));
  const more = alsoShownBy.length > 0 ? [] : cases.filter((id) => id !== shownBy);
  const parts = [
    ...(lives.length > 0 ? [`lives in ${lives.join(", ")}`] : []),
    ...(more.length > 0 ? [`is killed by ${more.join(", ")} as well`] : []),
  ];
  return parts.length === 0 ? "" : `Client ${name} ${parts.join(" and ")}`;
}

/** Plays all cases of every client of the zoo. */
export async function clientKills(): Promise<ClientKill[]> {
  const kills = new Map<ClientBug, ClientKill>();
  const left = [...CLIENT_ZOO];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let bug = left.shift(); bug !== undefined; bug = left.shift()) {
      const results = await runZooClient(bug.name, { budgetMs: BUDGET_MS });
      const failed = results.filter(({ verdict }) => verdict === "FAIL").map(({ id }) => id);
      kills.set(bug, { bug, cases: failed });
    }
  }));
  return CLIENT_ZOO.flatMap((bug) => kills.get(bug) ?? []);
}
