import type { Framing } from "../../protocol/framing/mod.ts";
import type { Connection } from "../../protocol/transport/mod.ts";
import type { EdgeProbe, EdgeWatch } from "../edge/edge_probe.ts";
import type { TargetConnection } from "../player/target.ts";
import { Flow, type FlowChunk, type FlowReport } from "./flow.ts";
import type { Chunking, Direction } from "./parse_chunking.ts";
import { resetConnection } from "./reset_connection.ts";

/** How traffic is passed on; the defaults are in {@linkcode RELAY_LIMITS}. */
export interface RelayLimits {
  /** Most bytes held back in each direction. */
  readonly bufferBytes: number;
  /** Longest time that bytes are held back, in ms. */
  readonly holdMs: number;
  /** Longest wait for the proof of one edge, in ms. */
  readonly edgeMs: number;
  /** After so long without a byte in either direction a connection is reset, in ms. */
  readonly idleMs: number;
}

/** What holds unless it is asked for otherwise. */
export const RELAY_LIMITS: RelayLimits = {
  bufferBytes: 65_536,
  holdMs: 20,
  edgeMs: 5000,
  idleMs: 300_000,
};

/** What a relay is made of. */
export interface RelayParts {
  /** Towards the client. */
  readonly near: Connection;
  /** Watches what the client has read, where the kernel need not be asked. */
  readonly nearEdge?: EdgeWatch;
  /** Towards the target. */
  readonly far: TargetConnection;
  /** Watches the edges of chunks. */
  readonly probe: EdgeProbe;
  /** How the traffic is cut. */
  readonly chunking: Chunking;
  /** How it is framed, for rules that follow frames. */
  readonly framing: Framing | undefined;
  /** Seed of all that is random. */
  readonly seed: number;
  /** Number of the connection. */
  readonly number: number;
  /** How it is passed on. */
  readonly limits: RelayLimits;
  /** The time in ms. */
  readonly now: () => number;
  /** Told of each chunk. */
  readonly onChunk?: (direction: Direction, chunk: FlowChunk) => void;
  /** Told when a direction ends, by itself or not. */
  readonly onEnd?: (direction: Direction, report: FlowReport) => void;
  /** Told once for each direction whose bytes are no frames, and why. */
  readonly onLost?: (direction: Direction, why: string) => void;
}

/** What came of one connection. */
export type RelayReport = Readonly<Record<Direction, FlowReport>>;

/**
 * The man in the middle of one connection: two flows, one in each direction. A FIN is passed on when everything before
 * it has gone out, the other direction goes on; a RST ends both.
 */
export class Relay {
  readonly #parts: RelayParts;
  readonly #flows: Readonly<Record<Direction, Flow>>;
  /** How the edges of each direction are watched. */
  readonly edges: Readonly<Record<Direction, EdgeWatch>>;
  readonly #up: Promise<FlowReport>;
  #aborted = false;
  /** Settles when both directions are over and both connections closed. */
  readonly done: Promise<RelayReport>;

  /** Begins to pass on. */
  constructor(parts: RelayParts) {
    this.#parts = parts;
    const { near, nearEdge, far, probe } = parts;
    near.setNoDelay?.(true);
    far.setNoDelay?.(true);
    this.edges = { up: watch(probe, far), down: nearEdge ?? watch(probe, near) };
    this.#flows = { up: this.#flow("up", near, far), down: this.#flow("down", far, near) };
    this.#up = this.#pass("up", near, far);
    this.done = this.#run(this.#pass("down", far, near));
  }

  /** One direction as it stands. */
  flow(direction: Direction): Flow {
    return this.#flows[direction];
  }

  /** Ends both connections at once, by RST but for one that is `dead` already; bytes under way are lost. */
  abort(dead?: Connection): void {
    if (this.#aborted) return;
    this.#aborted = true;
    const { near, far } = this.#parts;
    for (const connection of [near, far]) {
      if (connection === dead) connection.close();
      else resetConnection(connection);
    }
  }

  /** Says that the client is gone for good: once its bytes have gone out, the target is hung up on. */
  hangUp(): void {
    const { near, far } = this.#parts;
    this.#up.then(() => {
      this.#aborted = true; // nobody is left to be told
      near.close();
      far.close();
    }, () => {});
  }

  #flow(direction: Direction, source: Connection, sink: Connection): Flow {
    const { chunking, seed, number, framing, limits, now, onChunk, onLost } = this.#parts;
    return new Flow({
      source,
      sink,
      edge: this.edges[direction],
      chunker: chunking.make(direction, seed, number),
      framing,
      ...limits,
      now,
      onChunk: (chunk) => onChunk?.(direction, chunk),
      onLost: (why) => onLost?.(direction, why),
    });
  }

  async #run(passing: Promise<FlowReport>): Promise<RelayReport> {
    const { near, far } = this.#parts;
    const idle = this.#resetWhenIdle();
    try {
      const [up, down] = await Promise.all([this.#up, passing]);
      return { up, down };
    } finally {
      clearInterval(idle);
      near.close();
      far.close();
      await Promise.all([this.#flows.up.stopped(), this.#flows.down.stopped()]);
    }
  }

  async #pass(
    direction: Direction,
    source: Connection,
    sink: Connection,
  ): Promise<FlowReport> {
    const report = await this.#flows[direction].run();
    // A sink that is gone already needs to be told nothing.
    if (report.end === "fin") await sink.closeWrite().catch(() => {});
    else this.abort(report.end === "reset" ? source : sink);
    this.#parts.onEnd?.(direction, report);
    return report;
  }

  #resetWhenIdle(): ReturnType<typeof setInterval> {
    const { limits: { idleMs }, now } = this.#parts;
    return setInterval(() => {
      const activeMs = Math.max(this.#flows.up.activeMs, this.#flows.down.activeMs);
      if (now() - activeMs >= idleMs) this.abort();
    }, Math.max(1, idleMs / 4));
  }
}

/** Unix connections that were accepted have no name by which the kernel could be asked about them. */
function watch(probe: EdgeProbe, { pipe, addresses }: TargetConnection): EdgeWatch {
  const remote = addresses?.remote;
  const nameless = remote?.transport === "unix" && !remote.path;
  return probe.watch(pipe ?? (nameless ? undefined : addresses));
}
