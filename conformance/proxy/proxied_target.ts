import type { Framing } from "../../protocol/framing/mod.ts";
import type { EdgeMethod, EdgeProbe, EdgeWatch } from "../edge/edge_probe.ts";
import type { ProcessEnd } from "../player/spawned_process.ts";
import type { Target } from "../player/target.ts";
import { isTransparent } from "./flow.ts";
import { type NearEnd, nearPair, watchMemory, watchThrough } from "./near_end.ts";
import type { Chunking, Direction } from "./parse_chunking.ts";
import { Relay, RELAY_LIMITS, type RelayReport } from "./relay.ts";

/** Longest time that bytes are held back here, in ms: answers are awaited behind almost every delivery. */
const HOLD_MS = 2;
/** How long connections may take to end by themselves, in ms. */
const ENDING_MS = 250;
/** Most bytes and cuts of a connection that are remembered. */
const MOST_REMEMBERED = 262_144;

/** How connections are led through a proxy. */
export interface ProxiedOptions {
  /** How the traffic is cut. */
  readonly chunking: Chunking;
  /** How it is framed. */
  readonly framing: Framing;
  /** Seed of all that is random. */
  readonly seed: number;
  /** Watches the edges towards the target. */
  readonly probe: EdgeProbe;
  /** The time of the run in ms. */
  readonly now: () => number;
}

/** What is remembered of one connection towards the target. */
export interface ThroughConnection {
  /** Where chunks ended, rising. */
  readonly cuts: readonly number[];
  /** The chunks. */
  readonly chunks: readonly Uint8Array[];
}

/**
 * A target whose every connection is led through our own proxy, in this process: the same flows as in `proxy`, with
 * memory on our side. It is a probe as well: what it tells of edges is what the proxy knows of the target's.
 *
 * The target itself belongs to somebody else; disposing of this one ends the connections and what stands in between.
 */
export class ProxiedTarget implements Target, EdgeProbe {
  readonly #inner: Target;
  readonly #options: ProxiedOptions;
  readonly #watches = new Map<unknown, EdgeWatch>();
  readonly #running = new Set<{ relay: Relay; done: Promise<RelayReport> }>();
  readonly #through: ThroughConnection[] = [];
  readonly #opaque: number[] = [];
  #connections = 0;
  /** Sums over both directions of all connections that are over. */
  readonly sums = {
    up: { bytes: 0, chunks: 0, proven: 0 },
    down: { bytes: 0, chunks: 0, proven: 0 },
  };

  /** Puts a proxy in front of `inner`. */
  constructor(inner: Target, options: ProxiedOptions) {
    this.#inner = inner;
    this.#options = options;
  }

  get name(): string {
    return this.#inner.name;
  }

  get scheme(): Target["scheme"] {
    return this.#inner.scheme;
  }

  get pid(): number | undefined {
    return this.#inner.pid;
  }

  get end(): ProcessEnd | undefined {
    return this.#inner.end;
  }

  get stderrTail(): string {
    return this.#inner.stderrTail;
  }

  get restarts(): number {
    return this.#inner.restarts;
  }

  get method(): EdgeMethod {
    return this.#options.probe.method;
  }

  get reason(): string {
    return this.#options.probe.reason;
  }

  /** What went to the target on each connection so far, in the order in which they were made. */
  get through(): readonly ThroughConnection[] {
    return this.#through;
  }

  /** Numbers of connections that were not transparent. None, or our proxy is at fault. */
  get opaque(): readonly number[] {
    return this.#opaque;
  }

  async connect(resettable?: boolean): Promise<NearEnd> {
    const { chunking, framing, seed, probe, now } = this.#options;
    const far = await this.#inner.connect(resettable);
    const number = ++this.#connections;
    const cuts: number[] = [], chunks: Uint8Array[] = [];
    this.#through.push({ cuts, chunks });
    const { near, inner } = nearPair(() => relay.hangUp());
    const relay = new Relay({
      near: inner,
      nearEdge: watchMemory(inner),
      far,
      probe,
      chunking,
      framing,
      seed,
      number,
      limits: { ...RELAY_LIMITS, holdMs: HOLD_MS },
      now,
      onChunk: (direction, { start, bytes }) => {
        if (direction === "up" && start + bytes.length <= MOST_REMEMBERED) {
          cuts.push(start + bytes.length);
          chunks.push(bytes);
        }
      },
    });
    this.#watches.set(near.addresses, watchThrough(near, relay));
    const one = { relay, done: relay.done };
    this.#running.add(one);
    relay.done.then((report) => {
      this.#running.delete(one);
      this.#watches.delete(near.addresses);
      this.#add("up", number, report);
      this.#add("down", number, report);
    });
    return near;
  }

  watch(target: unknown): EdgeWatch {
    return this.#watches.get(target) ?? this.#options.probe.watch(undefined);
  }

  async restart(): Promise<void> {
    await this.#inner.restart();
  }

  async endedWithin(ms: number): Promise<ProcessEnd | undefined> {
    return await this.#inner.endedWithin(ms);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Those whose player has hung up are about to end by themselves.
    const timer = setTimeout(() => {
      for (const { relay } of this.#running) relay.abort();
    }, ENDING_MS);
    await Promise.all([...this.#running].map(({ done }) => done));
    clearTimeout(timer);
  }

  /** As a probe it has nothing of its own to give back. */
  [Symbol.dispose](): void {}

  #add(direction: Direction, number: number, report: RelayReport): void {
    const flow = report[direction], sum = this.sums[direction];
    sum.bytes += flow.bytesOut;
    sum.chunks += flow.chunks;
    sum.proven += flow.proven;
    if (!isTransparent(flow)) this.#opaque.push(number);
  }
}
