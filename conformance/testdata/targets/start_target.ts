import { type Interpreter, interpreterOf } from "./targets.ts";

/** How long a target may take to say that it listens, or to end when told to. */
const DEADLINE_MS = 10_000;

/** A planted program that runs and listens; dispose of it to end it. */
export interface RunningTarget extends AsyncDisposable {
  /** Process id. */
  readonly pid: number;
  /** TCP port on 127.0.0.1. */
  readonly port: number;
  /** Settles when the program has ended by itself or was ended. */
  readonly status: Promise<Deno.CommandStatus>;
}

/** True when targets of this language can be started here. */
export async function isInstalled(interpreter: Interpreter): Promise<boolean> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  try {
    return (await new Deno.Command(interpreter, { args: ["--version"], signal }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Starts a planted program on a free port of 127.0.0.1 and waits until it listens.
 *
 * @example
 * ```ts
 * import { startTarget } from "./start_target.ts";
 *
 * await using target = await startTarget("correct.py");
 * console.log(target.port);
 * ```
 *
 * @throws {Error} When the program says something else than `listening PORT`, or nothing within 10 s.
 */
export async function startTarget(file: string): Promise<RunningTarget> {
  const path = decodeURIComponent(new URL(file, import.meta.url).pathname);
  const child = new Deno.Command(interpreterOf(file), {
    args: [path, "0"],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const tooLate = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const line = await firstLine(child.stdout);
  clearTimeout(tooLate);
  const port = Number(/^listening (\d+)$/.exec(line)?.[1]);
  const target: RunningTarget = {
    pid: child.pid,
    port,
    status: child.status,
    [Symbol.asyncDispose]: () => end(child),
  };
  if (port > 0) return target;
  await end(child);
  throw new Error(`Cannot start ${file}: it said ${JSON.stringify(line)}, not "listening PORT"`);
}

/** The first line of a stream without its end; what came until then, when it ends before. */
async function firstLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes("\n")) break;
  }
  return text.split("\n", 1)[0] ?? "";
}

/** Ends one process by its id and waits for it: politely, and by force when that takes too long. */
async function end(child: Deno.ChildProcess): Promise<void> {
  const tooLate = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  try {
    child.kill("SIGTERM");
  } catch (error) {
    // It has ended by itself already.
    if (!(error instanceof TypeError)) throw error;
  }
  await child.status;
  clearTimeout(tooLate);
}
