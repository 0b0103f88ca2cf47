import { FramingError } from "../protocol/framing/mod.ts";
import { ProtocolError } from "../protocol/native/mod.ts";
import { DeadlineError } from "../protocol/session/mod.ts";
import type { ConnectionSlots } from "./connection_slots.ts";
import { listenForDatagrams } from "./datagrams/listen_for_datagrams.ts";
import type { Doorkeeper, PENALTIES } from "./doorkeeper.ts";
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
  const { tls, slots, door, log, metrics } = shared;
  if ("answer" in plan) return await listenForDatagrams(plan, door, log, metrics);
  return await serve(plan.handler, {
    listen: plan.endpoint,
    ...(tls && plan.endpoint.scheme === "tls" ? { tls } : {}),
    maxConnections: slots,
    verify: ({ remote }, { endpoint }) => {
      const refusal = door.enter(remote);
      if (refusal === null) {
        metrics?.opened();
        return true;
      }
      metrics?.refused(refusal.refused);
      log.add("warn", "refused", { listener: endpoint, peer: remote, why: refusal.refused });
      return false;
    },
    finish({ remote }) {
      door.leave(remote);
      metrics?.closed();
    },
    error: (error, connection, { endpoint }) => {
      const why = penaltyFor(error);
      if (connection !== null && why !== null) door.punish(connection.remote, why);
      metrics?.failed(error instanceof Error ? error.name : "unknown");
      log.failure(error, { listener: endpoint, peer: connection?.remote ?? "" });
    },
  });
}

/** What a peer has to answer for; null for what may happen to anybody. */
function penaltyFor(error: unknown): keyof typeof PENALTIES | null {
  if (error instanceof ProtocolError) return error.code === "auth" ? "auth" : "protocol";
  if (error instanceof FramingError) return "protocol";
  return error instanceof DeadlineError && error.phase === "handshake" ? "silence" : null;
}
