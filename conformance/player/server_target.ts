import { connect, type Connection, formatEndpoint } from "../../protocol/transport/mod.ts";
import { connectResettable } from "./resettable_connection.ts";
import { notStarted, spawnTarget } from "./spawn_target.ts";
import type { ProcessEnd, SpawnedProcess } from "./spawned_process.ts";
import {
  type Target,
  type TargetEndpoint,
  type TargetOptions,
  TargetStartError,
} from "./target.ts";

/** A place where a server can listen. */
type ServerEndpoint = Exclude<TargetEndpoint, { scheme: "stdio" }>;
/** How a server is started. */
type ServerOptions = TargetOptions & { readonly endpoint: ServerEndpoint };

/** Longest time for one connection, in ms. */
const CONNECT_MS = 5000;
/** Pause between two tries while a target starts, in ms. */
const RETRY_MS = 10;

/** The server under test: a place to connect to and, if we started it, its process. */
export class ServerTarget implements Target {
  readonly #options: ServerOptions;
  /** Where it listens, with the real port. */
  readonly endpoint: ServerEndpoint;
  #process: SpawnedProcess | undefined;
  #restarts = 0;

  private constructor(options: ServerOptions, endpoint: ServerEndpoint) {
    this.#options = options;
    this.endpoint = endpoint;
  }

  /**
   * Starts the target if it has to be, and waits until it accepts connections.
   *
   * @throws {TargetStartError} if it does not within the time given.
   */
  static async start(options: ServerOptions): Promise<ServerTarget> {
    const { endpoint } = options;
    const target = new ServerTarget(
      options,
      await withRealPort(endpoint, options.spawn !== undefined),
    );
    try {
      await target.#start();
      return target;
    } catch (error) {
      await target[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Where it listens, as text. */
  get name(): string {
    return formatEndpoint(this.endpoint);
  }

  /** How it is reached. */
  get scheme(): ServerEndpoint["scheme"] {
    return this.endpoint.scheme;
  }

  /** Its process id, if we started it. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** How its process ended; undefined while it runs or when it is not ours. */
  get end(): ProcessEnd | undefined {
    return this.#process?.end;
  }

  /** The last of its standard error, if we started it. */
  get stderrTail(): string {
    return this.#process?.stderrTail ?? "";
  }

  /** How often it had to be started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Waits a moment for the end of its process, after a connection went down. */
  async endedWithin(ms: number): Promise<ProcessEnd | undefined> {
    return await this.#process?.endedWithin(ms);
  }

  /**
   * A fresh connection.
   *
   * @throws {Error} if none can be made, whatever the reason.
   */
  async connect(resettable = false): Promise<Connection> {
    const { endpoint } = this;
    if (resettable && endpoint.scheme === "tcp") {
      return await connectResettable(endpoint, CONNECT_MS);
    }
    const { caCerts } = this.#options;
    return await connect(endpoint, {
      connectTimeoutMs: CONNECT_MS,
      ...(caCerts ? { tls: { caCerts } } : {}),
    });
  }

  /**
   * Starts it again after its process ended. Does nothing while it runs, or when it is not ours.
   *
   * @throws {TargetStartError} if it does not come up again.
   */
  async restart(): Promise<void> {
    if (this.#process?.end === undefined) return;
    await this.#process[Symbol.asyncDispose]();
    this.#restarts++;
    await this.#start();
  }

  /** Ends its process, if we started it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
  }

  async #start(): Promise<void> {
    const { spawn, startTimeoutMs } = this.#options;
    if (spawn !== undefined) this.#process = spawnTarget(spawn, this.endpoint);
    const deadline = performance.now() + (spawn === undefined ? 0 : startTimeoutMs);
    for (;;) {
      try {
        (await this.connect()).close();
        break;
      } catch (error) {
        if (this.end === undefined && performance.now() < deadline) {
          await this.#process?.endedWithin(RETRY_MS);
          continue;
        }
        throw this.#notStarted(error);
      }
    }
    if (await this.#process?.endedWithin(RETRY_MS) !== undefined) {
      throw this.#notStarted(`something else listens at ${this.name}`);
    }
  }

  #notStarted(error: unknown): TargetStartError {
    const why = error instanceof Error ? error.message : String(error);
    if (this.#process === undefined) {
      return new TargetStartError(`The target is not there: ${why}`);
    }
    const deadlineMs = this.#options.startTimeoutMs;
    return notStarted(this.#process, { missed: "accept", deadlineMs, why });
  }
}

async function withRealPort(
  endpoint: ServerEndpoint,
  spawned: boolean,
): Promise<ServerEndpoint> {
  if (endpoint.scheme === "unix" || endpoint.port !== 0 || !spawned) return endpoint;
  const listener = Deno.listen({ hostname: endpoint.hostname, port: 0 });
  const { port } = listener.addr;
  listener.close();
  return await Promise.resolve({ ...endpoint, port });
}
