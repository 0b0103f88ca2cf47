import { VERSION } from "../../cli/version.ts";
import { type Framing, framing } from "../../protocol/framing/mod.ts";
import {
  connect,
  type Connection,
  type Endpoint,
  EndpointError,
  formatEndpoint,
  listen,
  type Listener,
  parseEndpoint,
} from "../../protocol/transport/mod.ts";
import { type EdgeMethod, type EdgeProbe, openEdgeProbe } from "../edge/edge_probe.ts";
import { type FlowReport, isTransparent } from "./flow.ts";
import { type Chunking, type Direction, parseChunking } from "./parse_chunking.ts";
import { chunkEvent, finishedEvent, type ProxyEvent, recordLine } from "./record.ts";
import { Relay, RELAY_LIMITS, type RelayLimits, type RelayReport } from "./relay.ts";
import { resetConnection } from "./reset_connection.ts";

/** Options of {@linkcode startProxy}. */
export interface ProxyOptions extends Partial<RelayLimits> {
  /** Where to listen: `tcp://127.0.0.1:0`, `tls://…`, `unix:///PATH`. */
  readonly listen: string;
  /** Where to connect to. */
  readonly to: string;
  /**
   * How to cut: one rule, such as `random`, or one for each direction, as in `up=header:3,down=drip`.
   *
   * @default {"random"}
   */
  readonly chunking?: string;
  /** How the traffic is framed, as a spec string such as `u32be`; rules that follow frames need it. */
  readonly framing?: string;
  /** Seed of all that is random, 0 to 2^32 − 1. By default a new one each time. */
  readonly seed?: number;
  /**
   * Most connections at once; the next one waits until one of them is over.
   *
   * @default {256}
   */
  readonly maxConnections?: number;
  /** Takes one connection only. */
  readonly once?: boolean;
  /**
   * Longest time for one connection to the target, in ms.
   *
   * @default {10_000}
   */
  readonly connectTimeoutMs?: number;
  /** Certificate chain and private key (PEM), for a `tls` endpoint to listen on. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Certificates (PEM) to trust, for a `tls` endpoint to connect to. */
  readonly caCerts?: readonly string[];
  /**
   * The best way to watch edges that may be used.
   *
   * @default {"sock_diag"}
   */
  readonly edgeMethod?: EdgeMethod;
  /** Gets the record, one JSON line at a time. */
  readonly onRecord?: (line: string) => void;
  /** Told of each connection when it is over. */
  readonly onConnection?: (connection: ProxiedConnection) => void;
  /** Told what went otherwise than asked for: a target that cannot be reached, bytes that are no frames. */
  readonly onNote?: (note: string) => void;
}

/** What came of one connection through a proxy. */
export interface ProxiedConnection extends RelayReport {
  /** Its number. */
  readonly connection: number;
  /** Whether what went out is what came in, in both directions. */
  readonly transparent: boolean;
}

/** Sums over one direction of all connections that are over. */
export interface DirectionStats {
  /** Bytes that went out. */
  bytes: number;
  /** Chunks that went out. */
  chunks: number;
  /** Cuts that the rule made. */
  cuts: number;
  /** Chunks whose edge is proven. */
  proven: number;
  /** Chunks whose edge is not proven. */
  assumed: number;
}

/** What came of a proxy so far. */
export interface ProxyStats {
  /** Connections that are over. */
  connections: number;
  /** Connections for which there was no target. */
  refused: number;
  /** Connections that were not transparent. */
  mismatches: number;
  /** Towards the target. */
  readonly up: DirectionStats;
  /** Towards the client. */
  readonly down: DirectionStats;
}

/** A proxy that runs; dispose of it to end it and all its connections. */
export interface Proxy extends AsyncDisposable {
  /** Where it listens, with the real port. */
  readonly endpoint: string;
  /** Seed of all that is random. */
  readonly seed: number;
  /** What came of it so far. */
  readonly stats: Readonly<ProxyStats>;
  /** Settles when it takes no more connections and all of them are over. */
  readonly finished: Promise<void>;
}

