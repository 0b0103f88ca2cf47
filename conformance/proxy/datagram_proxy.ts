import {
  type Datagram,
  type DatagramAddress,
  datagramAddressText,
  type DatagramChannel,
  type DatagramFate,
  type DatagramFaults,
  datagramsTo,
  EndpointError,
  openDatagrams,
  parseDatagramEndpoint,
  RandomStream,
  sameDatagramAddress,
} from "../../protocol/transport/mod.ts";
import { hexText } from "../../protocol/framing/hex.ts";
import { DatagramLane, type LaneCounts } from "./datagram_lane.ts";
import type { Direction } from "./parse_chunking.ts";

/** Settings of {@linkcode startDatagramProxy}. */
export interface DatagramProxyOptions {
  /** Where clients send to, such as `udp://127.0.0.1:0`. */
  readonly listen: string;
  /** The target. */
  readonly to: string;
  /** What happens to datagrams in each direction; nothing by default. `up` is towards the target. */
  readonly faults?: DatagramFaults | Readonly<Record<Direction, DatagramFaults>>;
  /** Repeats the faults, 0 to 2^32 − 1; a new one by default. */
  readonly seed?: number;
  /**
   * Most clients at once; each has a socket of its own towards the target, as behind a NAT.
   *
   * @default {256}
   */
  readonly maxClients?: number;
  /**
   * After so long without a datagram in either direction a client is forgotten, in ms.
   *
   * @default {60_000}
   */
  readonly expiryMs?: number;
  /** Told of each copy, as a line of a record. */
  readonly onRecord?: (line: string) => void;
  /** Told what else happens. */
  readonly onNote?: (note: string) => void;
}

/** The sums of a datagram proxy. */
export interface DatagramProxyStats {
  /** Clients that were seen; one that comes back after it was forgotten counts again. */
  readonly clients: number;
  /** Towards the target. */
  readonly up: LaneCounts;
  /** Back to the clients. */
  readonly down: LaneCounts;
}

/** A datagram proxy at work. Disposing of it sends what it holds back, and then the sums are complete. */
export interface DatagramProxy extends AsyncDisposable {
  /** Where clients send to, with the real port. */
  readonly endpoint: string;
  /** What repeats its faults. */
  readonly seed: number;
  /** How it stands. */
  readonly stats: DatagramProxyStats;
}

/**
 * Starts a proxy for datagrams that loses, doubles, delays, reorders, cuts, corrupts and misattributes them, from a seed, and
 * accounts for each one.
 *
 * @example
 * ```ts
 * import { startDatagramProxy } from "@nonstick/nonstick/conformance";
 * import { serveDatagrams } from "@nonstick/nonstick/server";
 *
 * await using server = await serveDatagrams((message) => message, { listen: "udp://127.0.0.1:0" });
 * await using proxy = await startDatagramProxy({
 *   listen: "udp://127.0.0.1:0",
 *   to: server.endpoint,
 *   faults: { loss: 0.1, duplication: 0.05, delayMs: [1, 30] },
 *   seed: 1,
 * });
 * console.log(proxy.endpoint, proxy.stats.up.sent); // udp://127.0.0.1:… 0
 * ```
 *
 * @throws {EndpointError} if an endpoint cannot be read.
 * @throws {ListenError} if it cannot listen.
 * @throws {DatagramError} if the target's name is not known.
 * @throws {RangeError} if a fault cannot be.
 */
export async function startDatagramProxy(options: DatagramProxyOptions): Promise<DatagramProxy> {
  for (const place of [options.listen, options.to]) {
    const { scheme } = parseDatagramEndpoint(place);
    if (scheme === "udp") continue;
    // Seen with Deno 2.9.6: such a send keeps the socket from receiving, and nothing ends it, not even close().
    const why = scheme === "unixgram"
      ? ": to send to a Unix socket waits for its reader, and a proxy would hang with it"
      : "";
    throw new EndpointError(place, "scheme", `a proxy of datagrams needs udp:// sockets${why}`);
  }
  const near = await openDatagrams(options.listen);
  try {
    // Found out at once whether it can be sent to, and the socket that wrong peers send from.
    const { channel, peer } = await datagramsTo(options.to);
    try {
      return new RunningDatagramProxy(options, near, peer, channel);
    } catch (error) {
      await channel.close();
      throw error;
    }
  } catch (error) {
    await near.close();
    throw error;
  }
}

/** One client and its socket towards the target. */
interface Client {
  readonly number: number;
  readonly from: DatagramAddress;
  readonly far: DatagramChannel;
  activeMs: number;
}

class RunningDatagramProxy implements DatagramProxy {
  readonly endpoint: string;
  readonly seed: number;
  readonly #options: DatagramProxyOptions;
  readonly #near: DatagramChannel;
  readonly #target: DatagramAddress;
  /** Wrong peers, as the target and as clients see them. */
  readonly #strangers: Record<Direction, DatagramChannel | null>;
  readonly #lanes: Readonly<Record<Direction, DatagramLane>>;
  readonly #clients = new Map<string, Client>();
  readonly #loops = new Set<Promise<void>>();
  readonly #expiry: ReturnType<typeof setInterval>;
  readonly #startMs = performance.now();
  #seen = 0;
  #ended: Promise<void> | null = null;

