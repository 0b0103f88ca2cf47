import {
  type DatagramEndpoint,
  formatEndpoint,
  openDatagrams,
} from "../../protocol/transport/mod.ts";
import { type DatagramQueue, openDatagramQueue } from "../edge/datagram_queue.ts";
import { notStarted, spawnTarget } from "../player/spawn_target.ts";
import type { ProcessEnd, SpawnedProcess } from "../player/spawned_process.ts";
import { type TargetOptions, type TargetProgram, TargetStartError } from "../player/target.ts";

/** Where a target of datagrams is met. */
export type DatagramPlace = Exclude<DatagramEndpoint, { scheme: "memory" }>;

/** How a target of datagrams is started. */
export type DatagramTargetOptions =
  & Pick<TargetOptions, "spawn" | "startTimeoutMs">
  & { readonly endpoint: DatagramPlace };

/** Pause between two looks while a target starts, in ms. */
const RETRY_MS = 10;

/** A server of datagrams: a place to send to and, if we started it, its process. */
export class DatagramTarget implements TargetProgram {
  readonly #options: DatagramTargetOptions;
  /** Where it receives, with the real port. */
  readonly endpoint: DatagramPlace;
  /** What the kernel tells of its queue; or why it does not. */
  readonly queue: DatagramQueue | string;
  #process: SpawnedProcess | undefined;
  #restarts = 0;

  private constructor(options: DatagramTargetOptions, endpoint: DatagramPlace) {
    this.#options = options;
    this.endpoint = endpoint;
    this.queue = queueOf(endpoint);
  }

  /**
   * Starts the target if it has to be, and waits until it receives, as far as that can be seen from here.
   *
   * @throws {TargetStartError} if it does not within the time given.
   */
  static async start(options: DatagramTargetOptions): Promise<DatagramTarget> {
    const { endpoint, spawn } = options;
    const target = new DatagramTarget(options, await withRealPort(endpoint, spawn !== undefined));
    try {
      await target.#start();
      return target;
    } catch (error) {
      await target[Symbol.asyncDispose]();
      throw error;
    }
  }

  get name(): string {
    return formatEndpoint(this.endpoint);
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get end(): ProcessEnd | undefined {
    return this.#process?.end;
  }

  get stderrTail(): string {
    return this.#process?.stderrTail ?? "";
  }

  get restarts(): number {
    return this.#restarts;
  }

  async endedWithin(ms: number): Promise<ProcessEnd | undefined> {
    return await this.#process?.endedWithin(ms);
  }

  async restart(): Promise<void> {
    if (this.#process?.end === undefined) return;
    await this.#process[Symbol.asyncDispose]();
    this.#restarts++;
    await this.#start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (typeof this.queue !== "string") this.queue[Symbol.dispose]();
    await this.#process?.[Symbol.asyncDispose]();
  }

  async #start(): Promise<void> {
    const { spawn, startTimeoutMs } = this.#options;
    if (spawn !== undefined) {
      if (this.#isThere() === true) {
        throw new TargetStartError(`Something else receives at ${this.name}`);
      }
      this.#process = spawnTarget(spawn, this.endpoint);
    }
    const deadline = performance.now() + (spawn === undefined ? 0 : startTimeoutMs);
    while (this.#isThere() === false) {
      if (this.end !== undefined || performance.now() >= deadline) throw this.#notThere();
      await (this.#process?.endedWithin(RETRY_MS) ?? Promise.resolve());
    }
  }

  /** Whether somebody receives there; undefined when that cannot be told without sending something. */
  #isThere(): boolean | undefined {
    const { endpoint, queue } = this;
    if (endpoint.scheme === "unixgram") {
      try {
        return Deno.statSync(endpoint.path).isSocket === true;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return false;
        throw error;
      }
    }
    return typeof queue === "string" ? undefined : queue.isBound;
  }

  #notThere(): TargetStartError {
    if (this.#process === undefined) {
      return new TargetStartError(`The target is not there: nobody receives at ${this.name}`);
    }
    const deadlineMs = this.#options.startTimeoutMs;
    return notStarted(this.#process, { missed: `receive at ${this.name}`, deadlineMs });
  }
}

/** Only the queues of this machine can be looked at. */
function queueOf(endpoint: DatagramPlace): DatagramQueue | string {
  if (endpoint.scheme === "unixgram") {
    return "Unix datagrams are not lost, their queue is not looked at";
  }
  const { hostname } = endpoint;
  const isHere = hostname === "::1" || hostname === "localhost" ||
    /^127\.|^0\.0\.0\.0$|^::$/.test(hostname);
  if (!isHere) return `${hostname} may be another machine`;
  return openDatagramQueue(endpoint.port);
}

async function withRealPort(endpoint: DatagramPlace, spawned: boolean): Promise<DatagramPlace> {
  if (endpoint.scheme === "unixgram" || endpoint.port !== 0 || !spawned) return endpoint;
  await using free = await openDatagrams({ ...endpoint, port: 0 });
  const { local } = free;
  return local.scheme === "udp" ? { ...endpoint, port: local.port } : endpoint;
}
