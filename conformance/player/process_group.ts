import { isCrash, type ProcessEnd, type SpawnedProcess, within } from "./spawned_process.ts";

/** Processes that may be on their way out at once, before the next one is started. */
const MOST_LEAVING = 8;

/**
 * The processes of a target that has one for each connection: each is ended, some time after its connection, and what
 * becomes of it is remembered.
 */
export class ProcessGroup implements AsyncDisposable {
  readonly #start: () => SpawnedProcess;
  readonly #running = new Set<SpawnedProcess>();
  readonly #leaving = new Set<Promise<void>>();
  #latest: SpawnedProcess | undefined;
  #crash: ProcessEnd | undefined;
  #stderrTail = "";

  /** `start` starts one of them. */
  constructor(start: () => SpawnedProcess) {
    this.#start = start;
  }

  /** The one that was started last and not let go. */
  get latest(): SpawnedProcess | undefined {
    return this.#latest;
  }

  /** Those that have not ended. */
  get running(): readonly SpawnedProcess[] {
    return [...this.#running];
  }

  /** How one of them crashed; undefined when none has since {@linkcode forgetCrash}. */
  get crash(): ProcessEnd | undefined {
    return this.#crash;
  }

  /** The last of the standard error of the one that said something last. */
  get stderrTail(): string {
    return this.#latest?.stderrTail || this.#stderrTail;
  }

  /** Forgets a crash, and says whether there was one. */
  forgetCrash(): boolean {
    const crashed = this.#crash !== undefined;
    this.#crash = undefined;
    return crashed;
  }

  /**
   * Starts one more.
   *
   * @throws {TargetStartError} if that is not possible.
   */
  async start(): Promise<SpawnedProcess> {
    while (this.#leaving.size >= MOST_LEAVING) await Promise.race(this.#leaving);
    const process = this.#start();
    this.#running.add(process);
    this.#latest = process;
    process.ended.then((end) => {
      this.#running.delete(process);
      if (!process.told && isCrash(end)) this.#crash ??= end;
    });
    return process;
  }

  /** Lets one end by itself within `graceMs`, then ends it. Nobody needs to wait for that. */
  leave(process: SpawnedProcess, graceMs: number): void {
    if (this.#latest === process) this.#latest = undefined;
    const left = this.#end(process, graceMs);
    this.#leaving.add(left);
    left.then(() => this.#leaving.delete(left));
  }

  /** Waits at most `ms` for a crash of those that were let go. */
  async crashWithin(ms: number): Promise<ProcessEnd | undefined> {
    if (this.#crash === undefined) await within(Promise.all(this.#leaving), ms);
    return this.#crash;
  }

  /** Ends all of them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map((process) => process[Symbol.asyncDispose]()));
    await Promise.all(this.#leaving);
  }

  async #end(process: SpawnedProcess, graceMs: number): Promise<void> {
    await process.endedWithin(graceMs);
    await process[Symbol.asyncDispose]();
    this.#stderrTail = process.stderrTail || this.#stderrTail;
  }
}
