import { isIP } from "node:net";
import { type DatagramAddress, type DatagramChannel, MAX_DATAGRAM_PAYLOAD } from "./datagram.ts";
import { resolveDatagramAddress } from "./datagram_address.ts";
import { SocketChannel } from "./datagram_channel.ts";
import { DenoPort, hasDenoDatagrams } from "./datagram_deno.ts";
import { DatagramError } from "./datagram_errors.ts";
import { MemoryPort, PERFECT_WIRE } from "./datagram_memory.ts";
import { NodePort } from "./datagram_node.ts";
import type { DatagramPort } from "./datagram_port.ts";
import { type DatagramEndpoint, formatEndpoint, parseDatagramEndpoint } from "./endpoint.ts";
import { ListenError, transportFailure } from "./errors.ts";
import { removeStaleSocket } from "./unix_socket.ts";

/** Settings of {@linkcode openDatagrams}. */
export interface DatagramOptions {
  /**
   * Longest payload to send, in bytes. 1232 passes every IPv6 network unfragmented, 1472 every Ethernet with IPv4,
   * 508 everything (RFC 8200, 5; RFC 791).
   *
   * @default {65507}
   */
  readonly maxPayload?: number;
  /**
   * Longest payload to take in, in bytes. No UDP datagram is longer than the default; a Unix datagram can be.
   *
   * @default {65535}
   */
  readonly maxReceive?: number;
  /**
   * Whether 255.255.255.255 may be sent to. With `--unstable-net` the runtime allows the broadcast addresses of single
   * networks (192.168.1.255) in any case.
   *
   * @default {false}
   */
  readonly broadcast?: boolean;
  /**
   * Lets several sockets of this machine bind the same port, as receivers of multicast do.
   *
   * @default {false}
   */
  readonly reuseAddress?: boolean;
  /**
   * Lets the bytes of a datagram be good only until the next `receive`, which saves a copy of each. For who is through
   * with one before taking the next.
   *
   * @default {false}
   */
  readonly reuseBuffer?: boolean;
  /**
   * File mode of a Unix socket.
   *
   * @default {0o600} (only this user can send to it)
   */
  readonly socketMode?: number;
  /**
   * Which sockets to take for UDP: those of `node:dgram` need no flag, those of `Deno.listenDatagram` need
   * `--unstable-net` and keep no datagram outside of the kernel. With Deno 2.6 those of `node:dgram` cannot join groups.
   *
   * @default {"deno"} where it can be, else "node"
   */
  readonly sockets?: "deno" | "node";
}

/**
 * Opens a place for datagrams: `udp://HOST:PORT`, `unixgram:///PATH` or `memory:NAME`. The default host is loopback;
 * port 0 takes a free one, as who asks rather than answers does. `unixgram` needs `--unstable-net`; `udp` does not.
 *
 * @example
 * ```ts
 * import { openDatagrams } from "@nonstick/nonstick/transport";
 *
 * await using server = await openDatagrams("udp://127.0.0.1:0");
 * await using client = await openDatagrams("udp://127.0.0.1:0");
 * await client.send(new TextEncoder().encode("hello"), server.endpoint);
 * const datagram = await server.receive();
 * if (datagram !== null) await server.send(datagram.bytes, datagram.from);
 * console.log((await client.receive())?.bytes.length); // 5
 * ```
 *
 * @throws {EndpointError} if the endpoint string cannot be read.
 * @throws {ListenError} if it cannot be opened.
 */
export async function openDatagrams(
  endpoint: DatagramEndpoint | string,
  options: DatagramOptions = {},
): Promise<DatagramChannel> {
  const place = typeof endpoint === "string" ? parseDatagramEndpoint(endpoint) : endpoint;
  return await openChannel(place, options);
}

/**
 * Opens a place to talk with `peer` from: of the same kind, and with an address that answers can find. Resolves to it
 * and to the peer with its name looked up.
 *
 * @example
 * ```ts
 * import { datagramsTo, openDatagrams } from "@nonstick/nonstick/transport";
 *
 * await using server = await openDatagrams("udp://127.0.0.1:0");
 * const { channel, peer } = await datagramsTo(server.endpoint);
 * await channel.send(new TextEncoder().encode("hello"), peer);
 * await channel.close();
 * ```
 *
 * @throws {EndpointError} if the endpoint string cannot be read.
 * @throws {DatagramError} if the host name is not known.
 * @throws {ListenError} if the place cannot be opened.
 */
