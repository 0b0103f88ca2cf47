import { commandOf, type Habit, type Interpreter } from "./targets.ts";

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
  if (interpreter === "deno") return true;
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
export async function startTarget(file: string, habit?: Habit): Promise<RunningTarget> {
  const path = decodeURIComponent(new URL(file, import.meta.url).pathname);
  const [command = "", ...args] = commandOf(path);
  const child = new Deno.Command(command, {
    args: [...args, "0", ...habit === undefined ? [] : ["127.0.0.1", habit]],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const tooLate = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const line = await firstLine(lines);
  clearTimeout(tooLate);
  const drained = drain(lines);
  const port = Number(/^listening (\d+)$/.exec(line)?.[1]);
  const target: RunningTarget = {
    pid: child.pid,
    port,
    status: child.status,
    async [Symbol.asyncDispose]() {
      await end(child);
      await drained;
    },
  };
  if (port > 0) return target;
  await target[Symbol.asyncDispose]();
  throw new Error(`Cannot start ${file}: it said ${JSON.stringify(line)}, not "listening PORT"`);
}

/** The first line of what comes, without its end; what came until then, when it ends before. */
async function firstLine(lines: ReadableStreamDefaultReader<string>): Promise<string> {
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await lines.read();
    if (done) break;
    text += value;
  }
  return text.split("\n", 1)[0] ?? "";
}

/** Reads on and forgets: a program that logs must not find its standard output closed or full. */
async function drain(lines: ReadableStreamDefaultReader<string>): Promise<void> {
  while (!(await lines.read()).done);
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
