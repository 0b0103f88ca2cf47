import type { FrameEncoder } from "../../protocol/framing/mod.ts";
import { hexText } from "../../protocol/framing/hex.ts";
import type { Fields } from "../history/fields.ts";
import { ProcessConnection } from "../player/process_connection.ts";
import { notStarted, spawnTarget } from "../player/spawn_target.ts";
import { type ProcessEnd, type SpawnedProcess, within } from "../player/spawned_process.ts";
import { type Target, type TargetConnection, TargetStartError } from "../player/target.ts";
import { AdapterChannel } from "./adapter_channel.ts";
import { AdapterError } from "./adapter_error.ts";
import {
  type Encoded,
  type Hello,
  readEncoded,
  readHello,
  readStep,
  type Step,
  unsupportedIn,
} from "./answers.ts";
import { DecoderConnection } from "./decoder_connection.ts";
import type { CodecSettings } from "./codec_settings.ts";
import { ADAPTER_VERSION } from "./request.ts";

/** The adapter does not have the codec that was asked for. */
export class UnsupportedCodecError extends TargetStartError {}

/** What the decoders of a target are like. */
export interface DecoderTargetOptions {
  /** The words of the command that starts the adapter. */
  readonly spawn: readonly string[];
  /** Which codec, and how it is set. */
  readonly settings: CodecSettings;
  /** Encoder of the framing, without a limit. */
  readonly encoder: FrameEncoder;
  /** How long an answer may take, in ms. */
  readonly deadlineMs: number;
  /** How long a process may take until it answers for the first time, in ms. */
  readonly startMs: number;
}

/** How long an answer may take once one did not come in all the time that there was, in ms. */
const SILENT_MS = 1000;

/** A running adapter. */
interface Running {
  readonly process: SpawnedProcess;
  readonly channel: AdapterChannel;
}

/** Decoders behind an adapter, as a target: each connection is a fresh decoder, all in one process. */
export class DecoderTarget implements Target {
  readonly name: string;
  readonly scheme = "stdio";
  /** What the adapter says of itself. */
  readonly hello: Hello;
  readonly #options: DecoderTargetOptions;
  #running: Running;
  #number = 0;
  #end: ProcessEnd | undefined;
  #restarts = 0;
  #wasSilent = false;
  /** Of a process that is no more. */
  #stderrTail = "";
  #ending: Promise<void> = Promise.resolve();

  private constructor(options: DecoderTargetOptions, running: Running, hello: Hello) {
    this.#options = options;
    this.#running = running;
    this.hello = hello;
    this.name = `${hello.name} (adapter)`;
    this.#watch(running);
  }

  /**
   * Starts the adapter and asks whether it has the codec.
   *
   * @throws {TargetStartError} if it does not start, or does not keep the contract from the beginning.
   * @throws {UnsupportedCodecError} if it has no such codec.
   */
  static async start(options: DecoderTargetOptions): Promise<DecoderTarget> {
    const running = begin(options);
    const { process, channel } = running;
    try {
      const hello = await greet(running, options.deadlineMs);
      const { settings } = options;
      const missing = await channel.ask({ do: "open", decoder: 0, ...settings }, unsupportedIn);
      if (missing !== undefined) {
        const codecs = hello.codecs.join(", ");
        throw new UnsupportedCodecError(
          `The adapter ${hello.name} has no codec ${settings.codec} (${missing}); it has ${codecs}`,
        );
      }
      await channel.ask({ do: "close", decoder: 0 }, () => {});
      return new DecoderTarget(options, running, hello);
    } catch (error) {
      if (error instanceof AdapterError && error.fault === "ended") await process.endedWithin(1000);
      await stop(running);
      if (!(error instanceof AdapterError)) throw error;
      throw notStarted(process, {
        missed: "keep the contract (docs/ADAPTER.md)",
        deadlineMs: options.startMs,
        why: error.message,
      });
    }
  }

  get pid(): number {
    return this.#running.process.pid;
  }

  get end(): ProcessEnd | undefined {
    return this.#end;
  }

  get stderrTail(): string {
    return this.#running.process.stderrTail || this.#stderrTail;
  }

  get restarts(): number {
    return this.#restarts;
  }

