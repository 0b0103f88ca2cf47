import { mostNewcomers } from "./door_rules.ts";
import { ConnectionSlots } from "./connection_slots.ts";
import { listenForDatagrams } from "./datagrams/listen_for_datagrams.ts";
import type { Doorkeeper } from "./doorkeeper.ts";
import type { Grants } from "./grants.ts";
import { guardHooks } from "./guard.ts";
import type { Asked, Plan } from "./listener_plan.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { Newcomers } from "./newcomers.ts";
import { type Listening, openListener, type Shared, socketsOf } from "./open_listener.ts";
import type { GrantSettings } from "./read_grants.ts";
import { type Live, serveAnew } from "./reload/serve_anew.ts";
import type { Connection } from "../protocol/transport/mod.ts";
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
  /** Serves who connects from now on by these settings, in every thread. */
  readonly change: (settings: GrantSettings, token: Uint8Array | undefined) => Promise<void>;
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
  /** Throws if a listener must not be open for whom it is open for. */
  readonly refuse: (plan: Plan) => void;
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
  const { settings, grants, sharing: { count, shares }, tls, door, refuse, log, metrics } = common;
  const { chat, token } = grants;
  const most = settings["max-connections"];
  const theirs = count === 0 ? [] : asked.filter(({ plan }) => shares(plan));
  const ours = asked.filter((one) => !theirs.includes(one));
  // Who has not introduced itself is known to the thread that serves it alone: each has its part of them.
  const threads = count + (ours.length > 0 ? 1 : 0);
  const share = (of: GrantSettings) => Math.ceil(mostNewcomers(of) / threads);
  const newcomers = new Newcomers<Connection>(share(settings));
  const shared = count === 0 ? null : new SharedSlots(most);
  const slots = shared ?? new ConnectionSlots(most);
  const guard = guardHooks({ door, newcomers, log, metrics });
  const here = { tls, sockets: socketsOf(settings), slots, guard, refuse, door, log, metrics };
  const servers: Omit<Listening, "endpoint">[] = [];
  const live: Live = { grants, listeners: [], slots, newcomers, log };
  try {
    const crew = shared && new Crew({ count, door, chat, log });
    if (crew !== null) servers.push(crew);
    await openHere(ours, here, servers, live);
    const there = shared === null ? [] : await crew?.open(theirs, {
      ...{ settings, tls, token, mostNewcomers: share(settings), slots: shared.memory },
    }) ?? [];
    const bound = live.listeners.map(({ server }) => server.endpoint);
    const endpoints = asked.map((one) =>
      (theirs.includes(one) ? there[theirs.indexOf(one)] : bound[ours.indexOf(one)]) ?? ""
    );
    return {
      ...{ endpoints, servers, crew },
      async change(settings, token) {
        const change = { settings, token, mostNewcomers: share(settings) };
        serveAnew(live, change);
        await crew?.change(change);
      },
    };
  } catch (error) {
    await Promise.all(servers.map((server) => server.shutdown({ timeoutMs: 0 })));
    throw error;
  }
}

/** Opens them in this thread, and adds them to `servers` and `live`. */
async function openHere(
  asked: readonly Asked[],
  here: Here,
  servers: Omit<Listening, "endpoint">[],
  live: Live,
): Promise<void> {
  const { door, log, metrics } = here;
  for (const { url, plan } of asked) {
    const server = "answer" in plan
      ? await listenForDatagrams(plan, door, log, metrics)
      : await openListener(plan, here);
    servers.push(server);
    live.listeners.push({ url, server });
  }
}
