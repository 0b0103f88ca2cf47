import { createHash } from "node:crypto";
import type { Framing } from "../../protocol/framing/mod.ts";
import type { Connection } from "../../protocol/transport/mod.ts";
import type { EdgeVerdict, EdgeWatch } from "../edge/edge_probe.ts";
import { EdgeProbeError } from "../edge/edge_probe_error.ts";
import type { Chunker } from "./chunker.ts";
import { AS_IS } from "./chunkings.ts";
import { FrameFollower } from "./frame_follower.ts";

/**
 * Why a chunk ended where it did: the `rule` wanted it; it is what had come (`flow`); bytes were held long enough
 * (`hold`) or were too many (`full`); the stream ended (`end`).
 */
export type ChunkReason = "rule" | "flow" | "hold" | "full" | "end";

/** One chunk as it was passed on. */
export interface FlowChunk {
  /** Offset of its first byte in this direction. */
  readonly start: number;
  /** Its bytes. */
  readonly bytes: Uint8Array;
  /** Why it ended there. */
  readonly by: ChunkReason;
  /** When it was handed to the kernel, in ms of the proxy. */
  readonly writtenMs: number;
  /** What is known of its edge. */
  readonly edge: EdgeVerdict;
}

/** What came of one direction. */
export interface FlowReport {
  /** Bytes that came in. */
  readonly bytesIn: number;
  /** Bytes that went out. */
  readonly bytesOut: number;
  /** SHA-256 of the bytes that came in, in hex. */
  readonly hashIn: string;
  /** SHA-256 of the bytes that went out and of those that had nowhere to go any more, in hex. */
  readonly hashOut: string;
  /** Chunks that went out. */
  readonly chunks: number;
  /** Cuts that the rule made. */
  readonly cuts: number;
  /** Chunks whose edge is proven. */
  readonly proven: number;
  /** Chunks whose edge is not proven. */
  readonly assumed: number;
  /** How it ended: by FIN, by RST of the side that sent, or because the other side took no more. */
  readonly end: FlowEnd;
}

/**
 * Whether a direction was transparent: what went out is what came in, to the last byte if the stream ended by itself.
 */
export function isTransparent({ bytesIn, bytesOut, hashIn, hashOut, end }: FlowReport): boolean {
  return hashIn === hashOut && (end !== "fin" || bytesIn === bytesOut);
}

/** How a direction ended. */
export type FlowEnd = "fin" | "reset" | "refused";

/** What a flow is made of. */
export interface FlowParts {
  /** Where bytes come from. */
  readonly source: Connection;
  /** Where they go. */
  readonly sink: Connection;
  /** Watches what the sink has read. */
  readonly edge: EdgeWatch;
  /** Where chunks end. */
  readonly chunker: Chunker;
  /** How the traffic is framed, for rules that follow frames. */
  readonly framing: Framing | undefined;
  /** Most bytes that are held. */
  readonly bufferBytes: number;
  /** Longest time that bytes are held back, in ms. */
  readonly holdMs: number;
  /** Longest wait for the proof of an edge, in ms. */
  readonly edgeMs: number;
  /** The time of the proxy in ms. */
  readonly now: () => number;
  /** Told of each chunk. */
  readonly onChunk?: (chunk: FlowChunk) => void;
  /** Told once when the bytes turn out to be no frames, and why. */
  readonly onLost?: (why: string) => void;
}

/** Bytes read at once. */
const READ_SIZE = 16 * 1024;

/** A kernel that does not answer any more proves nothing. */
function assumedIfRefused(error: unknown): EdgeVerdict {
  if (error instanceof EdgeProbeError) return "assumed";
  throw error;
}

/**
 * Carries the bytes of one direction from one connection to another one, in chunks. Every byte that comes in goes out
 * once and in order, at the latest `holdMs` after it came: a side that waits for an answer gets its bytes.
 *
 * No more is read while `bufferBytes` are held, so that a sink that does not read stops the source in the end.
 */
