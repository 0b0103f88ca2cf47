import type { Slots } from "../connection_slots.ts";
import type { Grants } from "../grants.ts";
import { planListener } from "../listener_plan.ts";
import type { Log } from "../log.ts";
import type { Listening } from "../open_listener.ts";
import { type GrantSettings, renewGrants } from "../read_grants.ts";

/** What one thread serves, as far as it can be changed. */
export interface Live {
  grants: Grants;
  /** What `--listen` says, and what serves it. */
  readonly listeners: { readonly url: string; readonly server: Listening }[];
  readonly slots: Pick<Slots, "resize">;
  readonly newcomers: { most: number };
  readonly log: Log;
}

/** What changes; it can be sent to another thread. */
export interface Change {
  readonly settings: GrantSettings;
  /** The secret of nonstick/1 listeners, if there is one. */
  readonly token: Uint8Array | undefined;
  /** Connections at once in this thread that have not introduced themselves. */
  readonly mostNewcomers: number;
}

/** Serves who connects from now on as `change` says; connections that are open go on as they began. */
export function serveAnew(live: Live, { settings, token, mostNewcomers }: Change): void {
  live.grants = renewGrants(live.grants, settings, token);
  live.slots.resize(settings["max-connections"]);
  live.newcomers.most = mostNewcomers;
  live.log.format = settings.log;
  live.log.least = settings["log-level"];
  for (const { url, server } of live.listeners) {
    const plan = planListener(url, live.grants);
    if ("handler" in plan) server.serveBy?.(plan.handler);
  }
}
