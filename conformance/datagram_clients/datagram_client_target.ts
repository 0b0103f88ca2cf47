import { formatEndpoint, openDatagrams } from "../../protocol/transport/mod.ts";
import type { DatagramChannel, DatagramEndpoint } from "../../protocol/transport/mod.ts";
import { CollectedOutput } from "../client_output/collected_output.ts";
import { spawnTarget } from "../player/spawn_target.ts";
import { type ProcessEnd, type SpawnedProcess, within } from "../player/spawned_process.ts";
import { type TargetProgram, TargetStartError } from "../player/target.ts";

/** A place where a client of datagrams can send to. */
export type UdpPlace = Extract<DatagramEndpoint, { scheme: "udp" }>;

/** How a client of datagrams is started. */
export interface DatagramClientOptions {
  /** Where we receive; port 0 takes a free port for each start. */
  readonly endpoint: UdpPlace;
  /** The words of its command; `{host}` and `{port}` are replaced. */
  readonly spawn: readonly string[];
  /** How long it may take until it asks for the first time, in ms. */
  readonly startTimeoutMs: number;
  /** What it reads from its standard input; by default that is at its end. */
  readonly input?: Uint8Array;
}

/** Where clients come from, each play a new one. */
export interface ClientTarget {
  /** How many can run at once. */
  readonly atOnce: number;
  /** How long it may take until it asks for the first time, in ms. */
  readonly startTimeoutMs: number;
  /**
   * Starts one.
   *
   * @throws {TargetStartError} if it cannot be started, or we cannot receive there.
   */
  launch(): Promise<RunningClient>;
}

/** A client that runs. Disposing of it ends it. */
export interface RunningClient extends AsyncDisposable {
  /** Where it sends to. */
  readonly channel: DatagramChannel;
  /** A socket of ours that it does not know. */
  stranger(): Promise<DatagramChannel>;
  /** Its process. */
  readonly process: Pick<SpawnedProcess, "end" | "ended"> & Partial<Pick<SpawnedProcess, "pid">>;
  /** What it prints. */
  readonly output: Pick<CollectedOutput, "bytes" | "length" | "done">;
}

/** How long a client may take to read its standard input, in ms. */
const INPUT_MS = 1000;

/**
 * A client that asks over UDP, prints something and exits. Each start has a socket of its own, so that nothing of one
 * can get into another one.
 */
export class DatagramClientTarget implements ClientTarget, TargetProgram {
  readonly #options: DatagramClientOptions;
  readonly #running = new Set<RunningClient>();
  readonly name: string;
  /** How it ended does not matter here: each start is judged by itself. */
  readonly end = undefined;
  readonly restarts = 0;
  #pid: number | undefined;
  #stderrTail = "";

  /** Takes what is needed to start it; nothing is started yet. */
  constructor(options: DatagramClientOptions) {
    this.#options = options;
    this.name = formatEndpoint(options.endpoint);
  }

  /** How many can run at once: where the port is given, only one can be there. */
  get atOnce(): number {
    return this.#options.endpoint.port === 0 ? 2 : 1;
  }

  /** How long it may take until it asks for the first time, in ms. */
  get startTimeoutMs(): number {
    return this.#options.startTimeoutMs;
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  get stderrTail(): string {
    return this.#stderrTail;
  }

  async launch(): Promise<RunningClient> {
    const { endpoint, spawn, input } = this.#options;
    const channel = await this.#open(endpoint.port);
    const { local } = channel;
    const here = local.scheme === "udp" ? { ...endpoint, port: local.port } : endpoint;
    let process: SpawnedProcess;
    try {
      process = spawnTarget(spawn, here, { stdout: true, stdin: input !== undefined });
    } catch (error) {
      await channel.close();
      throw error;
    }
    this.#pid = process.pid;
    const output = new CollectedOutput(process.stdout);
    const given = input === undefined ? Promise.resolve() : give(process, input);
    let stranger: Promise<DatagramChannel> | undefined;
    const running: RunningClient = {
      channel,
      process,
      output,
      stranger: () => stranger ??= this.#open(0),
      [Symbol.asyncDispose]: async () => {
        this.#running.delete(running);
        await channel.close();
        await (await stranger)?.close();
        await process[Symbol.asyncDispose]();
        await within(given, INPUT_MS);
        await output.cancel();
        this.#stderrTail = process.stderrTail || this.#stderrTail;
      },
    };
    this.#running.add(running);
    return running;
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

  async #open(port: number): Promise<DatagramChannel> {
    try {
      return await openDatagrams({ ...this.#options.endpoint, port });
    } catch (error) {
      throw new TargetStartError(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Writes its standard input; that it does not read it to the end is its own decision. */
async function give(process: SpawnedProcess, input: Uint8Array): Promise<void> {
  const writer = process.stdin.getWriter();
  try {
    await writer.write(input);
    await writer.close();
  } catch {
    await writer.abort().catch(() => {});
  }
}
