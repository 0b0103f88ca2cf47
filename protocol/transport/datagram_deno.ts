import type { DatagramAddress } from "./datagram.ts";
import { mappedFor, unmapped } from "./datagram_address.ts";
import { DatagramTurns } from "./datagram_turns.ts";
import type { DatagramPort, RawDatagram } from "./datagram_port.ts";

/** Whether the runtime has datagram sockets of its own: they are behind `--unstable-net` (denoland/deno#11022). */
export function hasDenoDatagrams(): boolean {
  // Without the flag it is not there, whatever its type says.
  return "listenDatagram" in Deno && typeof Deno.listenDatagram === "function";
}

/** How `DenoPort` binds. */
export interface DenoPortOptions {
  /** Longest payload that is taken in, in bytes. */
  readonly maxReceive: number;
  /** Lets several sockets of this machine bind the same port, as receivers of multicast do. */
  readonly reuseAddress: boolean;
  /** Lets what was received be good until the next `receive` only. */
  readonly reuseBuffer: boolean;
}

/** A UDP socket or a Unix datagram socket, by `Deno.listenDatagram`. */
export class DenoPort implements DatagramPort {
  readonly local: DatagramAddress;
  /** The runtime keeps nothing by itself. */
  readonly dropped = 0;
  readonly #socket: Deno.DatagramConn;
  readonly #buffer: Uint8Array<ArrayBuffer>;
  readonly #reuseBuffer: boolean;
  readonly #memberships = new Map<string, { leave: () => Promise<void> }>();
  readonly #turns: DatagramTurns | undefined;
  #waker: { readonly socket: Deno.DatagramConn; readonly folder: string } | undefined;
  #open = true;

  /** Binds at once. A UDP address must be numeric. */
  constructor(place: DatagramAddress & { scheme: "udp" | "unixgram" }, options: DenoPortOptions) {
    const { maxReceive, reuseAddress } = options;
    this.#reuseBuffer = options.reuseBuffer;
    // One byte more than is allowed shows what is longer.
    this.#buffer = new Uint8Array(maxReceive + 1);
    if (place.scheme === "unixgram") {
      this.#socket = Deno.listenDatagram({ transport: "unixpacket", path: place.path });
      this.local = { scheme: "unixgram", path: place.path };
      this.#turns = new DatagramTurns(() => this.#wake(place.path));
      return;
    }
    const { hostname, port } = place;
    // Groups reach this machine, too: that is what systems do unless told otherwise, and the runtime tells them.
    const loopback = true;
    this.#socket = Deno.listenDatagram({
      transport: "udp",
      hostname,
      port,
      reuseAddress,
      loopback,
    });
    this.local = addressOf(this.#socket.addr);
  }

  send(bytes: Uint8Array, to: DatagramAddress): Promise<unknown> {
    const address = this.#runtimeAddress(to);
    if (this.#turns === undefined) return this.#socket.send(bytes, address);
    return this.#turns.send(() => this.#socket.send(bytes, address));
  }

  async receive(): Promise<RawDatagram | null> {
    const limit = this.#buffer.length - 1;
    for (;;) {
      try {
        const act = () => this.#socket.receive(this.#buffer);
        const [bytes, from] = await (this.#turns === undefined ? act() : this.#turns.receive(act));
        if (this.#isWaker(from)) continue;
        const truncated = bytes.length > limit;
        const kept = this.#reuseBuffer ? bytes : bytes.slice();
        return { bytes: kept, from: addressOf(from), truncated };
      } catch (error) {
        if (!this.#open) return null;
        // Windows tells of an earlier send that found nobody; that is no matter of receiving.
        if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
      }
    }
  }

  async join(group: string, networkInterface: string | undefined): Promise<void> {
    const membership = group.includes(":")
      ? await this.#socket.joinMulticastV6(group, Number(networkInterface ?? 0))
      : await this.#socket.joinMulticastV4(group, networkInterface ?? "0.0.0.0");
    this.#memberships.set(group, membership);
  }

  async leave(group: string): Promise<void> {
    const membership = this.#memberships.get(group);
    this.#memberships.delete(group);
    await membership?.leave();
  }

  async close(): Promise<void> {
    this.#open = false;
    this.#socket.close();
    if (this.#waker !== undefined) {
      this.#waker.socket.close();
      await Deno.remove(this.#waker.folder, { recursive: true });
    }
    if (this.local.scheme !== "unixgram") return;
    // The runtime leaves the socket file behind.
    await Deno.remove(this.local.path).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }

  /** An empty datagram from a socket that is there for nothing else. */
  async #wake(path: string): Promise<void> {
    if (this.#waker === undefined) {
      const folder = Deno.makeTempDirSync({ prefix: "nonstick-" });
      const socket = Deno.listenDatagram({ transport: "unixpacket", path: `${folder}/w` });
      this.#waker = { socket, folder };
    }
    await this.#waker.socket.send(new Uint8Array(0), { transport: "unixpacket", path });
  }

  #isWaker(from: Deno.Addr): boolean {
    return this.#waker !== undefined && "path" in from && from.path === `${this.#waker.folder}/w`;
  }

  #runtimeAddress(to: DatagramAddress): Deno.Addr {
    if (to.scheme === "unixgram") return { transport: "unixpacket", path: to.path };
    if (to.scheme !== "udp" || this.local.scheme !== "udp") {
      throw new TypeError(`Cannot send to ${to.scheme}: this is a socket for ${this.local.scheme}`);
    }
    const hostname = mappedFor(this.local.hostname, to.hostname);
    return { transport: "udp", hostname, port: to.port };
  }
}

function addressOf(address: Deno.Addr): DatagramAddress {
  if ("hostname" in address) {
    return { scheme: "udp", hostname: unmapped(address.hostname), port: address.port };
  }
  // A sender that is not bound has no path.
  return { scheme: "unixgram", path: "path" in address ? address.path ?? "" : "" };
}
