/**
 * Servers for the tests of exchanges: raw bytes in, raw bytes out.
 * @module
 */
import { type Connection, listen } from "../../protocol/transport/mod.ts";
import type { CaseResult, RunResult } from "../campaign/result.ts";
import { interpreterOf } from "../testdata/targets/targets.ts";

/** A server in this process; disposing of it ends it and all its connections. */
export interface RawServer extends AsyncDisposable {
  /** Where it listens, with the real port. */
  readonly endpoint: string;
}

/** What a handler has of its connection. */
export interface Talk {
  /** Number of the connection, 1 for the first. */
  readonly number: number;
  /** The next bytes; null at the end. */
  read(): Promise<Uint8Array | null>;
  /** Writes text or bytes. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Breaks the connection off. */
  reset(): void;
}

/** Starts a server on a free port that gives each connection to `handle`, and closes it behind. */
export async function rawServer(handle: (talk: Talk) => Promise<void>): Promise<RawServer> {
  const listener = await listen("tcp://127.0.0.1:0");
  const open = new Set<Connection>();
  const running: Promise<void>[] = [];
  let count = 0;
  const serveOne = async (connection: Connection) => {
    connection.setNoDelay?.();
    open.add(connection);
    try {
      await handle(talkOver(connection, ++count));
    } catch {
      // What a peer does ends its own connection only.
    } finally {
      connection.close();
      open.delete(connection);
    }
  };
  const accepting = (async () => {
    for await (const connection of listener.connections()) running.push(serveOne(connection));
  })();
  return {
    endpoint: listener.endpoint,
    async [Symbol.asyncDispose]() {
      for (const connection of open) connection.close();
      await listener[Symbol.asyncDispose]();
      await accepting;
      await Promise.all(running);
    },
  };
}

function talkOver(connection: Connection, number: number): Talk {
  const buffer = new Uint8Array(65_536);
  return {
    number,
    async read() {
      const count = await connection.read(buffer);
      return count === null ? null : buffer.slice(0, count);
    },
    async write(bytes) {
      const all = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
      for (let at = 0; at < all.length;) at += await connection.write(all.subarray(at));
    },
    reset: () => connection.reset?.(),
  };
}

/** The lines that come, without their LF, however they are cut. */
export async function* lines({ read }: Pick<Talk, "read">): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes; (bytes = await read()) !== null;) {
    text += decoder.decode(bytes, { stream: true });
    for (let end; (end = text.indexOf("\n")) >= 0; text = text.slice(end + 1)) {
      yield text.slice(0, end);
    }
  }
}

/** The command that starts a server of `testdata/scenarios/`. */
export function scenarioServer(file: string): string {
  return `${interpreterOf(file)} '${scenarioPath(file)}' {port} {host}`;
}

/** Where a file of `testdata/scenarios/` is. */
export function scenarioPath(file: string): string {
  return decodeURIComponent(new URL(`../testdata/scenarios/${file}`, import.meta.url).pathname);
}

/** A right server: a greeting, then for each line its length; `bye` ends the connection. */
export async function lengths(talk: Talk, greeting = "hi\n"): Promise<void> {
  await talk.write(greeting);
  for await (const line of lines(talk)) {
    await talk.write(`${line.length}\n`);
    if (line === "bye") return;
  }
}

/** The result of one case. */
export function caseOf({ cases }: RunResult, id: string): CaseResult {
  const found = cases.find((one) => one.id === id);
  if (found === undefined) throw new Error(`Case ${id} was not run`);
  return found;
}

/** Verdict and cause of each case. */
export function verdicts({ cases }: RunResult): Readonly<Record<string, string>> {
  return Object.fromEntries(
    cases.map(({ id, verdict, cause = "" }) => [id, `${verdict} ${cause}`.trim()]),
  );
}

/** Text as bytes. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
