/** How a process ended. */
export interface ProcessEnd {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it; null when it exited by itself. */
  readonly signal: string | null;
  /** What it did against its contract, when that was the end of it and not an exit. */
  readonly breach?: string;
}

/** How a process ended, in words. */
export function describeEnd({ code, signal, breach }: ProcessEnd): string {
  if (breach !== undefined) return breach;
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

/**
 * Whether a process that serves one connection ended as none should: by a signal. An exit code is its own decision, as
 * is the end of a program that writes to somebody who has gone (SIGPIPE).
 */
export function isCrash({ signal }: ProcessEnd): boolean {
  return signal !== null && signal !== "SIGPIPE";
}

/** What a process that we start has for standard input and output. */
export interface SpawnOptions {
  /**
   * Whether standard input is a pipe of ours.
   *
   * @default {false} (it is at its end)
   */
  readonly stdin?: boolean;
  /**
   * Whether standard output is a pipe of ours, which has to be read.
   *
   * @default {false} (it is thrown away)
   */
  readonly stdout?: boolean;
}

/** Bytes of standard error that are kept for the report. */
const TAIL = 4096;
/** How long a process may take to end when asked to, in ms. */
const END_MS = 2000;
/** How long its standard error is read on after its end: a process that it started may hold it open, in ms. */
const DRAIN_MS = 200;

/** A program that we started: watched while it runs, ended by its id. */
export class SpawnedProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stderr: ReadableStreamDefaultReader<Uint8Array>;
  readonly #drained: Promise<void>;
  #tail = "";
  readonly #options: SpawnOptions;
  #end: ProcessEnd | undefined;
  #told = false;
  /** Settles when it has ended, by itself or not. */
  readonly ended: Promise<ProcessEnd>;

  /**
   * Starts a program.
   *
   * @throws {Deno.errors.NotFound} if there is no such program.
   */
  constructor(words: readonly string[], options: SpawnOptions = {}) {
    const [program = "", ...args] = words;
    this.#options = options;
    this.#child = new Deno.Command(program, {
      args,
      stdin: options.stdin ? "piped" : "null",
      stdout: options.stdout ? "piped" : "null",
      stderr: "piped",
    }).spawn();
    this.ended = this.#child.status.then(({ code, signal }) =>
      this.#end = { code: signal === null ? code : null, signal }
    );
    this.#stderr = this.#child.stderr.getReader();
    this.#drained = this.#drain();
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Its standard input, if that is a pipe. */
  get stdin(): WritableStream<Uint8Array<ArrayBufferLike>> {
    return this.#child.stdin;
  }

  /** Its standard output, if that is a pipe. */
  get stdout(): ReadableStream<Uint8Array> {
    return this.#child.stdout;
  }

  /** Whether we told it to end. */
  get told(): boolean {
    return this.#told;
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
    return await within(this.ended, ms);
  }

  /** Ends it: politely, and by force when that takes too long. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill("SIGTERM");
    if (await this.endedWithin(END_MS) === undefined) this.#kill("SIGKILL");
    await this.ended;
    // Pipes that nobody took; whoever took one gives it back.
    const { stdin, stdout } = this.#options;
    if (stdin && !this.stdin.locked) await this.stdin.abort();
    if (stdout && !this.stdout.locked) await this.stdout.cancel();
    await within(this.#drained, DRAIN_MS);
    await this.#stderr.cancel();
    await this.#drained;
  }

  #kill(signal: Deno.Signal): void {
    if (this.#end !== undefined) return;
    this.#told = true;
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It ended a moment ago.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #drain(): Promise<void> {
    const decoder = new TextDecoder();
    for (let part; !(part = await this.#stderr.read()).done;) {
      this.#tail = (this.#tail + decoder.decode(part.value, { stream: true })).slice(-TAIL);
    }
  }
}

/** What a promise resolves to, or undefined when that takes longer than `ms`. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), ms);
  const result = await Promise.race([promise, late.promise]);
  clearTimeout(timer);
  return result;
}