/**
 * Starts a proxy that cuts live traffic, in both directions, and never changes it.
 *
 * @example
 * ```ts
 * import { startProxy } from "@nonstick/nonstick/conformance";
 * import { connect, listen } from "@nonstick/nonstick/transport";
 *
 * await using target = await listen("tcp://127.0.0.1:0");
 * await using proxy = await startProxy({
 *   listen: "tcp://127.0.0.1:0",
 *   to: target.endpoint,
 *   chunking: "up=drip",
 * });
 * const client = await connect(proxy.endpoint);
 * const server = await target.accept();
 * await client.write(new TextEncoder().encode("hi"));
 * console.log(await server?.read(new Uint8Array(16))); // 1
 * client.close();
 * server?.close();
 * ```
 *
 * @throws {ConformanceUsageError} if the chunking cannot be used.
 * @throws {EndpointError} if an endpoint cannot be read.
 * @throws {FramingSpecError} if the framing cannot be used.
 * @throws {ListenError} if the endpoint cannot be listened on.
 */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const frames = options.framing === undefined ? undefined : framing(options.framing);
  const chunking = parseChunking(options.chunking ?? "random", frames);
  const to = placeOf(options.to);
  placeOf(options.listen);
  const seed = options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  const { tls } = options;
  const listener = await listen(options.listen, tls ? { tls } : {});
  return new RunningProxy({ options, frames, chunking, to, seed, listener });
}

/** An endpoint with connections of its own. */
function placeOf(text: string): Endpoint {
  const endpoint = parseEndpoint(text);
  const { scheme } = endpoint;
  if (scheme !== "stdio" && scheme !== "quic" && scheme !== "fd") return endpoint;
  const problem = scheme === "quic"
    ? "QUIC goes in datagrams: write udp:// for a bad network, and quic:// of the proxy's port for the client"
    : "a proxy stands between tcp://, tls:// or unix: sockets";
  throw new EndpointError(text, "scheme", problem);
}

/** Most connections at once, and longest time to make one, unless asked for otherwise. */
const MOST_CONNECTIONS = 256, CONNECT_MS = 10_000;

interface Setting {
  readonly options: ProxyOptions;
  readonly frames: Framing | undefined;
  readonly chunking: Chunking;
  readonly to: Endpoint;
  readonly seed: number;
  readonly listener: Listener;
}

class RunningProxy implements Proxy {
  readonly #setting: Setting;
  readonly #limits: RelayLimits;
  readonly #probe: EdgeProbe;
  readonly #started = performance.now();
  readonly #now = () => performance.now() - this.#started;
  readonly #relays = new Set<Relay>();
  readonly #serving = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  /** The last connection being made to a Unix socket: they are told apart only if made one after the other. */
  #dialing: Promise<unknown> = Promise.resolve();
  readonly finished: Promise<void>;
  readonly stats: ProxyStats = {
    connections: 0,
    refused: 0,
    mismatches: 0,
    up: noStats(),
    down: noStats(),
  };

