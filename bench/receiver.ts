/** Longest time until a receiver is there, in ms. */
export const START_MS = 20_000;

/** A process that waits for what is sent to it. */
export class Receiver implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  /** Starts it. */
  constructor([program = "", ...args]: readonly string[], stdout: "piped" | "null" = "null") {
    this.#child = new Deno.Command(program, { args, stdin: "null", stdout, stderr: "null" })
      .spawn();
  }

  /** Its number in the system. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Waits for a line of its output. */
  async says(line: RegExp): Promise<string> {
    const deadline = AbortSignal.timeout(START_MS);
    let text = "";
    const decoder = new TextDecoder();
    for await (const part of this.#child.stdout) {
      text += decoder.decode(part, { stream: true });
      const found = line.exec(text);
      if (found !== null) return found[1] ?? "";
      deadline.throwIfAborted();
    }
    throw new Error("the receiver ended early");
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
  }
}
