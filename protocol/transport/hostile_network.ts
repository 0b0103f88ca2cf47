import { setImmediate } from "node:timers";
import { type DatagramChannel, MAX_DATAGRAM_PAYLOAD } from "./datagram.ts";
import { SocketChannel } from "./datagram_channel.ts";
import { type DatagramFate, DatagramFaultModel, type DatagramFaults } from "./datagram_faults.ts";
import { MemoryNames, MemoryPort, type MemoryWire } from "./datagram_memory.ts";
import { RandomStream } from "./random_stream.ts";
import { Timetable } from "./timetable.ts";

/** Settings of {@linkcode HostileNetwork}. */
export interface HostileNetworkOptions {
  /** Where all chance comes from, 0 to 2^32 − 1: the same seed and the same sends give the same deliveries. */
  readonly seed: number;
  /** What is done to datagrams. */
  readonly faults: DatagramFaults;
}

/**
 * Where all datagrams are: `sent = delivered + lost + rejected + underWay`, always, and nothing is under way once it
 * is settled. A doubled one counts as two sent.
 */
export interface HostileCounts {
  /** Copies that went on the wire: what was sent, and second copies. */
  readonly sent: number;
  /** Copies that the network added. */
  readonly duplicated: number;
  /** Copies that reached somebody. */
  readonly delivered: number;
  /** Copies that were lost on the way. */
  readonly lost: number;
  /** Copies that could not be delivered: `overMtu`, `nobody` and `full` together. */
  readonly rejected: number;
  /** Of the rejected, those that are longer than the network carries. */
  readonly overMtu: number;
  /** Of the rejected, those to a name that nobody has. */
  readonly nobody: number;
  /** Of the rejected, those to somebody who did not take out the ones before. */
  readonly full: number;
  /** Copies that have not arrived yet. */
  readonly underWay: number;
  /** Of the delivered, those held back behind their delay. */
  readonly reordered: number;
  /** Of the delivered, those with bytes missing at the end. */
  readonly truncated: number;
  /** Of the delivered, those with a flipped bit. */
  readonly corrupted: number;
  /** Of the delivered, those that seemed to come from somebody else. */
  readonly wrongPeer: number;
}

/** Who wrong peers seem to be. */
const STRANGER = "stranger";

interface Copy {
  readonly fate: DatagramFate;
  /** What arrives; nobody else has these bytes. */
  readonly bytes: Uint8Array;
  readonly from: string;
  readonly to: string;
}

/**
 * A network within this process that loses, doubles, reorders, delays, cuts, corrupts and misattributes datagrams, as
 * told and always in the same way. Its clock stands still by itself: datagrams arrive while {@linkcode
 * HostileNetwork.advance} or {@linkcode HostileNetwork.settle} runs, and no test waits for real time.
 *
 * @example
 * ```ts
 * import { HostileNetwork } from "@nonstick/nonstick/transport";
 *
 * const network = new HostileNetwork({ seed: 1, faults: { loss: 0.5, delayMs: [1, 20] } });
 * await using here = network.open("here");
 * await using there = network.open("there");
 * for (let i = 0; i < 100; i++) await here.send(Uint8Array.of(i), there.local);
 * await network.settle();
 * const { sent, delivered, lost } = network.counts;
 * console.log(sent === delivered + lost, (await there.receive())?.bytes); // true, the one that came first
 * ```
 */
export class HostileNetwork {
  readonly #options: HostileNetworkOptions;
  /** What becomes of the datagrams of each sender: what others send does not change it. */
  readonly #models = new Map<string, DatagramFaultModel>();
  readonly #names = new MemoryNames();
  readonly #timetable = new Timetable<Copy>();
  readonly #wire: MemoryWire = {
    carry: (bytes, from, to) => this.#carry(bytes, from, to),
    attach: (name, port) => this.#names.attach(name, port),
    detach: (name) => this.#names.detach(name),
  };
  readonly #counts = {
    ...{ sent: 0, duplicated: 0, delivered: 0, lost: 0, overMtu: 0, nobody: 0, full: 0 },
    ...{ reordered: 0, truncated: 0, corrupted: 0, wrongPeer: 0 },
  };
  #nowMs = 0;

  /**
   * Makes one without anybody on it.
   *
   * @throws {RangeError} if a fault cannot be.
   */
  constructor(options: HostileNetworkOptions) {
    this.#options = options;
    // Faults that cannot be are refused now, not when the first datagram is sent.
    new DatagramFaultModel(options.seed, options.faults);
  }

  /** How far its clock has come, in ms. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Where all datagrams are. */
  get counts(): HostileCounts {
    const { overMtu, nobody, full } = this.#counts;
    const rejected = overMtu + nobody + full;
    return { ...this.#counts, rejected, underWay: this.#timetable.size };
  }

  /**
   * Opens a place on it, `memory:NAME`.
   *
   * @throws {ListenError} if the name is taken.
   */
  open(name: string, options: { readonly maxReceive?: number } = {}): DatagramChannel {
    const { maxReceive = 65_535 } = options;
    const port = new MemoryPort(name, this.#wire, maxReceive);
    return new SocketChannel(port, {
      maxPayload: MAX_DATAGRAM_PAYLOAD,
      maxReceive,
      broadcast: false,
    });
  }

  /** Lets `ms` pass, and what is due by then arrive. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    while ((this.#timetable.nextMs ?? Infinity) <= untilMs) this.#deliverNext();
    this.#nowMs = untilMs;
  }

  /**
   * Lets time pass until nothing is under way. After each time at which something arrives, who receives it may answer
   * at once; answers that need real time come too late.
   */
  async settle(): Promise<void> {
    while (this.#timetable.size > 0) {
      this.advance((this.#timetable.nextMs ?? this.#nowMs) - this.#nowMs);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  #modelOf(sender: string): DatagramFaultModel {
    let model = this.#models.get(sender);
    if (model === undefined) {
      const { seed, faults } = this.#options;
      const own = new RandomStream(seed, `sender.${sender}`).below(2 ** 32);
      model = new DatagramFaultModel(own, faults);
      this.#models.set(sender, model);
    }
    return model;
  }

  #carry(bytes: Uint8Array, from: string, to: string): void {
    for (const fate of this.#modelOf(from).fatesOf(bytes.slice())) {
      this.#counts.sent++;
      if (fate.duplicate) this.#counts.duplicated++;
      if (fate.end === "lost") this.#counts.lost++;
      else if (fate.end === "over-mtu") this.#counts.overMtu++;
      else {
        // The second copy of a doubled one may share its bytes with the first.
        const own = fate.duplicate ? fate.bytes.slice() : fate.bytes;
        this.#timetable.add(this.#nowMs + fate.delayMs, { fate, bytes: own, from, to });
      }
    }
  }

  #deliverNext(): void {
    this.#nowMs = this.#timetable.nextMs ?? this.#nowMs;
    const copy = this.#timetable.take();
    if (copy === undefined) return;
    const { fate, bytes, from, to } = copy;
    const port = this.#names.get(to);
    if (port === undefined) {
      this.#counts.nobody++;
      return;
    }
    if (!port.arrive(bytes, fate.wrongPeer ? STRANGER : from)) {
      this.#counts.full++;
      return;
    }
    this.#counts.delivered++;
    for (const what of ["reordered", "truncated", "corrupted", "wrongPeer"] as const) {
      if (fate[what]) this.#counts[what]++;
    }
  }
}
