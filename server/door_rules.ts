import { type DoorRules, THIS_MACHINE } from "./doorkeeper.ts";
import type { ServerSettings } from "./options.ts";

/** Whom the options let in. */
export function doorRules(settings: ServerSettings): DoorRules {
  return {
    allow: settings.allow.flat(),
    deny: settings.deny.flat(),
    mostPerSource: settings["max-per-address"] ?? Math.ceil(settings["max-connections"] / 4),
    exempt: settings.exempt.length === 0 ? THIS_MACHINE : settings.exempt.flat(),
  };
}

/** How many connections that have not introduced themselves the options allow. */
export function mostNewcomers(
  settings: Pick<ServerSettings, "max-connections" | "max-unauthenticated">,
): number {
  return settings["max-unauthenticated"] ?? Math.ceil(settings["max-connections"] / 3);
}