  constructor(
    options: DatagramProxyOptions,
    near: DatagramChannel,
    target: DatagramAddress,
    stranger: DatagramChannel,
  ) {
    const { faults = {}, expiryMs = 60_000 } = options;
    this.#options = options;
    this.#near = near;
    this.#target = target;
    this.#strangers = { up: stranger, down: null };
    this.endpoint = near.endpoint;
    this.seed = options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
    const each = "up" in faults ? faults : { up: faults as DatagramFaults, down: faults };
    this.#lanes = {
      up: new DatagramLane(this.#seedOf("up"), each.up),
      down: new DatagramLane(this.#seedOf("down"), each.down as DatagramFaults),
    };
    this.#expiry = setInterval(() => this.#forget(expiryMs), Math.max(10, expiryMs / 4));
    this.#follow(near, (datagram) => this.#up(datagram));
  }

  get stats(): DatagramProxyStats {
    return {
      clients: this.#seen,
      up: this.#lanes.up.counts,
      down: this.#lanes.down.counts,
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#ended ??= this.#end();
  }

  #seedOf(direction: Direction): number {
    return new RandomStream(this.seed, `datagram-proxy.${direction}`).below(2 ** 32);
  }

  async #end(): Promise<void> {
    clearInterval(this.#expiry);
    // Nothing comes in any more but answers to what still goes out; those are not waited for.
    await this.#lanes.up.settle();
    await this.#lanes.down.settle();
    await Promise.all([...this.#clients.values()].map(({ far }) => far.close()));
    await this.#lanes.down.settle();
    await this.#near.close();
    await Promise.all(this.#loops);
    await this.#lanes.up.settle();
    await Promise.all(Object.values(this.#strangers).map((channel) => channel?.close()));
  }

  /** Takes what comes in on a channel until that is closed. */
  #follow(channel: DatagramChannel, take: (datagram: Datagram) => Promise<void> | void): void {
    const loop = (async () => {
      for (;;) {
        try {
          const datagram = await channel.receive();
          if (datagram === null) return;
          await take(datagram);
        } catch (error) {
          this.#options.onNote?.(error instanceof Error ? error.message : String(error));
        }
      }
    })().finally(() => this.#loops.delete(loop));
    this.#loops.add(loop);
  }

  async #up({ bytes, from }: Datagram): Promise<void> {
    const client = await this.#clientOf(from);
    if (client === null) return this.#lanes.up.reject();
    const fates = this.#lanes.up.take(bytes, async (copy, wrongPeer) => {
      const far = wrongPeer ? this.#strangers.up : client.far;
      await far?.send(copy, this.#target);
    });
    this.#record("up", client, fates);
  }

  #down(client: Client, { bytes, from }: Datagram): void {
    // As a NAT does: what others than the target say to a client's socket is for nobody.
    if (!sameDatagramAddress(from, this.#target)) return this.#lanes.down.reject();
    client.activeMs = performance.now();
    const fates = this.#lanes.down.take(bytes, async (copy, wrongPeer) => {
      const near = wrongPeer ? await this.#strangerTo(client.from) : this.#near;
      await near.send(copy, client.from);
    });
    this.#record("down", client, fates);
  }

  async #strangerTo(client: DatagramAddress): Promise<DatagramChannel> {
    const endpoint = parseDatagramEndpoint(datagramAddressText(client));
    return this.#strangers.down ??= (await datagramsTo(endpoint)).channel;
  }

  /** The client there; null when there are too many. */
  async #clientOf(from: DatagramAddress): Promise<Client | null> {
    const name = datagramAddressText(from);
    const known = this.#clients.get(name);
    if (known !== undefined) {
      known.activeMs = performance.now();
      return known;
    }
    const { maxClients = 256, to, onNote } = this.#options;
    if (this.#clients.size >= maxClients) {
      onNote?.(`${name} is one client too many`);
      return null;
    }
    const { channel: far } = await datagramsTo(to);
    const client = { number: ++this.#seen, from, far, activeMs: performance.now() };
    this.#clients.set(name, client);
    this.#follow(far, (datagram) => this.#down(client, datagram));
    return client;
  }

  #forget(expiryMs: number): void {
    const since = performance.now() - expiryMs;
    for (const [name, { activeMs, far }] of this.#clients) {
      if (activeMs > since) continue;
      this.#clients.delete(name);
      void far.close();
    }
  }

  #record(direction: Direction, { number }: Client, fates: readonly DatagramFate[]): void {
    const { onRecord } = this.#options;
    if (onRecord === undefined) return;
    for (const { bytes, ...fate } of fates) {
      const atMs = Math.round(performance.now() - this.#startMs);
      const hex = hexText(bytes);
      onRecord(
        JSON.stringify({ event: "datagram", atMs, client: number, direction, ...fate, hex }),
      );
    }
  }
}
