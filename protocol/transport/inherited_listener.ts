import { createServer, type Socket } from "node:net";
import { AcceptLoop } from "./accept_loop.ts";
import { addressText, type Connection } from "./connection.ts";
import { ListenError } from "./errors.ts";
import type { Listener } from "./listen.ts";
import { NodeConnection } from "./node_connection.ts";

/** Connections that wait for `accept`; the runtime takes them from the system as they come. More are closed. */
const MOST_WAITING = 511;

/**
 * Listens on a socket that whoever started this program has opened, and left under the number `fd`: systemd's socket activation
 * (sd_listen_fds(3)). It needs no permission. Where it is a TCP socket the endpoint is its address; the runtime does not
 * tell the path of a Unix socket, so there it stays `fd://NUMBER`.
 *
 * @throws {ListenError} if there is no such socket, or the runtime cannot (before Deno 2.8).
 */
export async function listenInherited(
  fd: number,
  text: string,
  onAcceptError?: (error: unknown, retryInMs: number) => void,
): Promise<Listener> {
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
    const problem =
      `no socket that listens was passed under this number, or the runtime is older than Deno 2.8 (${said})`;
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

function connectionOf(socket: Socket, listener: Deno.Addr): Connection {
  socket.setKeepAlive(true);
  const { remoteAddress: hostname, remotePort: port = 0 } = socket;
  const remote: Deno.Addr = hostname === undefined
    ? { transport: "unix", path: "" }
    : { transport: "tcp", hostname, port };
  return new NodeConnection(socket, { addresses: { local: listener, remote }, scheme: "tcp" });
}