export class Flow {
  readonly #parts: FlowParts;
  #chunker: Chunker;
  readonly #follower: FrameFollower | undefined;
  readonly #buffer = new Uint8Array(READ_SIZE);
  readonly #hashIn = createHash("sha256");
  readonly #hashOut = createHash("sha256");
  /** Bytes that came and were not sent: those from offset `#sent` on. */
  #held: Uint8Array[] = [];
  #have = 0;
  #sent = 0;
  #end: FlowEnd | undefined;
  #reading: Promise<void> | undefined;
  /** Since when the oldest held byte could have been sent, in ms. */
  #since = 0;
  #activeMs = 0;
  #chunks = 0;
  #cuts = 0;
  #proven = 0;
  #sending = false;

  /** Makes a flow; {@linkcode Flow.run} runs it. */
  constructor(parts: FlowParts) {
    this.#parts = parts;
    const { chunker, framing } = parts;
    this.#chunker = chunker;
    if (framing !== undefined && chunker.mark !== undefined) {
      this.#follower = new FrameFollower(framing, (mark) => chunker.mark?.(mark));
    }
    this.#activeMs = parts.now();
  }

  /** Bytes held now. */
  get heldBytes(): number {
    return this.#have - this.#sent;
  }

  /** Whether everything that has come was passed on, its last edge included. */
  get settled(): boolean {
    return this.heldBytes === 0 && !this.#sending;
  }

  /** Chunks so far whose edge is not proven. */
  get assumed(): number {
    return this.#chunks - this.#proven;
  }

  /** Whether the sink takes no more. */
  get over(): boolean {
    return this.#end === "refused";
  }

  /** Bytes that have come so far. */
  get bytesIn(): number {
    return this.#have;
  }

  /** Settles when nothing is being read any more; that needs the source to be closed, unless it has ended. */
  async stopped(): Promise<void> {
    await this.#reading;
  }

  /** When a byte last came in or went out, in ms of the proxy. */
  get activeMs(): number {
    return this.#activeMs;
  }

  /** Passes on all bytes until the stream ends or breaks off; never throws for what a peer does. */
  async run(): Promise<FlowReport> {
    while (this.#end === undefined || this.heldBytes > 0) {
      this.#readOn();
      const next = this.#nextChunk();
      if (next !== undefined) {
        this.#sending = true;
        const sent = await this.#send(...next);
        this.#sending = false;
        if (!sent) break;
        await this.#pause();
      } else await this.#wait();
    }
    return this.#report();
  }

  #report(): FlowReport {
    for (const bytes of this.#held) this.#hashOut.update(bytes);
    return {
      bytesIn: this.#have,
      bytesOut: this.#sent,
      hashIn: this.#hashIn.digest("hex"),
      hashOut: this.#hashOut.digest("hex"),
      chunks: this.#chunks,
      cuts: this.#cuts,
      proven: this.#proven,
      assumed: this.assumed,
      end: this.#end ?? "refused",
    };
  }

  /** Begins to read, if there is room and nothing is being read. Bytes then come in while chunks go out. */
  #readOn(): void {
    const room = this.#parts.bufferBytes - this.heldBytes;
    if (this.#end !== undefined || this.#reading !== undefined || room <= 0) return;
    this.#reading = this.#read(Math.min(room, READ_SIZE)).finally(() => this.#reading = undefined);
  }

  async #read(room: number): Promise<void> {
    const { source, now } = this.#parts;
    try {
      const count = await source.read(this.#buffer.subarray(0, room));
      if (count === null) this.#end ??= "fin";
      else this.#take(this.#buffer.slice(0, count));
    } catch (error) {
      // Many a TLS peer ends without saying so; for the connection below it is an end like any other.
      this.#end ??= error instanceof Deno.errors.UnexpectedEof ? "fin" : "reset";
    }
    this.#activeMs = now();
  }

