import { connectionsEnded } from "../protocol/transport/mod.ts";
import type { Log } from "./log.ts";
import type { Opened } from "./open_all.ts";
import { DEFAULT_DRAIN_TIMEOUT_MS } from "./server.ts";
import type { SignalWatch } from "./signals.ts";

/**
 * Waits for a signal, for the end of all listeners, or for a worker that fails, and lets connections end; `onStop` is told when
 * that begins. Resolves to whether no worker has failed.
 */
export async function untilEnd(
  { servers, crew }: Opened,
  signals: SignalWatch,
  log: Log,
  onStop: () => void,
): Promise<boolean> {
  const ended = Promise.all(servers.map(({ finished }) => finished));
  const signal = await signals.until(Promise.race(crew === null ? [ended] : [ended, crew.failed]));
  if (signal !== null || crew?.hasFailed) {
    onStop();
    const connections = servers.reduce((sum, { connectionCount }) => sum + connectionCount, 0);
    const why = signal === null ? { why: "worker-failed" } : { signal };
    log.add("info", "draining", { ...why, connections, ms: DEFAULT_DRAIN_TIMEOUT_MS });
    const closed = await Promise.all(servers.map((server) => server.shutdown()));
    await connectionsEnded();
    await signals.unhurried();
    log.add("info", "stopped", { closed: closed.reduce((sum, count) => sum + count, 0) });
  }
  return !crew?.hasFailed;
}
