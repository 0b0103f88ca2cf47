/**
 * Starts the programs as their users do, for tests: a command line, standard streams, an exit code.
 * @module
 */
import { permissionFlags, programs } from "../tools/programs.ts";
import { projectPath } from "../tools/project.ts";
import { stdFlags } from "../tools/std.ts";

/** Longest wait for a program to end, in ms. */
const DEADLINE_MS = 30_000;

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
): Promise<Deno.Command> {
  const program = programs[name];
  const flags = [...permissionFlags(program), "--config", projectPath("deno.json")];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, ...await stdFlags(), projectPath(program.main), ...args],
    env: { NO_COLOR: "1" },
    stdin,
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(deadlineMs),
  });
}

/** Runs a program to its end. */
export async function runProgram(
  name: keyof typeof programs,
  args: readonly string[],
  input: string | Uint8Array = "",
): Promise<Ended> {
  const child = (await command(name, args, "piped")).spawn();
  const feeding = feed(child.stdin, input);
  const { code, stdout, stderr } = await child.output();
  await feeding;
  return { code, stdout: decoded(stdout), stderr: decoded(stderr) };
}

/** A `nonstick-server` that listens; disposing of it kills it, if it still runs. */
export class RunningServer implements AsyncDisposable {
  /** What it said it listens on. */
  readonly urls: readonly string[];
  readonly #child: Deno.ChildProcess;
  readonly #said: Promise<string>;
  readonly #complaints: Promise<string>;

  private constructor(
    child: Deno.ChildProcess,
    urls: readonly string[],
    said: Promise<string>,
    complaints: Promise<string>,
  ) {
    this.#child = child;
    this.urls = urls;
    this.#said = said;
    this.#complaints = complaints;
  }

  /** Starts it and waits until it listens on `count` endpoints. It is killed after `deadlineMs`, 30 s by default. */
  static async start(
    args: readonly string[],
    count: number,
    deadlineMs?: number,
  ): Promise<RunningServer> {
    const child = (await command("server", args, "null", deadlineMs)).spawn();
    const complaints = new Response(child.stderr).text();
    const listening = Promise.withResolvers<string[]>();
    const said = collect(child.stdout, (text) => {
      const urls = [...text.matchAll(/^listening (\S+)$/gm)].map((match) => match[1] ?? "");
      if (urls.length === count) listening.resolve(urls);
    });
    const urls = await Promise.race([listening.promise, said.then(() => null)]);
    if (urls !== null) return new RunningServer(child, urls, said, complaints);
    await child.status;
    throw new Error(`The server ended early: ${await said}${await complaints}`);
  }

  /** Sends it a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async ended(): Promise<Ended> {
    const { code } = await this.#child.status;
    return { code, stdout: await this.#said, stderr: await this.#complaints };
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
