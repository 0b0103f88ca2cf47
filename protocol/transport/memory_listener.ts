import { AcceptLoop } from "./accept_loop.ts";
import type { Connection } from "./connection.ts";
import { ConnectError, ListenError } from "./errors.ts";
import type { Listener } from "./listen.ts";
import { memoryPair } from "./memory.ts";

/** Connections that may wait for `accept`. */
const BACKLOG = 128;

/** Who waits on a name: connections to take in, or takers. */
interface Counter {
  readonly waiting: Connection[];
  readonly takers: ((connection: Connection | null) => void)[];
}

/** All names of `memory:` endpoints that are listened on in this process. */
const counters = new Map<string, Counter>();

/** Listens on a name within this process. */
export function listenMemory(name: string, text: string): Listener {
  if (counters.has(name)) {
    throw new ListenError(text, "in-use", "the name is taken in this process, choose another");
  }
  const counter: Counter = { waiting: [], takers: [] };
  counters.set(name, counter);
  const accept = () =>
    new Promise<Connection | null>((resolve) => {
      const connection = counter.waiting.shift();
      if (connection !== undefined) resolve(connection);
      else counter.takers.push(resolve);
    });
  const close = () => {
    counters.delete(name);
    for (const taker of counter.takers) taker(null);
    for (const connection of counter.waiting) connection.close();
  };
  return new AcceptLoop(text, accept, close);
}

/** Connects to a name within this process. */
export function connectMemory(name: string, text: string): Connection {
  const counter = counters.get(name);
  if (counter === undefined) {
    throw new ConnectError(text, "refused", "nothing in this process listens on that name");
  }
  if (counter.waiting.length >= BACKLOG) {
    throw new ConnectError(text, "refused", `${BACKLOG} connections already wait there`);
  }
  const [client, server] = memoryPair({ name });
  const taker = counter.takers.shift();
  if (taker !== undefined) taker(server);
  else counter.waiting.push(server);
  return client;
}
