import dgram from "node:dgram";
import { isIPv6 } from "node:net";
import type { DatagramAddress } from "./datagram.ts";
import { mappedFor, unmapped } from "./datagram_address.ts";
import { DatagramError } from "./datagram_errors.ts";
import { scopeOfCard } from "./datagram_group.ts";
import type { DatagramPort, RawDatagram } from "./datagram_port.ts";
import { DatagramQueue } from "./datagram_queue.ts";

/** How `NodePort` binds. */
export interface NodePortOptions {
  /** Longest payload that is taken in, in bytes. */
  readonly maxReceive: number;
  /** Lets several sockets of this machine bind the same port, as receivers of multicast do. */
  readonly reuseAddress: boolean;
  /** Lets the system send to broadcast addresses. */
  readonly broadcast: boolean;
}

/** A UDP socket by `node:dgram`, which needs no flag. */
export class NodePort implements DatagramPort {
  readonly local: DatagramAddress;
  readonly #socket: dgram.Socket;
  readonly #queue = new DatagramQueue();
  /** By group, how the network card was named to join it. */
  readonly #cards = new Map<string, string | undefined>();

  private constructor(socket: dgram.Socket, maxReceive: number) {
    const { address, port } = socket.address();
    this.local = { scheme: "udp", hostname: address, port };
    this.#socket = socket;
    socket.on("message", (bytes, { address, port }) => {
      const from = { scheme: "udp", hostname: unmapped(address), port } as const;
      const truncated = bytes.length > maxReceive;
      // A copy: the runtime's buffer has 64 KiB, however short the datagram is.
      const own = new Uint8Array(bytes.subarray(0, maxReceive));
      this.#queue.push({ bytes: own, from, truncated });
    });
    // Nobody is left to tell: sends have callbacks of their own, and receiving goes on.
    socket.on("error", () => {});
  }

  /** Binds; the address must be numeric. */
  static async open(
    { hostname, port }: DatagramAddress & { scheme: "udp" },
    { maxReceive, reuseAddress, broadcast }: NodePortOptions,
  ): Promise<NodePort> {
    const type = isIPv6(hostname) ? "udp6" : "udp4";
    const socket = dgram.createSocket({ type, reuseAddr: reuseAddress });
    const bound = Promise.withResolvers<void>();
    socket.once("error", bound.reject);
    socket.bind(port, hostname, () => bound.resolve());
    try {
      await bound.promise;
      if (broadcast) socket.setBroadcast(true);
    } catch (error) {
      await new Promise<void>((resolve) => socket.close(() => resolve()));
      throw runtimeError(error);
    }
    socket.removeListener("error", bound.reject);
    return new NodePort(socket, maxReceive);
  }

  get dropped(): number {
    return this.#queue.dropped;
  }

  send(bytes: Uint8Array, to: DatagramAddress): Promise<void> {
    if (to.scheme !== "udp" || this.local.scheme !== "udp") {
      return Promise.reject(new TypeError(`Cannot send to ${to.scheme}: this is a UDP socket`));
    }
    const hostname = mappedFor(this.local.hostname, to.hostname);
    return new Promise((resolve, reject) => {
      this.#socket.send(bytes, to.port, hostname, (error) => {
        if (error) reject(runtimeError(error));
        else resolve();
      });
    });
  }

  receive(): Promise<RawDatagram | null> {
    return this.#queue.take();
  }

  join(group: string, networkInterface: string | undefined): Promise<void> {
    return attempt(() => {
      const card = networkInterface !== undefined && isIPv6(group)
        ? scopeOfCard(Number(networkInterface))
        : networkInterface;
      if (networkInterface !== undefined && card === undefined) {
        const problem = `no network card is known to have the index ${networkInterface}`;
        throw new DatagramError("address", `Cannot join ${group}: ${problem}`);
      }
      this.#socket.addMembership(group, card);
      this.#cards.set(group, card);
    });
  }

  leave(group: string): Promise<void> {
    return attempt(() => {
      this.#socket.dropMembership(group, this.#cards.get(group));
      this.#cards.delete(group);
    });
  }

  close(): Promise<void> {
    this.#queue.close();
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}

function attempt(act: () => void): Promise<void> {
  try {
    act();
    return Promise.resolve();
  } catch (error) {
    return Promise.reject(runtimeError(error));
  }
}

/** The error of the runtime that says the same as one of node. */
function runtimeError(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  if (error.code === "UNKNOWN") return new Error(UNKNOWN, { cause: error });
  const kind = typeof error.code === "string" ? KINDS[error.code] : undefined;
  return kind === undefined ? error : new kind(error.message, { cause: error });
}

/** What the runtime tells of a send that the system refuses with anything that it has no name for. */
const UNKNOWN = "the system refuses; is there a route to it, or is it a broadcast address " +
  "(open the channel with broadcast: true)?";

const KINDS: Readonly<
  Record<string, new (message?: string, options?: ErrorOptions) => Error>
> = {
  EADDRINUSE: Deno.errors.AddrInUse,
  EADDRNOTAVAIL: Deno.errors.AddrNotAvailable,
  EACCES: Deno.errors.PermissionDenied,
};
