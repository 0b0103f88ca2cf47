import {
  type Connection,
  formatEndpoint,
  listen,
  type Listener,
  parseEndpoint,
} from "../../protocol/transport/mod.ts";
import { AcceptedConnection, whyNoReset } from "./accepted_connection.ts";
import { ProcessGroup } from "./process_group.ts";
import { notStarted, spawnTarget } from "./spawn_target.ts";
import { type ProcessEnd, within } from "./spawned_process.ts";
import {
  type Target,
  type TargetConnection,
  type TargetEndpoint,
  type TargetOptions,
  TargetStartError,
} from "./target.ts";

/** A place where we can listen. */
type ListenEndpoint = Exclude<TargetEndpoint, { scheme: "stdio" }>;
/** How a client is met. */
type ClientOptions = TargetOptions & { readonly endpoint: ListenEndpoint };

/** How long a running client that has no connection may take to dial again, before another one is started, in ms. */
const REDIAL_MS = 1000;
/** The same for a client that has once shown that it does not dial again, in ms. */
const REDIAL_KNOWN_MS = 50;
/** How long its connection may be on its way after a client ended, in ms. */
const ARRIVAL_MS = 50;
/** How long a client started by hand may take to dial again, before somebody is asked to start it, in ms. */
const SECOND_MS = 1000;

/**
 * A client under test: we listen, it dials us, and each connection is its next one. One that we start ourselves is
 * started again whenever it has ended, or does not dial again; for another one we wait.
 */
export class ClientTarget implements Target {
  readonly #options: ClientOptions;
  readonly #listener: Listener;
  readonly #processes: ProcessGroup | undefined;
  readonly name: string;
  readonly noReset?: string;
  /** Connections that are awaited or have come, and that nobody has taken yet. */
  readonly #coming: Promise<Connection | null>[] = [];
  readonly #open = new Set<Connection>();
  #met = false;
  #staysSilent = false;
  #restarts = 0;

  private constructor(options: ClientOptions, listener: Listener) {
    this.#options = options;
    this.#listener = listener;
    const endpoint = withPortOf(options.endpoint, listener);
    this.name = formatEndpoint(endpoint);
    const noReset = whyNoReset();
    if (noReset !== undefined) this.noReset = noReset;
    const { spawn } = options;
    this.#processes = spawn && new ProcessGroup(() => spawnTarget(spawn, endpoint));
  }

  /**
   * Listens, and waits until the client dials for the first time.
   *
   * @throws {TargetStartError} if it does not within the time given, or we cannot listen.
   */
  static async start(options: ClientOptions): Promise<ClientTarget> {
    const target = new ClientTarget(options, await openListener(options));
    try {
      target.#coming.push(Promise.resolve(await target.#next()));
      return target;
    } catch (error) {
      await target[Symbol.asyncDispose]();
      throw error;
    }
  }

  get scheme(): ListenEndpoint["scheme"] {
    return this.#options.endpoint.scheme;
  }

  get pid(): number | undefined {
    return this.#processes?.latest?.pid;
  }

  /** How a client crashed. That it ends after its connection is no crash. */
  get end(): ProcessEnd | undefined {
    return this.#processes?.crash;
  }

  get stderrTail(): string {
    return this.#processes?.stderrTail ?? "";
  }

  /** How often a client crashed, and was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  async connect(resettable = false): Promise<TargetConnection> {
    const connection = await this.#next();
    this.#open.add(connection);
    return new AcceptedConnection(connection, {
      resettable: resettable && this.scheme === "tcp",
      onClose: () => this.#open.delete(connection),
    });
  }

  restart(): Promise<void> {
    if (this.#processes?.forgetCrash()) this.#restarts++;
    return Promise.resolve();
  }

  async endedWithin(ms: number): Promise<ProcessEnd | undefined> {
    return await this.#processes?.crashWithin(ms);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) connection.close();
    for (const coming of this.#coming) (await coming)?.close();
    await this.#processes?.[Symbol.asyncDispose]();
  }

  /** The next connection. */
  async #next(): Promise<Connection> {
    const coming = this.#coming.shift() ?? this.#listener.accept();
    const connection =
      await (this.#processes === undefined
        ? this.#awaited(coming)
        : this.#spawned(coming, this.#processes));
    if (connection instanceof Error) {
      this.#coming.unshift(coming);
      throw connection;
    }
    this.#met = true;
    return connection;
  }

  /** The next connection of a client that somebody else starts. */
  async #awaited(coming: Promise<Connection | null>): Promise<Connection | Error> {
    const { startTimeoutMs, onWaiting } = this.#options;
    const soon = this.#met ? await within(coming, SECOND_MS) : undefined;
    if (soon) return soon;
    if (this.#open.size === 0) {
      onWaiting?.(this.name);
      const connection = await within(coming, startTimeoutMs);
      if (connection) return connection;
    }
    return new TargetStartError(
      `The target did not dial ${this.name} within ${startTimeoutMs} ms`,
    );
  }

  /** The next connection of a client that we start. */
  async #spawned(
    coming: Promise<Connection | null>,
    processes: ProcessGroup,
  ): Promise<Connection | Error> {
    const { latest } = processes;
    if (latest !== undefined && processes.running.length > this.#open.size) {
      const patience = this.#staysSilent ? REDIAL_KNOWN_MS : REDIAL_MS;
      const first = await within(Promise.race([coming, latest.ended]), patience);
      if (isConnection(first)) return first;
      this.#staysSilent ||= first === undefined;
    }
    // Which of several has no connection is not known: they are left alone until none has one.
    if (this.#open.size === 0) { for (const one of processes.running) processes.leave(one, 0); }
    const { startTimeoutMs } = this.#options;
    const process = await processes.start();
    const first = await within(Promise.race([coming, process.ended]), startTimeoutMs);
    if (isConnection(first)) return first;
    // It ended, but what it dialled before that may be under way.
    const last = await within(coming, ARRIVAL_MS);
    if (isConnection(last)) return last;
    processes.leave(process, 0);
    return notStarted(process, { missed: `dial ${this.name}`, deadlineMs: startTimeoutMs });
  }
}

function isConnection(first: Connection | ProcessEnd | null | undefined): first is Connection {
  return first !== undefined && first !== null && "read" in first;
}

async function openListener({ endpoint, certificate }: ClientOptions): Promise<Listener> {
  try {
    return await listen(endpoint, certificate ? { tls: certificate } : {});
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TargetStartError(why);
  }
}

/** The endpoint as it was given, with the port that was chosen. */
function withPortOf(endpoint: ListenEndpoint, listener: Listener): ListenEndpoint {
  if (endpoint.scheme === "unix") return endpoint;
  const real = parseEndpoint(listener.endpoint);
  return "port" in real ? { ...endpoint, port: real.port } : endpoint;
}
