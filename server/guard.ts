import { FramingError } from "../protocol/framing/mod.ts";
import { ProtocolError } from "../protocol/native/mod.ts";
import { DeadlineError } from "../protocol/session/mod.ts";
import type { Connection } from "../protocol/transport/mod.ts";
import type { Door, PENALTIES } from "./doorkeeper.ts";
import { FloodGate } from "./flood_gate.ts";
import type { Log, LogFields } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Newcomers } from "./newcomers.ts";
import type { ServeOptions } from "./serve.ts";

/** Lines about peers that are written at once, and each second from then on: a flood must not fill the log. */
const BURST = 100, PER_SECOND = 20;

/** What stands between the listeners and those who come. */
export interface GuardParts {
  readonly door: Door;
  /** Who has not introduced itself. */
  readonly newcomers: Newcomers<Connection>;
  readonly log: Log;
  readonly metrics: Metrics | null;
}

/**
 * The hooks of every listener: who is let in, who has to introduce itself, who has to pay for what it did, and what is told of
 * it. They share one count.
 */
export function guardHooks(
  { door, newcomers, log, metrics }: GuardParts,
): Pick<Required<ServeOptions>, "verify" | "admitted" | "finish" | "error" | "acceptFailed"> {
  const pushedOut = new WeakSet<Connection>();
  const gate = new FloodGate(BURST, PER_SECOND);
  let untold = 0;
  const tell = (write: (more: LogFields) => void) => {
    if (!gate.pass()) return void untold++;
    const more: LogFields = untold === 0 ? {} : { untold };
    untold = 0;
    write(more);
  };
  const refuse = (listener: string, peer: string, why: string) => {
    metrics?.refused(why);
    tell((more) => log.add("warn", "refused", { listener, peer, why, ...more }));
  };
  const left = (peer: string) => {
    door.leave(peer);
    metrics?.closed();
  };
  return {
    async verify(connection, { endpoint }) {
      const { remote } = connection;
      const refusal = await door.enter(remote);
      if (refusal !== null) {
        refuse(endpoint, remote, refusal.refused);
        return false;
      }
      metrics?.opened();
      log.add("debug", "connected", { listener: endpoint, peer: remote });
      const turn = newcomers.enter(connection, door.sourceOf(remote), () => {
        pushedOut.add(connection);
        refuse(endpoint, remote, "too many unauthenticated");
        connection.close();
      });
      return turn === true ? true : turn.then((served) => {
        if (!served) left(remote);
        return served;
      });
    },
    admitted: (connection) => newcomers.leave(connection),
    finish(connection, { endpoint }) {
      newcomers.leave(connection);
      left(connection.remote);
      log.add("debug", "disconnected", { listener: endpoint, peer: connection.remote });
    },
    acceptFailed(error, { endpoint: listener }) {
      const message = String(error);
      tell((more) => log.add("warn", "accept-failed", { listener, message, ...more }));
    },
    error(error, connection, { endpoint }) {
      // That it failed then is our doing, and was told.
      if (connection !== null && pushedOut.has(connection)) return;
      const why = penaltyFor(error), peer = connection?.remote ?? "";
      if (connection !== null && why !== null) door.punish(peer, why);
      metrics?.failed(error instanceof Error ? error.name : "unknown");
      tell((more) => log.failure(error, { listener: endpoint, peer, ...more }));
    },
  };
}

/** What a peer has to answer for; null for what may happen to anybody. */
function penaltyFor(error: unknown): keyof typeof PENALTIES | null {
  if (error instanceof ProtocolError) return error.code === "auth" ? "auth" : "protocol";
  if (error instanceof FramingError) return "protocol";
  if (!(error instanceof DeadlineError)) return null;
  switch (error.phase) {
    case "handshake":
      return "silence";
    case "frame":
    case "write":
      return "slowness";
    case "idle":
      return null;
  }
}
