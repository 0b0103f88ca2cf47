import {
  type DatagramFate,
  DatagramFaultModel,
  type DatagramFaults,
} from "../../protocol/transport/mod.ts";
import { Timetable } from "../../protocol/transport/timetable.ts";

/** Most datagrams that are held back in one direction. */
const MOST_HELD = 16_384;

/** Where all datagrams of one direction are. A doubled one counts twice as sent. */
export interface LaneCounts {
  /** Datagrams that came. */
  readonly received: number;
  /** Copies that were made of them. */
  readonly duplicated: number;
  /** Copies with a fate of their own: received and duplicated. */
  readonly sent: number;
  /** Copies that were handed to the system. */
  readonly delivered: number;
  /** Copies that were lost on purpose. */
  readonly lost: number;
  /** Copies that could not go on: over the `mtu`, one too many, for nobody, or refused by the system. */
  readonly rejected: number;
  /** Copies that are held back still. */
  readonly underWay: number;
  /** Of those delivered: held back so that others overtook them. */
  readonly reordered: number;
  /** Of those delivered: cut at their end. */
  readonly truncated: number;
  /** Of those delivered: with one bit flipped. */
  readonly corrupted: number;
  /** Of those delivered: from somebody else's socket. */
  readonly wrongPeer: number;
}

/** Sends one copy on its way; rejects if the system does not take it. */
export type Deliver = (bytes: Uint8Array, wrongPeer: boolean) => Promise<void>;

/** One direction of a datagram proxy: does to datagrams what the model says, in real time, and keeps the books. */
export class DatagramLane {
  readonly #model: DatagramFaultModel;
  readonly #timetable = new Timetable<{ readonly fate: DatagramFate; readonly deliver: Deliver }>();
  readonly #counts = {
    ...{ received: 0, duplicated: 0, sent: 0, delivered: 0, lost: 0, rejected: 0 },
    ...{ reordered: 0, truncated: 0, corrupted: 0, wrongPeer: 0 },
  };
  #running = Promise.resolve();
  /** Ends together with the loop: what comes between its end and that of its promise would wait for ever. */
  #runs = false;
  /** Copies that are being handed to the system. */
  #leaving = 0;
  #hurried = false;
  #wake = () => {};

  /** Takes the seed (0 to 2^32 − 1) and the faults. */
  constructor(seed: number, faults: DatagramFaults) {
    this.#model = new DatagramFaultModel(seed, faults);
  }

  /** How it stands. */
  get counts(): LaneCounts {
    return { ...this.#counts, underWay: this.#timetable.size + this.#leaving };
  }

  /** Takes a datagram in; resolves nothing: its copies go on when they are due. Returns what becomes of them. */
  take(bytes: Uint8Array, deliver: Deliver): readonly DatagramFate[] {
    const fates = this.#model.fatesOf(bytes);
    this.#counts.received++;
    for (const fate of fates) {
      this.#counts.sent++;
      if (fate.duplicate) this.#counts.duplicated++;
      if (fate.end === "lost") this.#counts.lost++;
      else if (fate.end === "over-mtu" || this.#timetable.size >= MOST_HELD) {
        this.#counts.rejected++;
      } else this.#timetable.add(performance.now() + fate.delayMs, { fate, deliver });
    }
    this.#wake();
    if (!this.#runs) this.#running = this.#run();
    return fates;
  }

  /** Counts a datagram that is for nobody. */
  reject(): void {
    this.#counts.received++;
    this.#counts.sent++;
    this.#counts.rejected++;
  }

  /** Sends everything that is held back now, in its order; resolves when nothing is left. */
  async settle(): Promise<void> {
    this.#hurried = true;
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#runs = true;
    for (let due; (due = this.#timetable.nextMs) !== undefined;) {
      const waitMs = due - performance.now();
      if (waitMs > 0 && !this.#hurried) await this.#pause(waitMs);
      else await this.#deliverNext();
    }
    this.#runs = false;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #deliverNext(): Promise<void> {
    const next = this.#timetable.take();
    if (next === undefined) return;
    const { fate, deliver } = next;
    this.#leaving++;
    try {
      await deliver(fate.bytes, fate.wrongPeer);
      this.#counts.delivered++;
      for (const what of ["reordered", "truncated", "corrupted", "wrongPeer"] as const) {
        if (fate[what]) this.#counts[what]++;
      }
    } catch {
      // The system says no: the peer is gone, or the copy is longer than it can carry.
      this.#counts.rejected++;
    } finally {
      this.#leaving--;
    }
  }
}

/** Whether every copy is somewhere. */
export function addsUp(counts: LaneCounts): boolean {
  const { received, duplicated, sent, delivered, lost, rejected, underWay } = counts;
  return sent === received + duplicated && sent === delivered + lost + rejected + underWay;
}
