import { formatEndpoint, listen, parseEndpoint } from "../../protocol/transport/mod.ts";
import type { Connection, Listener } from "../../protocol/transport/mod.ts";
import { AcceptedConnection, whyNoReset } from "../player/accepted_connection.ts";
import { notStarted, spawnTarget } from "../player/spawn_target.ts";
import { type ProcessEnd, type SpawnedProcess, within } from "../player/spawned_process.ts";
import {
  type Target,
  type TargetConnection,
  type TargetEndpoint,
  type TargetOptions,
  TargetStartError,
} from "../player/target.ts";
import { CollectedOutput } from "./collected_output.ts";

/** A place where we can listen. */
type ListenEndpoint = Exclude<TargetEndpoint, { scheme: "stdio" }>;

/** How long its connection may be on its way after a client ended, in ms. */
const ARRIVAL_MS = 50;

/** A client that runs and has dialled. Disposing of it ends it. */
export interface Launched extends AsyncDisposable {
  /** Its connection. */
  readonly connection: TargetConnection;
  /** Its process. */
  readonly process: SpawnedProcess;
  /** What it prints. */
  readonly output: CollectedOutput;
  /** Whether it dialled once more; that connection was closed at once. */
  readonly redialled: boolean;
}

/**
 * A client that dials, is given one stream, prints something and exits. Each start has a listener of its own, so that
 * nothing of one can get into another one.
 */
export class OutputTarget implements Target {
  readonly #options: TargetOptions & { readonly endpoint: ListenEndpoint };
  readonly #words: readonly string[];
  readonly name: string;
  readonly noReset?: string;
  /** How it crashed does not matter here: each start is judged by itself. */
  readonly end = undefined;
  readonly restarts = 0;
  #pid: number | undefined;
  #stderrTail = "";
  readonly #running = new Set<Launched>();

  /** Takes what is needed to start it; nothing is started yet. */
  constructor(
    options: TargetOptions & { readonly endpoint: ListenEndpoint },
    words: readonly string[],
  ) {
    this.#options = options;
    this.#words = words;
    this.name = formatEndpoint(options.endpoint);
    const noReset = whyNoReset();
    if (noReset !== undefined) this.noReset = noReset;
  }

  get scheme(): ListenEndpoint["scheme"] {
    return this.#options.endpoint.scheme;
  }

  /** How many can run at once: where the place is given, only one can be there. */
  get atOnce(): number {
    const { endpoint } = this.#options;
    return endpoint.scheme !== "unix" && endpoint.port === 0 ? 2 : 1;
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  get stderrTail(): string {
    return this.#stderrTail;
  }

  async connect(resettable = false): Promise<TargetConnection> {
    return (await this.launch(resettable)).connection;
  }

  /**
   * Starts it and waits until it has dialled.
   *
   * @throws {TargetStartError} if it cannot be started, or does not dial in time.
   */
  async launch(resettable = false): Promise<Launched> {
    const { endpoint, startTimeoutMs } = this.#options;
    const listener = await this.#listen();
    const here = withPortOf(endpoint, listener);
    let process: SpawnedProcess | undefined;
    try {
      process = spawnTarget(this.#words, here, { stdout: true });
      this.#pid = process.pid;
      const output = new CollectedOutput(process.stdout);
      const connection = await firstConnection(listener, process, startTimeoutMs);
      if (connection !== undefined) {
        return this.#launched({ listener, process, output, connection }, resettable);
      }
      await process[Symbol.asyncDispose]();
      await output.cancel();
      throw notStarted(process, {
        missed: `dial ${formatEndpoint(here)}`,
        deadlineMs: startTimeoutMs,
      });
    } catch (error) {
      listener.close();
      await process?.[Symbol.asyncDispose]();
      throw error;
    }
  }

  restart(): Promise<void> {
    return Promise.resolve();
  }

  endedWithin(): Promise<ProcessEnd | undefined> {
    return Promise.resolve(undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map((one) => one[Symbol.asyncDispose]()));
  }

  async #listen(): Promise<Listener> {
    const { endpoint, certificate } = this.#options;
    try {
      return await listen(endpoint, certificate ? { tls: certificate } : {});
    } catch (error) {
      throw new TargetStartError(error instanceof Error ? error.message : String(error));
    }
  }

  #launched(
    { listener, process, output, connection }: {
      readonly listener: Listener;
      readonly process: SpawnedProcess;
      readonly output: CollectedOutput;
      readonly connection: Connection;
    },
    resettable: boolean,
  ): Launched {
    let redialled = false;
    const turnedAway = (async () => {
      for await (const another of listener.connections()) {
        redialled = true;
        another.close();
      }
    })();
    const accepted = new AcceptedConnection(connection, {
      resettable: resettable && this.scheme === "tcp",
      onClose: () => {},
    });
    const launched: Launched = {
      connection: accepted,
      process,
      output,
      get redialled() {
        return redialled;
      },
      [Symbol.asyncDispose]: async () => {
        this.#running.delete(launched);
        accepted.close();
        listener.close();
        await turnedAway;
        await process[Symbol.asyncDispose]();
        await output.cancel();
        this.#stderrTail = process.stderrTail || this.#stderrTail;
      },
    };
    this.#running.add(launched);
    return launched;
  }
}

async function firstConnection(
  listener: Listener,
  process: SpawnedProcess,
  ms: number,
): Promise<Connection | undefined> {
  const coming = listener.accept();
  const first = await within(Promise.race([coming, process.ended]), ms);
  // It ended, but what it dialled before that may be under way.
  const last = first !== undefined && first !== null && !("read" in first)
    ? await within(coming, ARRIVAL_MS)
    : first;
  return last !== null && last !== undefined && "read" in last ? last : undefined;
}

/** The endpoint as it was given, with the port that was chosen. */
function withPortOf(endpoint: ListenEndpoint, listener: Listener): ListenEndpoint {
  if (endpoint.scheme === "unix") return endpoint;
  const real = parseEndpoint(listener.endpoint);
  return "port" in real ? { ...endpoint, port: real.port } : endpoint;
}
