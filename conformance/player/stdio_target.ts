import { ProcessConnection } from "./process_connection.ts";
import { ProcessGroup } from "./process_group.ts";
import { notStarted, spawnTarget } from "./spawn_target.ts";
import type { ProcessEnd, SpawnedProcess } from "./spawned_process.ts";
import {
  type Target,
  type TargetConnection,
  type TargetOptions,
  TargetStartError,
} from "./target.ts";

/** A program that has not ended by itself after this time is taken for one that runs, in ms. */
const START_MS = 100;
/** How long a program may go on after its input and output were closed, in ms. */
const GRACE_MS = 300;

/**
 * A program that serves one peer over its standard input and output, as language servers do: each connection is a
 * fresh process. The next one is started ahead, so that it waits for input when its turn comes.
 */
export class StdioTarget implements Target {
  readonly name = "stdio:";
  readonly scheme = "stdio";
  readonly #processes: ProcessGroup;
  readonly #startsMs: number;
  readonly #connections = new Set<ProcessConnection>();
  #next: SpawnedProcess | undefined;
  #pid: number | undefined;
  #restarts = 0;

  private constructor(processes: ProcessGroup, startsMs: number) {
    this.#processes = processes;
    this.#startsMs = startsMs;
  }

  /**
   * Starts the program once, to see that it can be.
   *
   * @throws {TargetStartError} if it cannot, or ends at once by itself.
   */
  static async start(options: TargetOptions): Promise<StdioTarget> {
    const { endpoint, spawn } = options;
    if (spawn === undefined) {
      throw new TargetStartError("A target over stdio: needs --spawn, which says what to start");
    }
    const processes = new ProcessGroup(() =>
      spawnTarget(spawn, endpoint, { stdin: true, stdout: true })
    );
    const target = new StdioTarget(processes, options.startTimeoutMs);
    const first = target.#next = await processes.start();
    if (await first.endedWithin(START_MS) !== undefined) {
      await target[Symbol.asyncDispose]();
      throw notStarted(first, { missed: "wait for input", deadlineMs: START_MS });
    }
    return target;
  }

  /** The process of the connection that was opened last. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /** How a process crashed. That one ends with its connection is no crash. */
  get end(): ProcessEnd | undefined {
    return this.#processes.crash;
  }

  get stderrTail(): string {
    return this.#processes.stderrTail;
  }

  /** How often a process crashed, and the next one was started all the same. */
  get restarts(): number {
    return this.#restarts;
  }

  async connect(): Promise<TargetConnection> {
    const ready = this.#next;
    this.#next = undefined;
    if (ready?.end !== undefined) this.#processes.leave(ready, 0);
    const process = ready !== undefined && ready.end === undefined
      ? ready
      : await this.#processes.start();
    const ahead = await this.#processes.start();
    // Connections that are opened at the same time all start one ahead.
    if (this.#next === undefined) this.#next = ahead;
    else this.#processes.leave(ahead, 0);
    this.#pid = process.pid;
    const connection = new ProcessConnection(process, this.#startsMs, () => {
      this.#processes.leave(process, GRACE_MS);
      connection.released.then(() => this.#connections.delete(connection));
    });
    this.#connections.add(connection);
    return connection;
  }

  restart(): Promise<void> {
    if (this.#processes.forgetCrash()) this.#restarts++;
    return Promise.resolve();
  }

  async endedWithin(ms: number): Promise<ProcessEnd | undefined> {
    return await this.#processes.crashWithin(ms);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connections = [...this.#connections];
    for (const connection of connections) connection.close();
    // One that has ended before its turn came runs no more, and still has its pipes.
    if (this.#next !== undefined) this.#processes.leave(this.#next, 0);
    this.#next = undefined;
    await this.#processes[Symbol.asyncDispose]();
    await Promise.all(connections.map(({ released }) => released));
  }
}
