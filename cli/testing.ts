/**
 * Starts the programs as their users do, for tests: a command line, standard streams, an exit code.
 * @module
 */
import { permissionFlags, programs } from "../tools/programs.ts";
import { projectPath } from "../tools/project.ts";
import { stdFlags } from "../tools/std.ts";

/** Longest time that a program may run, in ms: on a busy machine a test that drives one takes minutes. */
const DEADLINE_MS = 600_000;

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program to start from its sources, with its own permissions. */
async function command(
  name: keyof typeof programs,
  args: readonly string[],
  stdin: "null" | "piped",
  deadlineMs = DEADLINE_MS,
  stderr: "piped" | "null" = "piped",
  parent: readonly string[] = [],
): Promise<Deno.Command> {
  const program = programs[name];
  const flags = [...permissionFlags(program), "--config", projectPath("deno.json")];
  const [command = "", ...before] = [...parent, Deno.execPath()];
  return new Deno.Command(command, {
    args: [...before, "run", ...flags, ...await stdFlags(), projectPath(program.main), ...args],
    env: { NO_COLOR: "1" },
    stdin,
    stdout: "piped",
    stderr,
    signal: AbortSignal.timeout(deadlineMs),
  });
}

/** Runs a program to its end. `parent` is a command line that runs the one behind it. */
export async function runProgram(
  name: keyof typeof programs,
  args: readonly string[],
  input: string | Uint8Array = "",
  parent?: readonly string[],
): Promise<Ended> {
  const child = (await command(name, args, "piped", DEADLINE_MS, "piped", parent)).spawn();
  const feeding = feed(child.stdin, input);
  const { code, stdout, stderr } = await child.output();
  await feeding;
  return { code, stdout: decoded(stdout), stderr: decoded(stderr) };
}

/** Whether this machine has a program, such as a shell that a test is about. */
export async function canRun(program: string): Promise<boolean> {
  try {
    await new Deno.Command(program, { args: ["--version"], stdin: "null" }).output();
    return true;
  } catch {
    return false;
  }
}

/** Starts a program that its test ends; stdin is empty. It is killed after `deadlineMs`, ten minutes by default. */
export async function startProgram(
  name: keyof typeof programs,
  args: readonly string[],
  deadlineMs?: number,
): Promise<Deno.ChildProcess> {
  return (await command(name, args, "null", deadlineMs, "null")).spawn();
}

/** A `nonstick-server` that listens; disposing of it kills it, if it still runs. */
export class RunningServer implements AsyncDisposable {
  /** What it said it listens on. */
  readonly urls: readonly string[];
  readonly #child: Deno.ChildProcess;
  readonly #said: Promise<string>;
  readonly #log: Said;

  private constructor(
    child: Deno.ChildProcess,
    urls: readonly string[],
    said: Promise<string>,
    log: Said,
  ) {
    this.#child = child;
    this.urls = urls;
    this.#said = said;
    this.#log = log;
  }

  /**
   * Starts it and waits until it says on stdout that it listens on `count` endpoints. It is killed after `deadlineMs`, ten minutes by default. `parent` is a
   * command line that replaces itself with the one behind it, as `env` does.
   */
  static async start(
    args: readonly string[],
    count: number,
    deadlineMs?: number,
    parent?: readonly string[],
  ): Promise<RunningServer> {
    const child = (await command("server", args, "null", deadlineMs, "piped", parent)).spawn();
    const log = new Said(child.stderr);
    const listening = Promise.withResolvers<string[]>();
    if (count === 0) listening.resolve([]);
    const said = collect(child.stdout, (text) => {
      const urls = [...text.matchAll(/^listening (\S+)$/gm)].map((match) => match[1] ?? "");
      if (urls.length === count) listening.resolve(urls);
    });
    const urls = await Promise.race([listening.promise, said.then(() => null)]);
    if (urls !== null) return new RunningServer(child, urls, said, log);
    await child.status;
    throw new Error(`The server ended early: ${await said}${await log.all}`);
  }

  /** Its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Waits until it has logged something that fits `pattern`, and resolves to the match; to the n-th one of a global pattern. */
  logged(pattern: RegExp, nth = 1): Promise<RegExpMatchArray> {
    return this.#log.until(pattern, nth);
  }

  /** Sends it a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async ended(): Promise<Ended> {
    const { code } = await this.#child.status;
    return { code, stdout: await this.#said, stderr: await this.#log.all };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    await this.ended();
  }
}

/** What a stream gives, to be waited for. */
class Said {
  /** All of it, at its end. */
  readonly all: Promise<string>;
  #text = "";
  #grown = Promise.withResolvers<void>();

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.all = collect(stream, (text) => {
      this.#text = text;
      this.#grown.resolve();
      this.#grown = Promise.withResolvers();
    });
  }

  /** Waits for text that fits `pattern`; the end of the stream without it is an error. */
  async until(pattern: RegExp, nth: number): Promise<RegExpMatchArray> {
    const ended = this.all.then(() => true);
    for (let over = false;;) {
      const found = pattern.global
        ? [...this.#text.matchAll(pattern)][nth - 1]
        : this.#text.match(pattern);
      if (found) return found;
      if (over) throw new Error(`Nothing fits ${pattern} in: ${this.#text}`);
      over = await Promise.race([ended, this.#grown.promise.then(() => false)]);
    }
  }
}

/** Everything that a stream gives; `watch` sees it grow. */
async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  watch: (text: string) => void,
): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    watch(text);
  }
  return text;
}

/** Writes all the input; a program may end without reading it. */
async function feed(
  stdin: WritableStream<Uint8Array>,
  input: string | Uint8Array,
): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(typeof input === "string" ? new TextEncoder().encode(input) : input.slice());
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