export async function datagramsTo(
  peer: DatagramEndpoint | string,
  options: DatagramOptions = {},
): Promise<{ readonly channel: DatagramChannel; readonly peer: DatagramAddress }> {
  const place = typeof peer === "string" ? parseDatagramEndpoint(peer) : peer;
  switch (place.scheme) {
    case "memory": {
      const channel = await openDatagrams(`memory:${crypto.randomUUID()}`, options);
      return { channel, peer: { scheme: "memory", name: place.name } };
    }
    case "unixgram": {
      const folder = await Deno.makeTempDir({ prefix: "nonstick-" });
      const here = { scheme: "unixgram", path: `${folder}/s`, options: NO_OPTIONS } as const;
      const removeFolder = () => Deno.remove(folder, { recursive: true });
      try {
        const channel = await openChannel(here, options, removeFolder);
        return { channel, peer: { scheme: "unixgram", path: place.path } };
      } catch (error) {
        await removeFolder();
        throw error;
      }
    }
    case "udp": {
      const { hostname, port } = place;
      // "All addresses" is a place to listen at; what listens there is reached at this machine's own.
      const own = hostname === "0.0.0.0" ? "127.0.0.1" : hostname === "::" ? "::1" : hostname;
      const found = await resolveDatagramAddress({ scheme: "udp", hostname: own, port });
      const six = found.scheme === "udp" && isIP(found.hostname) === 6;
      const here = six ? "udp://[::]:0" : "udp://0.0.0.0:0";
      return { channel: await openDatagrams(here, options), peer: found };
    }
  }
}

const NO_OPTIONS: ReadonlyMap<string, string> = new Map();

async function openChannel(
  place: DatagramEndpoint,
  options: DatagramOptions,
  afterClose?: () => Promise<void>,
): Promise<DatagramChannel> {
  const text = formatEndpoint(place);
  const { maxPayload = MAX_DATAGRAM_PAYLOAD, maxReceive = 65_535, broadcast = false } = options;
  checkLength("maxPayload", maxPayload);
  checkLength("maxReceive", maxReceive);
  try {
    const port = await openPort(place, text, { ...options, maxReceive, broadcast });
    const rules = { maxPayload, maxReceive, broadcast };
    return new SocketChannel(port, afterClose === undefined ? rules : { ...rules, afterClose });
  } catch (error) {
    if (error instanceof ListenError) throw error;
    if (error instanceof DatagramError && error.reason === "unresolved") {
      const problem = "the host name is not known, check its spelling";
      throw new ListenError(text, "unresolved", problem, { cause: error });
    }
    const { reason, problem } = transportFailure(error);
    throw new ListenError(text, reason, problem, { cause: error });
  }
}

async function openPort(
  place: DatagramEndpoint,
  text: string,
  options: DatagramOptions & { maxReceive: number; broadcast: boolean },
): Promise<DatagramPort> {
  const { maxReceive, broadcast, reuseAddress = false, reuseBuffer = false } = options;
  switch (place.scheme) {
    case "memory":
      return new MemoryPort(place.name, PERFECT_WIRE, maxReceive);
    case "unixgram": {
      needDeno(text, "or use udp");
      await removeStaleSocket(place.path, text, isDatagramSocketLive);
      const port = new DenoPort(place, { maxReceive, reuseAddress, reuseBuffer });
      try {
        if (Deno.build.os !== "windows") {
          await Deno.chmod(place.path, options.socketMode ?? 0o600);
        }
      } catch (error) {
        await port.close();
        throw error;
      }
      return port;
    }
    case "udp": {
      const { hostname, port } = place;
      const found = await resolveDatagramAddress({ scheme: "udp", hostname, port });
      if (found.scheme !== "udp") throw new TypeError("Cannot open: a name led out of UDP");
      const { sockets = hasDenoDatagrams() ? "deno" : "node" } = options;
      if (sockets === "node") {
        return await NodePort.open(found, { maxReceive, reuseAddress, broadcast });
      }
      needDeno(text, 'or leave out sockets: "deno"');
      return new DenoPort(found, { maxReceive, reuseAddress, reuseBuffer });
    }
  }
}

function needDeno(text: string, otherwise: string): void {
  if (hasDenoDatagrams()) return;
  const problem = `the runtime needs --unstable-net for that, ${otherwise}`;
  throw new ListenError(text, "unsupported", problem);
}

/** Whether somebody receives at the path: only a datagram can tell, so they get one without bytes. */
async function isDatagramSocketLive(path: string): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "nonstick-" });
  const probe = new DenoPort({ scheme: "unixgram", path: `${folder}/s` }, {
    maxReceive: 0,
    reuseAddress: false,
    reuseBuffer: false,
  });
  try {
    await probe.send(new Uint8Array(0), { scheme: "unixgram", path });
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.ConnectionRefused);
  } finally {
    await probe.close();
    await Deno.remove(folder);
  }
}

function checkLength(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`Cannot open datagrams: ${name} must be a positive integer, not ${value}`);
  }
}
