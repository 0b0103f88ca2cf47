import { isEncrypted } from "../protocol/transport/mod.ts";
import type { Slots } from "./connection_slots.ts";
import type { guardHooks } from "./guard.ts";
import type { ListenerPlan } from "./listener_plan.ts";
import { serve } from "./serve.ts";
import type { Server, ServerOptions } from "./server.ts";

/** What serves one `--listen`. */
export type Listening =
  & Pick<Server, "endpoint" | "connectionCount" | "finished" | "shutdown">
  & Partial<Pick<Server, "renewCertificate">>;

/** What all listeners of a thread share. */
export interface Shared {
  /** Certificate and key of its `tls://` listeners. */
  readonly tls: ServerOptions["tls"] | null;
  /** How many are served at once. */
  readonly slots: Slots;
  /** What is done with those who come. */
  readonly guard: ReturnType<typeof guardHooks>;
  /** Whether others listen on the same ports. */
  readonly reusePort?: boolean;
}

/**
 * Listens as one `--listen` asks for, and serves the connections that come.
 *
 * @throws {ListenError} if it cannot be listened on.
 */
export async function openListener(plan: ListenerPlan, shared: Shared): Promise<Listening> {
  const { tls, slots, guard, reusePort = false } = shared;
  return await serve(plan.handler, {
    listen: plan.endpoint,
    ...(tls && isEncrypted(plan.endpoint) ? { tls } : {}),
    maxConnections: slots,
    reusePort,
    ...guard,
  });
}