  async connect(): Promise<TargetConnection> {
    await this.#revive();
    const { settings, encoder } = this.#options;
    return new DecoderConnection(this.#running.channel, {
      number: ++this.#number,
      settings,
      ends: this.hello.features.has("end"),
      encoder,
    });
  }

  async restart(): Promise<void> {
    if (this.#end === undefined) return;
    await this.#again();
  }

  async endedWithin(ms: number): Promise<ProcessEnd | undefined> {
    if (this.#running.channel.fault !== undefined) await within(this.#concluded(), ms);
    return this.#end;
  }

  /**
   * Encodes a payload.
   *
   * @throws {AdapterError} if no answer comes.
   */
  async encode(payload: Uint8Array): Promise<Encoded> {
    await this.restart();
    await this.#revive();
    const { settings } = this.#options;
    return await this.#running.channel.ask(
      { do: "encode", ...settings, payload: hexText(payload) },
      readEncoded,
    );
  }

  /**
   * What a fresh decoder gives for these chunks and the end behind them.
   *
   * @throws {AdapterError} if no answer comes.
   */
  async decode(chunks: readonly Uint8Array[]): Promise<Step> {
    await this.restart();
    await this.#revive();
    const { channel } = this.#running, decoder = ++this.#number;
    const opened = channel.ask(
      { do: "open", decoder, ...this.#options.settings },
      () => ({ frames: [], reports: [] }),
    );
    const pushed = chunks.map((chunk) =>
      channel.ask({ do: "push", decoder, bytes: hexText(chunk) }, readStep)
    );
    const ended = this.hello.features.has("end")
      ? [channel.ask({ do: "end", decoder }, readStep)]
      : [];
    const closed = channel.ask({ do: "close", decoder }, () => ({ frames: [], reports: [] }));
    const steps: readonly Step[] = await Promise.all([opened, ...pushed, ...ended, closed]);
    const error = steps.find((step) => step.error !== undefined)?.error;
    return {
      frames: steps.flatMap(({ frames }) => frames),
      reports: steps.flatMap(({ reports }) => reports),
      ...(error === undefined ? {} : { error }),
    };
  }

  /**
   * Asks for what no adapter knows, and tells whether that was said.
   *
   * @throws {AdapterError} if no answer comes.
   */
  async askUnknown(): Promise<boolean> {
    await this.restart();
    await this.#revive();
    const said = (answer: Fields) => answer.has("unsupported");
    return await this.#running.channel.ask({ do: "no such request" }, said);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stop(this.#running);
    await this.#ending;
  }

  /** After a silence the next decoder gets a new process; that one has ended is seen by whoever looks for its end. */
  async #revive(): Promise<void> {
    const { fault } = this.#running.channel;
    if (fault === undefined) return;
    await this.#concluded();
    if (fault.fault !== "silent") throw fault;
    await this.#again();
  }

  /** Waits until it is known how a process that broke the contract ended. */
  async #concluded(): Promise<void> {
    await this.#running.channel.broken;
    await this.#ending;
  }

  /** A new process in the place of one that broke the contract or ended. */
  async #again(): Promise<void> {
    await this.#concluded();
    await stop(this.#running);
    if (this.#end !== undefined) this.#restarts++;
    this.#end = undefined;
    const { deadlineMs } = this.#options;
    this.#running = begin(this.#options);
    this.#watch(this.#running);
    // The full time is waited once; who was silent then is not waited for as long.
    await greet(this.#running, this.#wasSilent ? Math.min(deadlineMs, SILENT_MS) : deadlineMs);
  }

  /** What an adapter did that breaks the contract ends its process; it is told as the end of that. */
  #watch({ process, channel }: Running): void {
    channel.broken.then((fault) => {
      this.#ending = this.#conclude(process, fault);
    });
  }

  async #conclude(process: SpawnedProcess, { fault, message }: AdapterError): Promise<void> {
    if (fault === "silent") this.#wasSilent = true;
    if (fault === "ended") this.#end = await process.endedWithin(1000);
    if (fault === "garbage") this.#end = { code: null, signal: null, breach: message };
    await process[Symbol.asyncDispose]();
    this.#stderrTail = process.stderrTail;
    // Who closes its output and stays has gone as well.
    if (fault === "ended") this.#end ??= { code: null, signal: null, breach: message };
  }
}

function begin({ spawn, startMs }: DecoderTargetOptions): Running {
  const endpoint = { scheme: "stdio", options: new Map() } as const;
  const process = spawnTarget(spawn, endpoint, { stdin: true, stdout: true });
  const connection = new ProcessConnection(process, 0, () => {});
  return { process, channel: new AdapterChannel(connection, startMs) };
}

/** Waits until the adapter is there; from then on an answer may take `deadlineMs`. */
async function greet({ channel }: Running, deadlineMs: number): Promise<Hello> {
  const hello = await channel.ask({ do: "hello", version: ADAPTER_VERSION }, readHello);
  channel.deadlineMs = deadlineMs;
  return hello;
}

async function stop({ process, channel }: Running): Promise<void> {
  await channel.close();
  await process[Symbol.asyncDispose]();
}
