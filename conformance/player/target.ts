import {
  connect,
  type Connection,
  type Endpoint,
  formatEndpoint,
} from "../../protocol/transport/mod.ts";
import { connectResettable } from "./resettable_connection.ts";
import { describeEnd, type ProcessEnd, SpawnedProcess } from "./spawned_process.ts";

/** The target could not be started or reached before the run. The message says what to do. */
export class TargetStartError extends Error {
  /** The class of the error. */
  override readonly name = "TargetStartError";
}

/** Where the target is and how it is started. */
export interface TargetOptions {
  /** Where it listens. Port 0, with `spawn`, takes a free port. */
  readonly endpoint: Endpoint & { scheme: "tcp" | "tls" | "unix" };
  /** The words of the command that starts it; `{host}`, `{port}` and `{path}` are replaced. */
  readonly spawn?: readonly string[];
  /** How long it may take until it accepts a connection, in ms. */
  readonly startTimeoutMs: number;
  /** Certificates (PEM) to trust for TLS. */
  readonly caCerts?: readonly string[];
}

/** Longest time for one connection, in ms. */
const CONNECT_MS = 5000;
/** Pause between two tries while a target starts, in ms. */
const RETRY_MS = 10;

/** The server under test: a place to connect to and, if we started it, its process. */
export class Target implements AsyncDisposable {
  readonly #options: TargetOptions;
  /** Where it listens, with the real port. */
  readonly endpoint: TargetOptions["endpoint"];
  #process: SpawnedProcess | undefined;
  #restarts = 0;

  private constructor(options: TargetOptions, endpoint: TargetOptions["endpoint"]) {
    this.#options = options;
    this.endpoint = endpoint;
  }

  /**
   * Starts the target if it has to be, and waits until it accepts connections.
   *
   * @throws {TargetStartError} if it does not within the time given.
   */
  static async start(options: TargetOptions): Promise<Target> {
    const { endpoint } = options;
    const target = new Target(options, await withRealPort(endpoint, options.spawn !== undefined));
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
    if (spawn !== undefined) this.#process = this.#spawn(spawn);
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

  #spawn(words: readonly string[]): SpawnedProcess {
    const { endpoint } = this;
    const values: Record<string, string> = endpoint.scheme === "unix"
      ? { path: endpoint.path }
      : { host: endpoint.hostname, port: String(endpoint.port) };
    const filled = words.map((word) =>
      word.replace(/\{(host|port|path)\}/g, (whole, name: string) => values[name] ?? whole)
    );
    try {
      return new SpawnedProcess(filled);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new TargetStartError(`Cannot start ${filled[0]}: ${why}`);
    }
  }

  #notStarted(why: unknown): TargetStartError {
    const reason = why instanceof Error ? why.message : String(why);
    if (this.#process === undefined) {
      return new TargetStartError(`The target is not there: ${reason}`);
    }
    const how = this.end === undefined
      ? `does not accept within ${this.#options.startTimeoutMs} ms`
      : `ended (${describeEnd(this.end)}) before it accepted a connection`;
    const tail = this.stderrTail.trim();
    return new TargetStartError(
      `The target ${how}: ${reason}${
        tail === "" ? "" : `\nIts standard error ends with:\n${tail}`
      }`,
    );
  }
}

async function withRealPort(
  endpoint: TargetOptions["endpoint"],
  spawned: boolean,
): Promise<TargetOptions["endpoint"]> {
  if (endpoint.scheme === "unix" || endpoint.port !== 0 || !spawned) return endpoint;
  const listener = Deno.listen({ hostname: endpoint.hostname, port: 0 });
  const { port } = listener.addr;
  listener.close();
  return await Promise.resolve({ ...endpoint, port });
}
