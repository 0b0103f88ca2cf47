import { createServer, type Socket } from "node:net";
import { AcceptLoop } from "./accept_loop.ts";
import { addressText, type Connection } from "./connection.ts";
import { ListenError } from "./errors.ts";
import type { Listener } from "./listen.ts";
import { NodeConnection } from "./node_connection.ts";
import { isSince } from "./runtime_version.ts";

/** The first runtime that listens on a socket that is open already. */
const INHERITS = [2, 8] as const;

/** Connections that wait for `accept`; the runtime takes them from the system as they come. More are closed. */
const MOST_WAITING = 511;

/**
 * Listens on a socket that whoever started this program has opened, and left under the number `fd`: systemd's socket activation
 * (sd_listen_fds(3)). It needs no permission. Where it is a TCP socket the endpoint is its address; the runtime does not
 * tell the path of a Unix socket, so there it stays `fd://NUMBER`.
 *
 * @throws {ListenError} `missing` if there is no such socket, `unsupported` if the runtime cannot (before Deno 2.8).
 */
export async function listenInherited(
  fd: number,
  text: string,
  onAcceptError?: (error: unknown, retryInMs: number) => void,
): Promise<Listener> {
  requireInheritance(text);
  const waiting: Socket[] = [];
  let next: PromiseWithResolvers<Socket> | null = null;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    if (next !== null) {
      next.resolve(socket);
      next = null;
    } else if (waiting.length < MOST_WAITING) waiting.push(socket);
    else socket.destroy();
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ fd }, resolve);
  try {
    await promise;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const problem = `no socket that listens was passed under this number (${said})`;
    throw new ListenError(text, "missing", problem, { cause: error });
  }
  const address = server.address();
  const local: Deno.Addr = address === null || typeof address === "string"
    ? { transport: "unix", path: address ?? "" }
    : { transport: "tcp", hostname: address.address, port: address.port };
  return new AcceptLoop(
    local.transport === "tcp" ? addressText(local, "tcp") : text,
    async () => {
      const socket = waiting.shift() ?? await (next = Promise.withResolvers()).promise;
      return connectionOf(socket, local);
    },
    () => {
      for (const socket of waiting) socket.destroy();
      next?.reject(new Deno.errors.BadResource("The listener is closed"));
      server.close();
    },
    onAcceptError,
  );
}

/**
 * Sees to it that the runtime can take over a socket. Those before 2.8 say EINVAL to each one (tried with 2.6.10), open no socket by
 * `/proc/self/fd`, and have no other way to accept from it.
 *
 * @throws {ListenError} if it cannot; the message says what to do.
 */
export function requireInheritance(text: string, version: string = Deno.version.deno): void {
  if (isSince(INHERITS, version)) return;
  const cure =
    "listen here instead (--listen tcp://…), or let systemd accept (Accept=yes, StandardInput=socket) and serve stdio:";
  const problem = `this runtime, Deno ${version}, cannot take over a socket, ${
    INHERITS.join(".")
  } can; ${cure}`;
  throw new ListenError(text, "unsupported", problem);
}

function connectionOf(socket: Socket, listener: Deno.Addr): Connection {
  socket.setKeepAlive(true);
  const { remoteAddress: hostname, remotePort: port = 0 } = socket;
  const remote: Deno.Addr = hostname === undefined
    ? { transport: "unix", path: "" }
    : { transport: "tcp", hostname, port };
  return new NodeConnection(socket, { addresses: { local: listener, remote }, scheme: "tcp" });
}
