/**
 * Sockets of the client's side. Each connection has one of its own: to close it is the only way to stop an attempt, and ends
 * all that goes over it. They are used again, because the runtime gives a socket back only with its garbage.
 * @module
 */

/** Most sockets that are kept for later. */
const MOST_IDLE = 16;

const idle: Deno.QuicEndpoint[] = [];

/**
 * A socket to reach the numeric address `remote` from. Undefined where the program may not have one (it was allowed to reach
 * some hosts only): then the runtime makes one itself, and has it to itself until the connection is there.
 */
export function takeSocket(remote: string): Deno.QuicEndpoint | undefined {
  const own = remote.includes(":") ? "::" : "0.0.0.0";
  const mayBind = isGranted(own.includes(":") ? "[::]:0" : "0.0.0.0:0");
  // The runtime's own ones are bound to this.
  const local = mayBind ? own : "::";
  const at = idle.findIndex(({ addr }) => addr.hostname === local);
  if (at >= 0) return idle.splice(at, 1)[0];
  return mayBind ? new Deno.QuicEndpoint({ hostname: local }) : undefined;
}

/** Takes a socket back over which nothing goes any more. */
export function giveBack(socket: Deno.QuicEndpoint): void {
  if (idle.length < MOST_IDLE) idle.push(socket);
  else socket.close();
}

function isGranted(host: string): boolean {
  return Deno.permissions.querySync({ name: "net", host }).state === "granted";
}
