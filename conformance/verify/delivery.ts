import { hexBytes, hexText } from "../../protocol/framing/hex.ts";
import type { Sample } from "./sample.ts";
import type { Settings } from "./subject.ts";

/**
 * How a chunk is handed over: in memory of its own; as a view into a larger buffer with garbage around it; or in one
 * buffer that is used for every chunk and overwritten after each.
 */
export type Dress = "plain" | "dirty" | "reused";

/** How a stream is delivered: where it is cut, and how the chunks are handed over. */
export interface Delivery {
  /** Rising offsets at which a new chunk starts. An offset that stands there twice makes an empty chunk. */
  readonly cuts: readonly number[];
  /** How chunks are handed over. By default `"plain"`. */
  readonly dress?: Dress;
}

/** The stream in one chunk. */
export const UNSPLIT: Delivery = { cuts: [] };

/** The stream in chunks of one byte. */
export function dripOf(length: number): Delivery {
  return { cuts: Array.from({ length: Math.max(0, length - 1) }, (_, i) => i + 1) };
}

/** A delivery as one line that can be pasted to run it again. */
export function replayLine(sample: Sample, delivery: Delivery, defaults: Settings): string {
  const { maxFrameLength = defaults.maxFrameLength, overLimit } = sample.settings ?? {};
  const words = ["--stream", sample.bytes.length === 0 ? '""' : hexText(sample.bytes)];
  if (delivery.cuts.length > 0) words.push("--cuts", delivery.cuts.join(","));
  if (delivery.dress !== undefined && delivery.dress !== "plain") {
    words.push("--dress", delivery.dress);
  }
  if (maxFrameLength !== 16) words.push("--max-frame", String(maxFrameLength));
  if (overLimit === "skip") words.push("--over-limit", overLimit);
  return words.join(" ");
}

/** What {@linkcode parseReplay} reads. */
export interface Replay {
  /** The stream and how the decoder is made for it. */
  readonly sample: Sample;
  /** How it is delivered. */
  readonly delivery: Delivery;
}

/**
 * Reads a line that {@linkcode replayLine} wrote.
 *
 * @example
 * ```ts
 * import { parseReplay } from "@nonstick/nonstick/conformance";
 *
 * const { sample, delivery } = parseReplay("--stream 0000000268690000 --cuts 2,5");
 * console.log(sample.bytes.length, delivery.cuts); // 8 [ 2, 5 ]
 * ```
 *
 * @throws {SyntaxError} if it is not such a line.
 */
export function parseReplay(line: string): Replay {
  const words = line.trim().split(/\s+/);
  const values = new Map<string, string>();
  for (let i = 0; i < words.length; i += 2) values.set(words[i] ?? "", words[i + 1] ?? "");
  const take = (name: string): string | undefined => {
    const value = values.get(name);
    values.delete(name);
    return value;
  };
  const bytes = hexBytes((take("--stream") ?? "?").replace(/^""$/, ""));
  if (bytes === undefined) throw new SyntaxError("Cannot replay: --stream must be bytes in hex");
  const cuts = (take("--cuts") ?? "").split(",").filter((cut) => cut !== "").map(Number);
  const rising = cuts.every((cut, i) => Number.isInteger(cut) && cut >= (cuts[i - 1] ?? 0));
  if (!rising || (cuts.at(-1) ?? 0) > bytes.length) {
    throw new SyntaxError("Cannot replay: --cuts must be rising offsets within the stream");
  }
  const dress = take("--dress") ?? "plain";
  if (dress !== "plain" && dress !== "dirty" && dress !== "reused") {
    throw new SyntaxError("Cannot replay: --dress must be plain, dirty or reused");
  }
  const limit = take("--max-frame");
  if (limit !== undefined && !/^[0-9]{1,10}$/.test(limit)) {
    throw new SyntaxError("Cannot replay: --max-frame must be a number of bytes");
  }
  const skip = take("--over-limit") === "skip";
  const [unknown] = values.keys();
  if (unknown !== undefined) throw new SyntaxError(`Cannot replay: "${unknown}" is not an option`);
  return {
    sample: {
      name: "replay",
      bytes,
      settings: {
        ...(limit === undefined ? {} : { maxFrameLength: Number(limit) }),
        ...(skip ? { overLimit: "skip" } : {}),
      },
    },
    delivery: { cuts, dress },
  };
}

const PAD = 5;
const GARBAGE = 0xa5, OVERWRITTEN = 0x5a;

/** Hands over the chunks of a delivery one by one, and spoils them afterwards as the dress says. */
export class Chunks {
  readonly #bytes: Uint8Array;
  readonly #delivery: Delivery;
  readonly #reused: Uint8Array;
  #index = 0;
  #lent: Uint8Array | null = null;

  /** The chunks of `bytes` under `delivery`. */
  constructor(bytes: Uint8Array, delivery: Delivery) {
    this.#bytes = bytes;
    this.#delivery = delivery;
    this.#reused = new Uint8Array(delivery.dress === "reused" ? bytes.length : 0);
  }

  /** How many bytes have been handed over. */
  get fed(): number {
    return this.#index === 0 ? 0 : this.#delivery.cuts[this.#index - 1] ?? this.#bytes.length;
  }

  /** The next chunk, or null behind the last one. */
  next(): Uint8Array | null {
    const { cuts, dress } = this.#delivery;
    if (this.#index > cuts.length) return null;
    const from = this.fed;
    this.#index++;
    const chunk = this.#bytes.subarray(from, this.fed);
    if (dress === "reused") {
      this.#reused.set(chunk);
      return this.#reused.subarray(0, chunk.length);
    }
    if (dress !== "dirty") return chunk.slice();
    this.#lent = new Uint8Array(chunk.length + 2 * PAD).fill(GARBAGE);
    this.#lent.set(chunk, PAD);
    return this.#lent.subarray(PAD, PAD + chunk.length);
  }

  /** Takes the chunk back. False when bytes around it were written to. */
  done(): boolean {
    if (this.#delivery.dress === "reused") this.#reused.fill(OVERWRITTEN);
    const lent = this.#lent;
    if (lent === null) return true;
    return [...lent.subarray(0, PAD), ...lent.subarray(-PAD)].every((byte) => byte === GARBAGE);
  }
}
