import { ConnectionSlots } from "./connection_slots.ts";
import { listenForDatagrams } from "./datagrams/listen_for_datagrams.ts";
import type { Doorkeeper } from "./doorkeeper.ts";
import type { Grants } from "./grants.ts";
import { guardHooks } from "./guard.ts";
import type { Asked } from "./listener_plan.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { type Listening, openListener, type Shared } from "./open_listener.ts";
import type { GrantSettings } from "./read_grants.ts";
import type { ServerOptions } from "./server.ts";
import { Crew } from "./workers/crew.ts";
import { SharedSlots } from "./workers/shared_slots.ts";
import type { Sharing } from "./workers/sharing.ts";

/** What serves the listeners of a program. */
export interface Opened {
  /** The endpoint of each plan. */
  readonly endpoints: readonly string[];
  /** What runs: a server for each listener of this thread, and the crew if there is one. */
  readonly servers: readonly Omit<Listening, "endpoint">[];
  /** The workers. */
  readonly crew: Crew | null;
}

/** What all listeners are opened with. */
export interface Common {
  /** The options of the program. */
  readonly settings: GrantSettings;
  /** What is granted in this thread. */
  readonly grants: Grants;
  /** Who serves what. */
  readonly sharing: Sharing;
  /** Certificate and key of `tls://` listeners. */
  readonly tls: ServerOptions["tls"] | null;
  /** Who is let in. It is in this thread: datagrams cannot wait for another one. */
  readonly door: Doorkeeper;
  /** Where it is told. */
  readonly log: Log;
  /** Where it is counted, if anywhere. */
  readonly metrics: Metrics | null;
}

/** What listeners of this thread have in common. */
type Here = Shared & Pick<Common, "door" | "log" | "metrics">;

/**
 * Opens all listeners, or none.
 *
 * @throws {ListenError} if one of them cannot be listened on.
 */
export async function openAll(asked: readonly Asked[], common: Common): Promise<Opened> {
  const { settings, grants: { chat, token }, sharing: { count, shares }, tls, door, log, metrics } =
    common;
  const most = settings["max-connections"];
  const newcomers = settings["max-unauthenticated"] ?? Math.ceil(most / 2);
  const theirs = count === 0 ? [] : asked.filter(({ plan }) => shares(plan));
  const ours = asked.filter((one) => !theirs.includes(one));
  // Who has not introduced itself is known to the thread that serves it alone: each has its part of them.
  const mostNewcomers = Math.ceil(newcomers / (count + (ours.length > 0 ? 1 : 0)));
  const guard = guardHooks({ door, mostNewcomers, log, metrics });
  const servers: Omit<Listening, "endpoint">[] = [];
  try {
    if (count === 0) {
      const here = { tls, guard, slots: new ConnectionSlots(most), door, log, metrics };
      return { endpoints: await openHere(ours, here, servers), servers, crew: null };
    }
    const slots = new SharedSlots(most), crew = new Crew({ count, door, chat, log });
    servers.push(crew);
    const here = await openHere(ours, { tls, guard, slots, door, log, metrics }, servers);
    const task = { settings, tls, token, mostNewcomers, slots: slots.memory };
    const there = await crew.open(theirs, task);
    const endpoints = asked.map((one) =>
      (theirs.includes(one) ? there[theirs.indexOf(one)] : here[ours.indexOf(one)]) ?? ""
    );
    return { endpoints, servers, crew };
  } catch (error) {
    await Promise.all(servers.map((server) => server.shutdown({ timeoutMs: 0 })));
    throw error;
  }
}

/** Opens them in this thread, adds them to `servers`, and tells their endpoints. */
async function openHere(
  asked: readonly Asked[],
  here: Here,
  servers: Omit<Listening, "endpoint">[],
): Promise<string[]> {
  const { door, log, metrics } = here;
  const endpoints: string[] = [];
  for (const { plan } of asked) {
    const server = "answer" in plan
      ? await listenForDatagrams(plan, door, log, metrics)
      : await openListener(plan, here);
    servers.push(server);
    endpoints.push(server.endpoint);
  }
  return endpoints;
}
