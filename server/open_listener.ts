import { isEncrypted, parseEndpoint } from "../protocol/transport/mod.ts";
import type { Slots } from "./connection_slots.ts";
import type { guardHooks } from "./guard.ts";
import type { ListenerPlan } from "./listener_plan.ts";
import type { ServerSettings } from "./options.ts";
import { type ConnectionHandler, serve } from "./serve.ts";
import type { Server, ServerOptions } from "./server.ts";

/** What serves one `--listen`. */
export type Listening =
  & Pick<Server, "endpoint" | "connectionCount" | "finished" | "shutdown">
  & Partial<Pick<Server, "renewCertificate">>
  & {
    /** Serves who connects from now on by another handler. */
    readonly serveBy?: (handler: ConnectionHandler) => void;
  };

/** What all listeners of a thread share. */
export interface Shared {
  /** Certificate and key of its `tls://` listeners. */
  readonly tls: ServerOptions["tls"] | null;
  /** How sockets are opened. */
  readonly sockets: Required<Pick<ServerOptions, "backlog" | "socketMode">>;
  /** How many are served at once. */
  readonly slots: Slots;
  /** What is done with those who come. */
  readonly guard: ReturnType<typeof guardHooks>;
  /** Whether others listen on the same ports. */
  readonly reusePort?: boolean;
  /** Throws if a listener must not be open for whom it is open for. */
  readonly refuse: (plan: ListenerPlan) => void;
}

/** How sockets are opened, as the options say it. */
export function socketsOf(
  { backlog, "socket-mode": socketMode }: Pick<ServerSettings, "backlog" | "socket-mode">,
): Shared["sockets"] {
  return { backlog, socketMode };
}

/**
 * Listens as one `--listen` asks for, and serves the connections that come.
 *
 * @throws {ListenError} if it cannot be listened on.
 */
export async function openListener(plan: ListenerPlan, shared: Shared): Promise<Listening> {
  const { tls, slots, guard, sockets, refuse, reusePort = false } = shared;
  let { handler } = plan;
  const server = await serve((connection, context) => handler(connection, context), {
    listen: plan.endpoint,
    ...(tls && isEncrypted(plan.endpoint) ? { tls } : {}),
    maxConnections: slots,
    reusePort,
    ...sockets,
    bound: (endpoint) => {
      // Who passed it has chosen its address.
      if (plan.endpoint.scheme === "fd") {
        refuse({ ...plan, endpoint: parseEndpoint(endpoint) });
      }
    },
    ...guard,
  });
  return Object.assign(server, {
    serveBy(next: ConnectionHandler) {
      handler = next;
    },
  });
}
