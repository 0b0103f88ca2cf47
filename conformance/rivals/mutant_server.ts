import { stdFlags } from "../../tools/std.ts";
import { projectPath } from "../../tools/project.ts";
import type { SocketSpecimen } from "./specimen.ts";

/** How long the host may take to start or to stop a server, in ms; a mutant may keep it busy for ever. */
const DEADLINE_MS = 20_000;
/** How long it may take to end a server that nobody needs any more, in ms. */
const STOP_MS = 2000;

/** A server that runs; disposing of it ends it. */
export interface MutantServer extends AsyncDisposable {
  /** Where it listens. */
  readonly endpoint: string;
  /** The process that it runs in. */
  readonly pid: number;
}

/**
 * Starts servers of the rivals' zoo, one at a time, in a process beside this one. A process that crashed or hangs is
 * replaced.
 *
 * @example
 * ```ts
 * import { MutantHost } from "./mutant_server.ts";
 * import { specimenNamed } from "./specimens.ts";
 *
 * await using host = new MutantHost();
 * await using server = await host.start(specimenNamed("shared-buffer"));
 * console.log(server.endpoint); // tcp://127.0.0.1:…
 * ```
 */
export class MutantHost implements AsyncDisposable {
  #process: HostProcess | undefined;

  /** Starts the server of a specimen, in its first state. */
  async start({ name }: SocketSpecimen): Promise<MutantServer> {
    if (this.#process?.alive !== true) await this.#replace();
    let line = await this.#process?.ask(`start ${name}`, DEADLINE_MS);
    if (line === undefined) {
      await this.#replace();
      line = await this.#process?.ask(`start ${name}`, DEADLINE_MS);
    }
    const port = /^listening (\d+)$/.exec(line ?? "")?.[1];
    if (port === undefined) throw new Error(`Cannot start ${name}: the host said ${line}`);
    return {
      endpoint: `tcp://127.0.0.1:${port}`,
      pid: this.#process?.pid ?? 0,
      [Symbol.asyncDispose]: () => this.#stop(),
    };
  }

  async #stop(): Promise<void> {
    if (await this.#process?.ask("stop", STOP_MS) === "stopped") return;
    await this.#process?.[Symbol.asyncDispose]();
    this.#process = undefined;
  }

  async #replace(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    this.#process = await HostProcess.start();
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    this.#process = undefined;
  }
}

/** One host process and the lines it says. */
class HostProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #said = "";
  #alive = true;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    child.status.then(() => this.#alive = false);
  }

  static async start(): Promise<HostProcess> {
    const flags = ["--quiet", "--config", projectPath("deno.json"), ...await stdFlags()];
    return new HostProcess(
      new Deno.Command(Deno.execPath(), {
        args: ["run", ...flags, "--allow-net=127.0.0.1", projectPath("conformance/rivals/host.ts")],
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn(),
    );
  }

  get alive(): boolean {
    return this.#alive;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a command and gives the line that answers it; undefined when none comes in time, or the process has ended. */
  async ask(command: string, deadlineMs: number): Promise<string | undefined> {
    const timer = setTimeout(() => this.#kill(), deadlineMs);
    try {
      await this.#input.write(new TextEncoder().encode(`${command}\n`));
      while (!this.#said.includes("\n")) {
        const { value, done } = await this.#lines.read();
        if (done) return undefined;
        this.#said += value;
      }
    } catch {
      // The pipe is closed: the process has ended.
      return undefined;
    } finally {
      clearTimeout(timer);
    }
    const [line = "", ...rest] = this.#said.split("\n");
    this.#said = rest.join("\n");
    return line;
  }

  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill();
    await this.#child.status;
    this.#alive = false;
    await this.#lines.cancel().catch(() => {});
    await this.#input.close().catch(() => {});
  }
}
