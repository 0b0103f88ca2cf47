/**
 * What both ends of a `quic` connection agree on: the name of the protocol, one stream, and how a connection ends.
 * @module
 */

/** What both sides say they speak (ALPN, RFC 7301): each writes to one unidirectional stream of its own. */
export const QUIC_PROTOCOL = "nonstick";

/** After so long without a sign of life the other side is taken for gone (RFC 9000, 10.1), in ms. */
const SILENCE_MS = 30_000;

/** Settings of both sides. Without keep-alive a connection that merely waits would be ended as silent. */
export const QUIC_LIFE: Deno.QuicTransportOptions = {
  maxIdleTimeout: SILENCE_MS,
  keepAliveInterval: SILENCE_MS / 3,
  maxConcurrentUnidirectionalStreams: 1,
  maxConcurrentBidirectionalStreams: 0,
};

/**
 * Application error codes of the end of a connection: `done` says that everything written was read to its end, `unread` that it
 * was not in time, `reset` that nobody waits for it.
 */
export const QUIC_END = { done: 0, reset: 1, unread: 2 } as const;

/** How long a closed connection waits for the other side to take what was sent, in ms. */
const LINGER_MS = 5000;

/** Whether the runtime has QUIC: it is behind `--unstable-net`. */
export function hasQuic(): boolean {
  // Without the flag it is not there, whatever its type says.
  return "QuicEndpoint" in Deno && typeof Deno.QuicEndpoint === "function";
}

/** What to say where it is missing. */
export const NO_QUIC =
  "the runtime has QUIC only with --unstable-net; give it that flag, or use tls instead";

const lingering = new Set<Promise<void>>();

/** Resolves to true when `work` is done within `ms`, however it ends; to false when the time is up. */
export async function doneWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const done = work.then(() => true, () => true);
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lets `taken` come to its end, for a while, and closes the connection then. */
export function linger(connection: Deno.QuicConn, taken: Promise<unknown>): Promise<void> {
  const end = endAfter(connection, taken).finally(() => lingering.delete(end));
  lingering.add(end);
  return end;
}

async function endAfter(connection: Deno.QuicConn, taken: Promise<unknown>): Promise<void> {
  const inTime = await doneWithin(taken, LINGER_MS);
  connection.close({ closeCode: inTime ? QUIC_END.done : QUIC_END.unread, reason: "" });
  // The peer is told in a later turn of the runtime.
  await connection.closed.catch(() => {});
}

/**
 * Resolves when every connection closed so far has ended. The streams of QUIC live in this process: what was written
 * before `close` is lost if the program ends before the other side has it. A program that ends by `Deno.exit` waits for this
 * first. It takes 5 s at most.
 *
 * @example
 * ```ts
 * import { connect, connectionsEnded } from "@nonstick/nonstick/transport";
 *
 * const connection = await connect("quic://localhost:7443");
 * await connection.write(new TextEncoder().encode("bye"));
 * connection.close();
 * await connectionsEnded();
 * Deno.exit(0);
 * ```
 */
export async function connectionsEnded(): Promise<void> {
  await Promise.all(lingering);
}