  constructor(setting: Setting) {
    this.#setting = setting;
    const { options, chunking, to, seed, listener, frames } = setting;
    this.#limits = limitsOf(options);
    this.#probe = openEdgeProbe({ method: options.edgeMethod ?? "sock_diag" });
    this.#record({
      event: "run",
      atMs: 0,
      format: 1,
      about: {
        command: "proxy",
        version: VERSION,
        seed,
        listen: listener.endpoint,
        to: formatEndpoint(to),
        chunking: chunking.text,
        ...(frames ? { framing: frames.spec } : {}),
      },
    });
    this.finished = this.#run();
  }

  get endpoint(): string {
    return this.#setting.listener.endpoint;
  }

  get seed(): number {
    return this.#setting.seed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new Error("The proxy was ended"));
    this.#setting.listener.close();
    for (const relay of this.#relays) relay.abort();
    await this.finished;
  }

  async #run(): Promise<void> {
    const { listener, options: { once = false, maxConnections = MOST_CONNECTIONS } } =
      this.#setting;
    let number = 0;
    for await (const near of listener.connections()) {
      const serving = this.#serve(near, ++number).finally(() => this.#serving.delete(serving));
      this.#serving.add(serving);
      if (once) break;
      while (this.#serving.size >= maxConnections) await Promise.race(this.#serving);
    }
    listener.close();
    await Promise.all(this.#serving);
    const transparent = this.stats.mismatches === 0;
    this.#record({ event: "end", atMs: this.#now(), transparent });
    this.#probe[Symbol.dispose]();
  }

  async #serve(near: Connection, number: number): Promise<void> {
    const { to, options: { onConnection } } = this.#setting;
    const before = to.scheme === "unix" ? this.#dialing : Promise.resolve();
    const dialed = before.then(() => this.#begin(near, number));
    this.#dialing = dialed;
    const relay = await dialed;
    if (relay === undefined) return;
    const report = await relay.done;
    this.#relays.delete(relay);
    const transparent = isTransparent(report.up) && isTransparent(report.down);
    this.stats.connections++;
    if (!transparent) this.stats.mismatches++;
    add(this.stats.up, report.up);
    add(this.stats.down, report.down);
    onConnection?.({ connection: number, transparent, ...report });
  }

  /** Connects to the target and begins to pass on; undefined when there is no target. */
  async #begin(near: Connection, number: number): Promise<Relay | undefined> {
    const { options, to, chunking, frames, seed } = this.#setting;
    let far: Connection;
    try {
      far = await connect(to, {
        signal: this.#ending.signal,
        connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_MS,
        ...(options.caCerts ? { tls: { caCerts: options.caCerts } } : {}),
      });
    } catch (error) {
      this.stats.refused++;
      resetConnection(near);
      options.onNote?.(`connection ${number}: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
    const relay = new Relay({
      near,
      far,
      probe: this.#probe,
      chunking,
      framing: frames,
      seed,
      number,
      limits: this.#limits,
      now: this.#now,
      onChunk: (direction, chunk) => this.#record(chunkEvent(number, direction, chunk)),
      onEnd: (direction, report) =>
        this.#record(finishedEvent(number, direction, this.#now(), report)),
      onLost: (direction, why) => options.onNote?.(lostNote(number, direction, frames, why)),
    });
    this.#relays.add(relay);
    const { up, down } = relay.edges;
    this.#record({
      event: "connection",
      atMs: this.#now(),
      connection: number,
      edge: up.method,
      reason: up.reason,
      edgeDown: down.method,
      reasonDown: down.reason,
    });
    // It was ended while the target was being dialed.
    if (this.#ending.signal.aborted) relay.abort();
    return relay;
  }

  #record(event: ProxyEvent): void {
    this.#setting.options.onRecord?.(recordLine(event));
  }
}

function lostNote(
  number: number,
  direction: Direction,
  framing: Framing | undefined,
  why: string,
): string {
  return `connection ${number}, ${direction}: this is not ${framing?.spec}, so that it is passed on ` +
    `as it comes from here: ${why}`;
}

function limitsOf(options: ProxyOptions): RelayLimits {
  return {
    bufferBytes: options.bufferBytes ?? RELAY_LIMITS.bufferBytes,
    holdMs: options.holdMs ?? RELAY_LIMITS.holdMs,
    edgeMs: options.edgeMs ?? RELAY_LIMITS.edgeMs,
    idleMs: options.idleMs ?? RELAY_LIMITS.idleMs,
  };
}

function noStats(): DirectionStats {
  return { bytes: 0, chunks: 0, cuts: 0, proven: 0, assumed: 0 };
}

function add(stats: DirectionStats, { bytesOut, chunks, cuts, proven, assumed }: FlowReport): void {
  stats.bytes += bytesOut;
  stats.chunks += chunks;
  stats.cuts += cuts;
  stats.proven += proven;
  stats.assumed += assumed;
}
