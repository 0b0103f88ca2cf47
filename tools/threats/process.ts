import { assert } from "@std/assert";

/** Longest wait for a process to say something or to end, in ms. */
const DEADLINE_MS = 30_000;

/** A process whose output is kept, and that does not outlive its owner. */
export class Process implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #over: Promise<number>;
  #said = "";
  #heard = Promise.withResolvers<void>();

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    const outputs = [child.stdout, child.stderr].map(async (stream) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        this.#said += text;
        this.#wake();
      }
    });
    this.#over = Promise.all([child.status, ...outputs]).then(([{ code }]) => {
      this.#wake();
      return code;
    });
  }

  /** Starts it; it may have at most `files` files open, if that is given. */
  static start(argv: readonly string[], files?: number): Process {
    const [command = "", ...args] = files === undefined
      ? argv
      : ["sh", "-c", `ulimit -n ${files} && exec "$@"`, "sh", ...argv];
    const env = { NO_COLOR: "1" };
    return new Process(
      new Deno.Command(command, { args, env, stdin: "null", stdout: "piped", stderr: "piped" })
        .spawn(),
    );
  }

  /** Its number. */
  get pid(): number {
    return this.#child.pid;
  }

  /** All that it has written so far, on both outputs. */
  get said(): string {
    return this.#said;
  }

  /** Waits until it has written what fits `pattern`. Without it the end of the process, or the deadline, is an error. */
  async until(pattern: RegExp): Promise<void> {
    const over = this.#over.then(() => true);
    const late = AbortSignal.timeout(DEADLINE_MS);
    for (let ended = false; !pattern.test(this.#said);) {
      assert(!ended && !late.aborted, `nothing fits ${pattern} in: ${this.#said}`);
      ended = await Promise.race([
        over,
        this.#heard.promise.then(() => false),
        new Promise<boolean>((resolve) => setTimeout(() => resolve(late.aborted), 1000)),
      ]);
    }
  }

  /** Sends it a signal, if it is still there. */
  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** Waits for its end, and gives its exit code; when it takes too long it is killed. */
  async ended(): Promise<number> {
    const timer = setTimeout(() => this.kill("SIGKILL"), DEADLINE_MS);
    const code = await this.#over;
    clearTimeout(timer);
    return code;
  }

  /** Memory that it really has, in bytes. */
  async memory(): Promise<number> {
    const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", `${this.pid}`] })
      .output();
    return Number(new TextDecoder().decode(stdout)) * 1024;
  }

  /** Its command line, as everybody on the machine sees it. */
  async commandLine(): Promise<string> {
    const { stdout } = await new Deno.Command("ps", {
      args: ["-ww", "-o", "args=", "-p", `${this.pid}`],
    }).output();
    return new TextDecoder().decode(stdout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.#over;
  }

  #wake(): void {
    this.#heard.resolve();
    this.#heard = Promise.withResolvers();
  }
}
