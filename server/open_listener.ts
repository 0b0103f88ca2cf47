import { isEncrypted } from "../protocol/transport/mod.ts";
import type { ConnectionSlots } from "./connection_slots.ts";
import { listenForDatagrams } from "./datagrams/listen_for_datagrams.ts";
import type { Doorkeeper } from "./doorkeeper.ts";
import type { guardHooks } from "./guard.ts";
import type { Plan } from "./listener_plan.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { serve } from "./serve.ts";
import type { Server, ServerOptions } from "./server.ts";

/** What serves one `--listen`. */
export type Listening =
  & Pick<Server, "endpoint" | "connectionCount" | "finished" | "shutdown">
  & Partial<Pick<Server, "renewCertificate">>;

/** What all listeners of a program share. */
export interface Shared {
  /** Certificate and key of its `tls://` listeners. */
  readonly tls: ServerOptions["tls"] | null;
  /** How many are served at once. */
  readonly slots: ConnectionSlots;
  /** Who is let in. */
  readonly door: Doorkeeper;
  /** What is done with those who come by a stream. */
  readonly guard: ReturnType<typeof guardHooks>;
  /** Where it is told. */
  readonly log: Log;
  /** Where it is counted, if anywhere. */
  readonly metrics: Metrics | null;
}

/**
 * Listens as one `--listen` asks for, and serves who comes.
 *
 * @throws {ListenError} if it cannot be listened on.
 */
export async function openListener(plan: Plan, shared: Shared): Promise<Listening> {
  const { tls, slots, door, guard, log, metrics } = shared;
  if ("answer" in plan) return await listenForDatagrams(plan, door, log, metrics);
  return await serve(plan.handler, {
    listen: plan.endpoint,
    ...(tls && isEncrypted(plan.endpoint) ? { tls } : {}),
    maxConnections: slots,
    ...guard,
  });
}
