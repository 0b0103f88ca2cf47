import type { DecoderUnderTest } from "../verify/mod.ts";
import { Link } from "./link.ts";

/** What a server does with one connection. A planted bug replaces one of these parts. */
export interface ConnectionParts {
  /** The decoder of this connection. */
  decoder(): DecoderUnderTest;
  /** Where bytes are read to. */
  room(): Uint8Array;
  /** The frames that a chunk completes. */
  decode(decoder: DecoderUnderTest, chunk: Uint8Array): Iterable<Uint8Array>;
  /** Answers the frames of one read. */
  answer(frames: readonly Uint8Array[]): Promise<void>;
  /** The frames that the end of the stream completes; throws inside a frame. */
  atEnd(decoder: DecoderUnderTest): Iterable<Uint8Array>;
  /** No more will be read: writes what is not written yet. `error` says why, if it was not the end of the stream. */
  finish(error: unknown): Promise<void>;
  /** The connection has ended, with an error or with none. */
  over(error: unknown): void;
}

/** What a server does with all of them. */
export interface ServerHabits {
  /** Whether the next connection is read only when the one before is over. */
  readonly oneAtATime: boolean;
  /** Whether an error on a connection ends the loop that accepts. */
  readonly stopsAtError: boolean;
}

/** Makes the parts of one connection that differ from the right ones; `right` are those. */
export type Change = (link: Link, right: ConnectionParts) => Partial<ConnectionParts>;

/** How to make a server. */
export interface ServerPlan {
  /** A decoder in its first state. */
  readonly decoder: () => DecoderUnderTest;
  /** The frame of a payload. */
  readonly encode: (payload: Uint8Array) => Uint8Array;
  /** What is wrong with it: called once a server, so that connections can share what they must not. */
  readonly change?: () => Change;
  /** Its habits, where they differ from the right ones. */
  readonly habits?: Partial<ServerHabits>;
}

/** A server that runs; disposing of it ends it and all its connections. */
export interface RunningEcho extends AsyncDisposable {
  /** Its port on 127.0.0.1. */
  readonly port: number;
}

/** Bytes of one read. Reads go behind other bytes of one buffer, which is used again: a right decoder does not care. */
const READ_SIZE = 64 * 1024, OFFSET = 16;
/** More frames than one read can hold: only a decoder that never ends gives so many. */
const MOST_FRAMES = READ_SIZE + 1;

/** How it is done right. */
export function rightParts(link: Link, plan: ServerPlan): ConnectionParts {
  const pool = new Uint8Array(OFFSET + READ_SIZE).fill(0xa5);
  return {
    decoder: plan.decoder,
    room: () => pool.subarray(OFFSET),
    decode: (decoder, chunk) => decoder.push(chunk),
    answer: (frames) => link.echo(frames),
    atEnd: (decoder) => decoder.end() ?? [],
    finish: () => Promise.resolve(),
    over: () => {},
  };
}

/** Listens on a free port and echoes frames. */
export function serveEcho(plan: ServerPlan): RunningEcho {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const change = plan.change?.() ?? (() => ({}));
  const { oneAtATime = false, stopsAtError = false } = plan.habits ?? {};
  const links = new Set<Link>();
  const running = new Set<Promise<void>>();
  const serve = async (socket: Deno.TcpConn) => {
    const link = new Link(socket, plan.encode);
    links.add(link);
    const failed = await serveLink(link, plan, change);
    links.delete(link);
    if (failed && stopsAtError) close(listener);
  };
  const accepting = (async () => {
    for await (const socket of listener) {
      const serving = serve(socket).finally(() => running.delete(serving));
      running.add(serving);
      if (oneAtATime) await serving;
    }
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      close(listener);
      for (const link of links) link.close();
      await accepting;
      for (const link of links) link.close();
      await Promise.all(running);
    },
  };
}

/** Serves one connection to its end; true if that was an error. */
async function serveLink(link: Link, plan: ServerPlan, change: Change): Promise<boolean> {
  const right = rightParts(link, plan);
  const parts = { ...right, ...change(link, right) };
  let failure: unknown;
  try {
    link.socket.setNoDelay(true);
    const decoder = parts.decoder();
    for (let count; (count = await link.socket.read(parts.room())) !== null;) {
      await answerAll(parts, parts.decode(decoder, parts.room().subarray(0, count)));
    }
    const last = [...parts.atEnd(decoder)];
    if (last.length > 0) await parts.answer(last);
  } catch (error) {
    failure = error;
  }
  // A peer that is gone takes no last answers.
  await parts.finish(failure).catch(() => {});
  parts.over(failure);
  await link.end();
  return failure !== undefined;
}

/** Answers frames as far as there are some, then throws the error that stands behind them, if one does. */
async function answerAll(parts: ConnectionParts, frames: Iterable<Uint8Array>): Promise<void> {
  const due: Uint8Array[] = [];
  try {
    for (const frame of frames) {
      due.push(frame);
      if (due.length === MOST_FRAMES) await parts.answer(due.splice(0));
    }
  } catch (error) {
    if (due.length > 0) await parts.answer(due);
    throw error;
  }
  await parts.answer(due);
}

function close(listener: Deno.Listener): void {
  try {
    listener.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