  #take(bytes: Uint8Array): void {
    const { now, onLost } = this.#parts;
    if (this.heldBytes === 0) this.#since = now();
    this.#hashIn.update(bytes);
    this.#held.push(bytes);
    this.#have += bytes.length;
    const follower = this.#follower;
    if (follower === undefined || follower.lost !== undefined) return;
    follower.push(bytes);
    if (follower.lost === undefined) return;
    this.#chunker = AS_IS;
    onLost?.(follower.lost);
  }

  /** Where the next chunk ends and why; undefined when there is none yet. */
  #nextChunk(): [to: number, by: ChunkReason] | undefined {
    if (this.heldBytes === 0) return undefined;
    const { holds } = this.#chunker;
    const cut = this.#chunker.cutBehind(this.#sent);
    const known = this.#end === undefined ? this.#knownTo() : this.#have;
    if (cut <= known) return [cut, "rule"];
    if (this.#end !== undefined) return [this.#have, "end"];
    if (!holds && known > this.#sent) return [known, "flow"];
    const full = this.heldBytes >= this.#parts.bufferBytes;
    if (!full && this.#heldForMs() > 0) return undefined;
    return cut <= this.#have ? [cut, "rule"] : [this.#have, full ? "full" : "hold"];
  }

  /** Up to where all cuts are known. */
  #knownTo(): number {
    const { lookahead = 0 } = this.#chunker;
    return this.#follower?.frameEnd === this.#have ? this.#have : this.#have - lookahead;
  }

  /** How much longer the held bytes may stay, in ms. */
  #heldForMs(): number {
    const { now, holdMs } = this.#parts;
    return this.#since + (this.#chunker.holdMs ?? holdMs) - now();
  }

  /** Waits for bytes, or until those that are held have to go. */
  async #wait(): Promise<void> {
    if (this.heldBytes === 0) return await this.#reading;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.max(1, Math.ceil(this.#heldForMs())));
    await Promise.race([this.#reading, promise]);
    clearTimeout(timer);
  }

  async #send(to: number, by: ChunkReason): Promise<boolean> {
    const { now, onChunk, edge, edgeMs } = this.#parts;
    const start = this.#sent;
    const bytes = this.#taken(to - start);
    if (!await this.#write(bytes)) return false;
    const writtenMs = now();
    const verdict = await edge.settled({ deadlineMs: edgeMs }).catch(assumedIfRefused);
    this.#chunks++;
    if (by === "rule") this.#cuts++;
    if (verdict === "proven") this.#proven++;
    this.#since = this.#activeMs = now();
    onChunk?.({ start, bytes, by, writtenMs, edge: verdict });
    return true;
  }

  /** Copies the first `count` of the held bytes; they stay held until they are written. */
  #taken(count: number): Uint8Array {
    const taken = new Uint8Array(count);
    for (let i = 0, at = 0; at < count; i++) {
      const bytes = this.#held[i] ?? taken;
      const part = bytes.subarray(0, count - at);
      taken.set(part, at);
      at += part.length;
    }
    return taken;
  }

  async #write(bytes: Uint8Array): Promise<boolean> {
    try {
      for (let at = 0; at < bytes.length;) {
        const count = await this.#parts.sink.write(bytes.subarray(at));
        this.#hashOut.update(bytes.subarray(at, at + count));
        this.#drop(count);
        at += count;
      }
      return true;
    } catch {
      this.#end = "refused";
      return false;
    }
  }

  #drop(count: number): void {
    this.#sent += count;
    for (let left = count; left > 0;) {
      const first = this.#held[0];
      if (first === undefined) return;
      if (first.length > left) {
        this.#held[0] = first.subarray(left);
        return;
      }
      left -= first.length;
      this.#held.shift();
    }
  }

  async #pause(): Promise<void> {
    const { pauseMs = 0 } = this.#chunker;
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
