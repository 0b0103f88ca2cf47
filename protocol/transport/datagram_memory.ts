import type { DatagramAddress } from "./datagram.ts";
import type { DatagramPort, RawDatagram } from "./datagram_port.ts";
import { DatagramQueue } from "./datagram_queue.ts";
import { ListenError } from "./errors.ts";

/** What becomes of a datagram between two names. */
export interface MemoryWire {
  /** Takes `bytes`, which belong to the sender, on their way. */
  carry(bytes: Uint8Array, from: string, to: string): void;
  /** A name on this wire is taken in. */
  attach(name: string, port: MemoryPort): void;
  /** A name on this wire is free again. */
  detach(name: string): void;
}

/** An end of a wire within this process. */
export class MemoryPort implements DatagramPort {
  readonly local: DatagramAddress;
  readonly #name: string;
  readonly #wire: MemoryWire;
  readonly #maxReceive: number;
  readonly #queue = new DatagramQueue();

  constructor(name: string, wire: MemoryWire, maxReceive: number) {
    this.local = { scheme: "memory", name };
    this.#name = name;
    this.#wire = wire;
    this.#maxReceive = maxReceive;
    wire.attach(name, this);
  }

  get dropped(): number {
    return this.#queue.dropped;
  }

  send(bytes: Uint8Array, to: DatagramAddress): Promise<void> {
    if (to.scheme === "memory") this.#wire.carry(bytes, this.#name, to.name);
    return Promise.resolve();
  }

  /** Takes what arrives, which belongs to it from now on; false when nobody takes it out in time. */
  arrive(bytes: Uint8Array, from: string): boolean {
    const truncated = bytes.length > this.#maxReceive;
    const kept = truncated ? bytes.slice(0, this.#maxReceive) : bytes;
    return this.#queue.push({ bytes: kept, from: { scheme: "memory", name: from }, truncated });
  }

  receive(): Promise<RawDatagram | null> {
    return this.#queue.take();
  }

  close(): Promise<void> {
    this.#wire.detach(this.#name);
    this.#queue.close();
    return Promise.resolve();
  }
}

/** The names of one wire. */
export class MemoryNames {
  readonly #ports = new Map<string, MemoryPort>();

  /** Takes a name in. */
  attach(name: string, port: MemoryPort): void {
    if (this.#ports.has(name)) {
      const problem = "the name is taken in this process, choose another";
      throw new ListenError(`memory:${name}`, "in-use", problem);
    }
    this.#ports.set(name, port);
  }

  /** Lets a name go. */
  detach(name: string): void {
    this.#ports.delete(name);
  }

  /** Who has a name. */
  get(name: string): MemoryPort | undefined {
    return this.#ports.get(name);
  }
}

/** The wire between the `memory:` endpoints of this process: nothing is lost on it but what nobody takes out. */
class PerfectWire extends MemoryNames implements MemoryWire {
  carry(bytes: Uint8Array, from: string, to: string): void {
    this.get(to)?.arrive(bytes.slice(), from);
  }
}

/** The one that `openDatagrams("memory:…")` uses. */
export const PERFECT_WIRE: MemoryWire = new PerfectWire();
