import type { ServerSettings } from "../options.ts";

/** The options that a SIGHUP can change; the others need a restart, because powers were given up or sockets are open. */
export const CHANGEABLE: ReadonlySet<string> = new Set<keyof ServerSettings>([
  ...["tls-cert", "tls-key", "token-file", "insecure"] as const,
  ...["allow", "deny", "exempt", "max-connections", "max-per-address"] as const,
  ...[
    "max-unauthenticated",
    "max-frame",
    "max-frame-rate",
    "handshake-timeout",
    "idle-timeout",
  ] as const,
  ...["frame-timeout", "min-rate", "exec-output", "exec-timeout", "log", "log-level"] as const,
]);

/** What settings that were read again come to. */
export interface Changes {
  /** What holds from now on. */
  readonly settings: ServerSettings;
  /** The options that have changed. */
  readonly changed: readonly string[];
  /** Those that would have, after a restart. */
  readonly needRestart: readonly string[];
}

/** What becomes of the settings `old` of a server that runs, when it reads `fresh` ones. */
export function changesOf(old: ServerSettings, fresh: ServerSettings): Changes {
  const different = differing(old, fresh);
  const changed = different.filter((name) => CHANGEABLE.has(name));
  const needRestart = different.filter((name) => !CHANGEABLE.has(name));
  const kept = Object.fromEntries(Object.entries(old).filter(([name]) => !CHANGEABLE.has(name)));
  return { settings: { ...fresh, ...kept }, changed, needRestart };
}

function differing(old: ServerSettings, fresh: ServerSettings): string[] {
  const before = new Map(Object.entries(old).map(([name, value]) => [name, shown(value)]));
  return Object.entries(fresh).flatMap(([name, value]) =>
    before.get(name) === shown(value) ? [] : [name]
  );
}

/** Networks are told apart by their text. */
function shown(value: unknown): string {
  return JSON.stringify(value) ?? "";
}
