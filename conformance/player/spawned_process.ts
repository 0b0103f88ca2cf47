/** How a process ended. */
export interface ProcessEnd {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it; null when it exited by itself. */
  readonly signal: string | null;
}

/** How a process ended, in words. */
export function describeEnd({ code, signal }: ProcessEnd): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

/** Bytes of standard error that are kept for the report. */
const TAIL = 4096;
/** How long a process may take to end when asked to, in ms. */
const END_MS = 2000;

/** A program that we started: watched while it runs, ended by its id. */
export class SpawnedProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #drained: Promise<void>;
  #tail = "";
  #end: ProcessEnd | undefined;
  /** Settles when it has ended, by itself or not. */
  readonly ended: Promise<ProcessEnd>;

  /**
   * Starts a program.
   *
   * @throws {Deno.errors.NotFound} if there is no such program.
   */
  constructor(words: readonly string[]) {
    const [program = "", ...args] = words;
    this.#child = new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.ended = this.#child.status.then(({ code, signal }) =>
      this.#end = { code: signal === null ? code : null, signal }
    );
    this.#drained = this.#drain();
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** How it ended; undefined while it runs. */
  get end(): ProcessEnd | undefined {
    return this.#end;
  }

  /** The last of what it wrote to standard error. */
  get stderrTail(): string {
    return this.#tail;
  }

  /** Waits until it has ended, at most `ms`. */
  async endedWithin(ms: number): Promise<ProcessEnd | undefined> {
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), ms);
    const end = await Promise.race([this.ended, late.promise]);
    clearTimeout(timer);
    return end;
  }

  /** Ends it: politely, and by force when that takes too long. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill("SIGTERM");
    if (await this.endedWithin(END_MS) === undefined) this.#kill("SIGKILL");
    await this.ended;
    await this.#drained;
  }

  #kill(signal: Deno.Signal): void {
    if (this.#end !== undefined) return;
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It ended a moment ago.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #drain(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of this.#child.stderr) {
      this.#tail = (this.#tail + decoder.decode(bytes, { stream: true })).slice(-TAIL);
    }
  }
}
