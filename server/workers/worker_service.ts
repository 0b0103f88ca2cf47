import { sourceOf } from "../../cli/address.ts";
import type { Connection, Endpoint, TlsIdentity } from "../../protocol/transport/mod.ts";
import { addressOf, type Door } from "../doorkeeper.ts";
import { guardHooks } from "../guard.ts";
import { giveUpPowers, type Power, type PowerState, tryPowers } from "../least_power.ts";
import { planListener } from "../listener_plan.ts";
import { Log } from "../log.ts";
import { countMetrics, type Counts } from "../metrics.ts";
import { Newcomers } from "../newcomers.ts";
import { type Listening, openListener, socketsOf } from "../open_listener.ts";
import { type GrantSettings, readGrants } from "../read_grants.ts";
import { type Change, type Live, serveAnew } from "../reload/serve_anew.ts";
import type { ServerOptions } from "../server.ts";
import { Calls } from "./calls.ts";
import type { Delivery } from "./chat_desk.ts";
import type { MainService } from "./main_service.ts";
import { RemoteChat } from "./remote_chat.ts";
import { SharedSlots } from "./shared_slots.ts";

/** One listener of a worker. */
export interface Place {
  /** What `--listen` says. */
  readonly url: string;
  /** Where that is; with port 0 for the first worker, which takes a free one for all. */
  readonly endpoint: Endpoint;
}

/** What a worker is to serve. */
export interface Task {
  /** The options of the program. */
  readonly settings: GrantSettings;
  /** Where it listens. */
  readonly places: readonly Place[];
  /** Certificate and key of `tls://` listeners. */
  readonly tls: ServerOptions["tls"] | null;
  /** The secret of nonstick/1 listeners. */
  readonly token: Uint8Array | undefined;
  /** Its share of the connections that have not introduced themselves. */
  readonly mostNewcomers: number;
  /** The memory of {@linkcode SharedSlots}. */
  readonly slots: SharedArrayBuffer;
}

/** What a worker does for the main thread. */
export interface WorkerService {
  /** Listens; resolves to its endpoints. Done once. */
  open(task: Task): Promise<string[]>;
  /** See {@linkcode Server.renewCertificate}. */
  renew(identity: TlsIdentity): Promise<void>;
  /** See {@linkcode serveAnew}. */
  change(change: Change): void;
  /** See {@linkcode giveUpPowers}. */
  giveUp(needed: readonly Power[]): Promise<void>;
  /** See {@linkcode tryPowers}. */
  tryPowers(needed: readonly Power[]): Promise<PowerState[]>;
  /** What it has counted. */
  counts(): Counts;
  /** What happened in rooms of its members. */
  hear(deliveries: readonly Delivery[]): void;
  /** Stops accepting, and resolves to how many connections had to be closed after `timeoutMs`. */
  drain(timeoutMs: number): Promise<number>;
}

/** Serves as the main thread says, at the other end of `port`. */
export function serveInWorker(port: MessagePort): void {
  const servers: Listening[] = [];
  let live: Live | null = null;
  const metrics = countMetrics();
  const service: WorkerService = {
    async open({ settings, places, tls, token, slots, mostNewcomers }) {
      const log = new Log(settings.log, settings["log-level"]);
      const grants = await readGrants(settings, { log, metrics, chat, token });
      const newcomers = new Newcomers<Connection>(mostNewcomers);
      const shared = {
        ...{ tls, reusePort: true, sockets: socketsOf(settings) },
        slots: new SharedSlots(settings["max-connections"], slots),
        guard: guardHooks({ door, newcomers, log, metrics }),
        // The main thread has looked at all of them.
        refuse: () => {},
      };
      live = { grants, listeners: [], slots: shared.slots, newcomers, log };
      for (const { url, endpoint } of places) {
        const plan = planListener(url, grants);
        if ("answer" in plan) throw new TypeError(`Cannot share ${url} among workers`);
        const server = await openListener({ ...plan, endpoint }, shared);
        servers.push(server);
        live.listeners.push({ url, server });
      }
      return servers.map(({ endpoint }) => endpoint);
    },
    async renew(identity) {
      for (const server of servers) await server.renewCertificate?.(identity);
    },
    change(change) {
      if (live !== null) serveAnew(live, change);
    },
    giveUp: (needed) => giveUpPowers(new Set(needed)),
    tryPowers: (needed) => tryPowers(new Set(needed)),
    counts: () => metrics.counts(),
    hear: (deliveries) => chat.hear(deliveries),
    async drain(timeoutMs) {
      const closed = await Promise.all(servers.map((server) => server.shutdown({ timeoutMs })));
      return closed.reduce((sum, count) => sum + count, 0);
    },
  };
  const main: Calls<MainService> = new Calls(port, service);
  const chat = new RemoteChat(main);
  const door: Door = {
    enter: (remote) => main.ask("enter", [remote]),
    leave: (remote) => main.tell("gone", remote),
    punish: (remote, why) => main.tell("punish", remote, why),
    sourceOf(remote) {
      const address = addressOf(remote);
      return address === null ? "" : sourceOf(address) ?? address;
    },
  };
}
