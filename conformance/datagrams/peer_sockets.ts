import {
  type DatagramAddress,
  datagramAddressText,
  type DatagramChannel,
  datagramsTo,
  sameDatagramAddress,
} from "../../protocol/transport/mod.ts";
import type { DatagramPlace } from "./datagram_target.ts";

/** A datagram that came back. */
export interface CameBack {
  /** When, in ms of the run. */
  readonly atMs: number;
  /** To which of our sockets. */
  readonly socket: number;
  /** Its bytes. */
  readonly bytes: Uint8Array;
}

/** Our sockets, each a peer of its own to the target; opened when they are first needed. */
export class PeerSockets implements AsyncDisposable {
  readonly #place: DatagramPlace;
  readonly #now: () => number;
  readonly #open = new Map<number, { channel: DatagramChannel; peer: DatagramAddress }>();
  readonly #reading: Promise<void>[] = [];
  #came: CameBack[] = [];
  #wake: (() => void) | undefined;
  #stranger: string | undefined;

  /** Makes none yet; `now` tells the time of the run. */
  constructor(place: DatagramPlace, now: () => number) {
    this.#place = place;
    this.#now = now;
  }

  /** Ports of those that are open. */
  get ports(): number[] {
    return [...this.#open.values()].flatMap(({ channel: { local } }) =>
      local.scheme === "udp" ? [local.port] : []
    );
  }

  /** What came since it was taken last. */
  get came(): readonly CameBack[] {
    return this.#came;
  }

  /** Takes what came, and where a datagram came from that is not the target, if one did. */
  take(): { readonly came: readonly CameBack[]; readonly stranger: string | undefined } {
    const taken = { came: this.#came, stranger: this.#stranger };
    this.#came = [];
    this.#stranger = undefined;
    return taken;
  }

  /** Opens a socket. */
  async open(socket: number): Promise<void> {
    if (this.#open.has(socket)) return;
    const { channel, peer } = await datagramsTo(this.#place);
    this.#open.set(socket, { channel, peer });
    this.#reading.push(this.#read(socket, channel, peer));
  }

  /**
   * Sends from a socket that is open.
   *
   * @throws {DatagramError} if the system refuses.
   */
  async send(bytes: Uint8Array, socket: number): Promise<void> {
    const { channel, peer } = this.#open.get(socket) ?? {};
    if (channel === undefined || peer === undefined) throw new TypeError("The socket is not open");
    await channel.send(bytes, peer);
  }

  /** Waits until something more comes, at most `ms`. */
  async more(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.#wake = undefined;
  }

  /** Closes them all. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ channel }) => channel.close()));
    await Promise.all(this.#reading);
  }

  async #read(socket: number, channel: DatagramChannel, peer: DatagramAddress): Promise<void> {
    for await (const { bytes, from } of channel) {
      if (!sameDatagramAddress(from, peer)) {
        this.#stranger ??= datagramAddressText(from);
        continue;
      }
      this.#came.push({ atMs: this.#now(), socket, bytes });
      this.#wake?.();
    }
  }
}
