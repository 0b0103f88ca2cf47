import { RandomStream } from "./random_stream.ts";

/** What a network does to datagrams: shares from 0 (never, the default of all) to 1 (always), times, and a size. */
export interface DatagramFaults {
  /** Share that is lost. */
  readonly loss?: number;
  /** Share that arrives twice; each copy then has a fate of its own. */
  readonly duplication?: number;
  /** Share that is held back for up to `reorderMs` more than the delay, so that others overtake it. */
  readonly reorder?: number;
  /**
   * Longest time that a datagram is held back, in ms.
   *
   * @default {10}
   */
  readonly reorderMs?: number;
  /** Least and longest delay in ms; any between are as likely. If they differ, that alone reorders, too. */
  readonly delayMs?: readonly [least: number, longest: number];
  /** Share that loses bytes at its end, at least one and up to all. */
  readonly truncation?: number;
  /** Share of which one bit is flipped. */
  readonly corruption?: number;
  /** Share that seems to come from somebody else. */
  readonly wrongPeer?: number;
  /** Longest payload that gets through, in bytes; longer ones vanish, as in a network that says nothing. */
  readonly mtu?: number;
}

/** What becomes of one copy of a datagram. */
export interface DatagramFate {
  /** Whether it goes on, is lost, or is refused for its length. */
  readonly end: "arrives" | "lost" | "over-mtu";
  /** What arrives. Copies may share these bytes. */
  readonly bytes: Uint8Array;
  /** When, in ms from now. */
  readonly delayMs: number;
  /** Whether it is the second one. */
  readonly duplicate: boolean;
  /** Whether it was held back. */
  readonly reordered: boolean;
  /** Whether bytes at its end are missing. */
  readonly truncated: boolean;
  /** Whether a bit was flipped. */
  readonly corrupted: boolean;
  /** Whether it seems to come from somebody else. */
  readonly wrongPeer: boolean;
}

const SHARES = ["loss", "duplication", "reorder", "truncation", "corruption", "wrongPeer"] as const;

/**
 * Decides what becomes of datagrams, from a seed. Each kind of fault draws from a random stream of its own, once for
 * each datagram, and once from another one for its second copy: turning a fault on or off, or changing its share, does
 * not change whom the others hit. What carries them, in memory or over sockets, is up to the caller.
 *
 * @example
 * ```ts
 * import { DatagramFaultModel } from "@nonstick/nonstick/transport";
 *
 * const model = new DatagramFaultModel(1, { loss: 0.1, duplication: 0.05, delayMs: [5, 50] });
 * for (const fate of model.fatesOf(new Uint8Array(100))) console.log(fate.end, fate.delayMs);
 * ```
 */
export class DatagramFaultModel {
  readonly #faults: DatagramFaults;
  readonly #seed: number;
  readonly #streams = new Map<string, RandomStream>();

  /**
   * Takes the seed (0 to 2^32 − 1) and what is to happen.
   *
   * @throws {RangeError} if a share is not from 0 to 1, or a time or size cannot be.
   */
  constructor(seed: number, faults: DatagramFaults) {
    for (const name of SHARES) {
      const share = faults[name] ?? 0;
      if (!(share >= 0 && share <= 1)) {
        throw new RangeError(`Cannot use ${name} ${share}: it must be from 0 to 1`);
      }
    }
    const { delayMs: [least, longest] = [0, 0], reorderMs = 0, mtu = 0 } = faults;
    if (!(least >= 0 && longest >= least && longest < Infinity)) {
      throw new RangeError(`Cannot use delayMs ${least} to ${longest}: write the least one first`);
    }
    if (!(reorderMs >= 0 && reorderMs < Infinity) || !(mtu >= 0)) {
      throw new RangeError("Cannot use a negative or endless reorderMs or mtu");
    }
    this.#seed = seed;
    this.#faults = faults;
  }

  /** What becomes of the next datagram: one fate, or two when it is doubled. */
  fatesOf(bytes: Uint8Array): DatagramFate[] {
    const doubled = this.#hits("duplication");
    const first = this.#fateOf(bytes, false);
    return doubled ? [first, this.#fateOf(bytes, true)] : [first];
  }

  #fateOf(bytes: Uint8Array, duplicate: boolean): DatagramFate {
    const { mtu = Infinity, reorderMs = 10, delayMs: [least, longest] = [0, 0] } = this.#faults;
    // Second copies have streams of their own: else each would move those of all datagrams behind it.
    const copy = duplicate ? "again." : "";
    const lost = this.#hits("loss", copy), reordered = this.#hits("reorder", copy);
    const wrongPeer = this.#hits("wrongPeer", copy);
    const truncated = this.#hits("truncation", copy) && bytes.length > 0;
    const flips = this.#hits("corruption", copy);
    // Drawn in any case, so that each stream moves on by one.
    const cutAt = this.#stream(`${copy}truncation.at`).below(bytes.length);
    const length = truncated ? cutAt : bytes.length, corrupted = flips && length > 0;
    const bitAt = this.#stream(`${copy}corruption.at`).below(8 * length);
    const delay = least + this.#stream(`${copy}delay`).fraction() * (longest - least);
    const heldBack = (1 - this.#stream(`${copy}reorder.by`).fraction()) * reorderMs;
    const end = bytes.length > mtu ? "over-mtu" : lost ? "lost" : "arrives";
    return {
      end,
      bytes: damaged(bytes, length, corrupted ? bitAt : null),
      delayMs: reordered ? delay + heldBack : delay,
      ...{ duplicate, reordered, truncated, corrupted, wrongPeer },
    };
  }

  #hits(name: typeof SHARES[number], copy = ""): boolean {
    return this.#stream(copy + name).fraction() < (this.#faults[name] ?? 0);
  }

  #stream(name: string): RandomStream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new RandomStream(this.#seed, name);
      this.#streams.set(name, stream);
    }
    return stream;
  }
}

/** The first `length` bytes, with one bit flipped if there is to be one. */
function damaged(bytes: Uint8Array, length: number, bitAt: number | null): Uint8Array {
  if (bitAt === null) return bytes.subarray(0, length);
  const copy = bytes.slice(0, length);
  copy[bitAt >> 3] = (copy[bitAt >> 3] ?? 0) ^ (1 << (bitAt & 7));
  return copy;
}
