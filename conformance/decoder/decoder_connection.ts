import { concat } from "@std/bytes/concat";
import { type FrameEncoder, FramingError } from "../../protocol/framing/mod.ts";
import { hexText } from "../../protocol/framing/hex.ts";
import type { EdgeVerdict, EdgeWatch } from "../edge/edge_probe.ts";
import type { DecoderTold, TargetConnection } from "../player/target.ts";
import { showBytes } from "../judge/show_bytes.ts";
import type { AdapterChannel } from "./adapter_channel.ts";
import { AdapterError } from "./adapter_error.ts";
import { readStep, type Step, unsupportedIn } from "./answers.ts";
import type { CodecSettings } from "./codec_settings.ts";

/** How a decoder is opened. */
export interface DecoderOptions {
  /** Its number; no other one of this adapter has it. */
  readonly number: number;
  /** Which codec, and how it is set. */
  readonly settings: CodecSettings;
  /** Whether the adapter can be told of the end of a stream. */
  readonly ends: boolean;
  /** Encoder of the framing, for answers: without a limit. */
  readonly encoder: FrameEncoder;
}

/**
 * One decoder behind an adapter, seen as a connection to somebody who echoes frames: what is written is pushed, chunk
 * by chunk; what is read are the frames that it gave, framed again. An error of the decoder is the end of the stream.
 *
 * ```
 *   write 00 00 00 02 68 ─▶ push ─▶ frames: none
 *   write 69             ─▶ push ─▶ frames: 6869  ─▶ read 00 00 00 02 68 69
 * ```
 */
export class DecoderConnection implements TargetConnection {
  readonly local = "stdio:";
  readonly remote = "stdio:";
  readonly edge: EdgeWatch;
  readonly #channel: AdapterChannel;
  readonly #options: DecoderOptions;
  /** Settles when the last request was answered; says why not. */
  #last: Promise<AdapterError | undefined>;
  #frames: Uint8Array[] = [];
  #steps: number[] = [];
  #reports: string[] = [];
  #error: string | undefined;
  #unframable: string | undefined;
  #state: "open" | "ended" | "broken" | "closed" = "open";
  /** Wakes who reads. */
  #wake: (() => void) | undefined;

  /** Opens the decoder; the answer to that need not be awaited. */
  constructor(channel: AdapterChannel, options: DecoderOptions) {
    this.#channel = channel;
    this.#options = options;
    this.edge = {
      method: "exact",
      reason: "",
      targetInode: 0,
      taken: undefined,
      settled: () => this.#settled(),
    };
    const { number, settings } = options;
    this.#last = channel.ask({ do: "open", decoder: number, ...settings }, unsupportedIn)
      .then((what) => what === undefined ? undefined : this.#refused(what), asFault);
  }

  get decoder(): DecoderTold {
    const { unframable, error } = { unframable: this.#unframable, error: this.#error };
    return {
      reports: this.#reports,
      ...(error === undefined ? {} : { error }),
      ...(unframable === undefined ? {} : { unframable }),
    };
  }

  takeSteps(): readonly number[] {
    return this.#steps.splice(0);
  }

  async read(target: Uint8Array): Promise<number | null> {
    for (;;) {
      const [first] = this.#frames;
      if (first !== undefined) {
        const part = first.subarray(0, target.length);
        target.set(part);
        if (part.length < first.length) this.#frames[0] = first.subarray(part.length);
        else this.#frames.shift();
        return part.length;
      }
      if (this.#state === "ended") return null;
      if (this.#state !== "open") throw new Deno.errors.ConnectionReset("The decoder is gone");
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  write(source: Uint8Array): Promise<number> {
    if (this.#state === "open") {
      const { number } = this.#options;
      this.#step({ do: "push", decoder: number, bytes: hexText(source) });
    }
    return Promise.resolve(source.length);
  }

  async closeWrite(): Promise<void> {
    if (this.#state !== "open") return;
    if (this.#options.ends) this.#step({ do: "end", decoder: this.#options.number });
    const fault = await this.#last;
    if (fault === undefined && this.#state === "open") this.#become("ended");
  }

  close(): void {
    if (this.#state === "closed") return;
    this.#become("closed");
    // Nobody waits for the answer; if none comes, the next request shows it.
    this.#channel.ask({ do: "close", decoder: this.#options.number }, () => {}).catch(() => {});
  }

  #step(request: Parameters<AdapterChannel["ask"]>[0]): void {
    const before = this.#last;
    this.#last = this.#channel.ask(request, readStep).then(async (step) => {
      const fault = await before;
      if (fault === undefined && this.#state === "open") this.#take(step);
      return fault;
    }, asFault);
    this.#last.then((fault) => {
      // A decoder that is silent may be slow; only one that has gone is gone.
      if (fault !== undefined && fault.fault !== "silent") this.#become("broken");
    });
  }

  #take({ frames, reports, error }: Step): void {
    this.#reports.push(...reports);
    const { encoder } = this.#options;
    const wires: Uint8Array[] = [];
    for (const frame of frames) {
      try {
        wires.push(encoder.encode(frame));
      } catch (thrown) {
        if (!(thrown instanceof FramingError)) throw thrown;
        this.#unframable = `it gave ${showBytes(frame)}, which no frame can carry`;
        break;
      }
    }
    this.#steps.push(frames.length);
    if (wires.length > 0) this.#frames.push(concat(wires));
    this.#error = error;
    if (error !== undefined || this.#unframable !== undefined) this.#become("ended");
    this.#turn();
  }

  async #settled(): Promise<EdgeVerdict> {
    const fault = await this.#last;
    if (fault?.fault === "silent") return "timeout";
    return this.#state === "open" ? "proven" : "gone";
  }

  #refused(what: string): AdapterError {
    return new AdapterError("garbage", `open was answered with unsupported (${what})`);
  }

  #become(state: "ended" | "broken" | "closed"): void {
    if (this.#state === "closed") return;
    this.#state = state;
    this.#turn();
  }

  #turn(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

function asFault(error: unknown): AdapterError {
  if (error instanceof AdapterError) return error;
  throw error;
}
