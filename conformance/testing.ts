/**
 * Servers for the tests of the conformance runner: ours in process, and the planted ones as processes.
 * @module
 */
import { FramedConnection, type FramedConnectionOptions } from "../protocol/session/mod.ts";
import { listen, type ListenOptions } from "../protocol/transport/mod.ts";
import { commandOf, type Habit } from "./testdata/targets/targets.ts";

/** Limit of the servers here unless they are told otherwise, in payload bytes. */
const LIMIT = 65_536;

/**
 * For runs that assert what a whole case comes to: on a busy machine the time of a run may be over before all is played, and a
 * program takes long to start.
 */
export const UNHURRIED = { budgetMs: 3_600_000, startTimeoutMs: 120_000 } as const;

/** A server in this process; disposing of it ends it and all its connections. */
export interface TestServer extends AsyncDisposable {
  /** Where it listens, with the real port. */
  readonly endpoint: string;
}

/** Starts a server that gives each connection, framed, to `handle`. */
export async function testServer(
  endpoint: string,
  framing: string,
  handle: (frames: FramedConnection) => Promise<void>,
  options: ListenOptions & FramedConnectionOptions & { readonly oneAtATime?: boolean } = {},
): Promise<TestServer> {
  const listener = await listen(endpoint, options);
  const open = new Set<FramedConnection>();
  const serveOne = async (frames: FramedConnection) => {
    open.add(frames);
    try {
      await handle(frames);
      await frames.flush();
    } catch {
      // What a peer does wrong ends its own connection only.
      await frames.flush().catch(() => {});
    } finally {
      frames.close();
      open.delete(frames);
    }
  };
  const running: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const connection of listener.connections()) {
      const frames = new FramedConnection(connection, framing, {
        maxFrameLength: LIMIT,
        ...options,
      });
      running.push(serveOne(frames));
      if (options.oneAtATime) await running.at(-1);
    }
  })();
  return {
    endpoint: listener.endpoint,
    async [Symbol.asyncDispose]() {
      for (const frames of open) frames.close();
      await listener[Symbol.asyncDispose]();
      await accepting;
      await Promise.all(running);
    },
  };
}

/** Answers each frame with itself. */
export async function echo(frames: FramedConnection): Promise<void> {
  for await (const payload of frames) await frames.send(payload);
}

/** The command that starts a planted program of `testdata/targets/`. */
export function targetCommand(file: string, habit: Habit | "" = ""): string {
  const path = decodeURIComponent(new URL(`testdata/targets/${file}`, import.meta.url).pathname);
  return `${commandOf(path).map((word) => `'${word}'`).join(" ")} {port} {host} ${habit}`;
}
