import { equals } from "@std/bytes/equals";
import { type Fragment, FragmentError, parseFragment } from "./fragment.ts";

/** Settings of {@linkcode FragmentAssembler}. */
export interface FragmentAssemblerOptions {
  /**
   * Longest message, in bytes.
   *
   * @default {1048576}
   */
  readonly maxMessageLength?: number;
  /**
   * Most memory for all unfinished messages together, in bytes, bookkeeping included. When it is full, the oldest
   * message goes.
   *
   * @default {16777216}
   */
  readonly maxMemory?: number;
  /**
   * Most memory for the unfinished messages of one peer, in bytes. When it is full, the peer's oldest message goes.
   *
   * @default {4194304}
   */
  readonly maxMemoryPerPeer?: number;
  /**
   * How long after its first fragment an unfinished message is dropped, in ms. As long, a finished one is remembered,
   * so that late duplicates do not make it come again.
   *
   * @default {10000}
   */
  readonly expiryMs?: number;
  /** Tells the time in ms; it must never run back. */
  readonly now?: () => number;
}

/** What has become of everything so far. */
export interface FragmentCounts {
  /** Messages put together. */
  readonly completed: number;
  /** Fragments that were there already. */
  readonly duplicates: number;
  /** Unfinished messages dropped because their time was up. */
  readonly expired: number;
  /** Unfinished messages dropped for lack of memory. */
  readonly evicted: number;
  /** Fragments refused with a {@linkcode FragmentError}. */
  readonly refused: number;
}

/** What one fragment and one message cost besides their bytes: about what the runtime needs for them. */
const FRAGMENT_COST = 256, MESSAGE_COST = 512;

/** A message of which some fragments came, or all: then `parts` is null, and it is only remembered. */
interface Entry {
  readonly peer: string;
  readonly key: string;
  readonly count: number;
  readonly length: number;
  readonly startedMs: number;
  parts: Map<number, Uint8Array> | null;
  cost: number;
}

/** The entries of one peer, oldest first, and what they cost together. */
interface Peer {
  readonly entries: Map<string, Entry>;
  cost: number;
}

/**
 * Puts fragments together again, whoever they come from, in any order, however often: a message comes out once, when
 * its last missing part is in. Memory grows with the bytes that came, never with what a header claims.
 *
 * @example
 * ```ts
 * import { FragmentAssembler, fragmentMessage } from "@nonstick/nonstick/framing";
 *
 * const assembler = new FragmentAssembler({ expiryMs: 5_000 });
 * const datagrams = fragmentMessage(new Uint8Array(3000), { messageId: 1n, maxDatagram: 1232 });
 * for (const datagram of datagrams.reverse()) {
 *   const message = assembler.push(datagram, "udp://192.0.2.1:7000");
 *   if (message !== null) console.log(message.length); // 3000
 * }
 * ```
 */
export class FragmentAssembler {
  readonly #maxMessageLength: number;
  readonly #maxMemory: number;
  readonly #maxMemoryPerPeer: number;
  readonly #expiryMs: number;
  readonly #now: () => number;
  readonly #peers = new Map<string, Peer>();
  /** All entries, oldest first. */
  readonly #entries = new Set<Entry>();
  readonly #counts = { completed: 0, duplicates: 0, expired: 0, evicted: 0, refused: 0 };
  #cost = 0;

  /** Makes one without any messages. */
  constructor(options: FragmentAssemblerOptions = {}) {
    this.#maxMessageLength = options.maxMessageLength ?? 1024 * 1024;
    this.#maxMemory = options.maxMemory ?? 16 * 1024 * 1024;
    this.#maxMemoryPerPeer = Math.min(options.maxMemoryPerPeer ?? 4 * 1024 * 1024, this.#maxMemory);
    this.#expiryMs = options.expiryMs ?? 10_000;
    this.#now = options.now ?? (() => performance.now());
  }

  /** What has become of everything so far. */
  get counts(): FragmentCounts {
    return { ...this.#counts };
  }

  /** Memory that is held now, in bytes, as it is counted for the limits. */
  get memory(): number {
    return this.#cost;
  }

  /**
   * Takes in one datagram of `peer`. Gives the message that it completes, or null. The assembler keeps the datagram's
   * buffer until then; nobody may write to it, and it should hold nothing else, for only the datagram is counted.
   *
   * @throws {FragmentError} if it is no fragment, or contradicts one that came before. If bytes contradict each other
   * the message is dropped, since nobody can say which ones are right; otherwise the earlier fragments stay.
   */
  push(datagram: Uint8Array, peer: string): Uint8Array | null {
    this.expire();
    try {
      const fragment = parseFragment(datagram, peer);
      this.#checkLength(fragment, peer);
      return this.#take(fragment, peer);
    } catch (error) {
      if (error instanceof FragmentError) this.#counts.refused++;
      throw error;
    }
  }

  /** Drops what is too old; done with each datagram, too. */
  expire(): void {
    const deadline = this.#now() - this.#expiryMs;
    for (const entry of this.#entries) {
      if (entry.startedMs > deadline) return;
      if (entry.parts !== null) this.#counts.expired++;
      this.#forget(entry);
    }
  }

  #checkLength({ length, index }: Fragment, peer: string): void {
    if (length <= this.#maxMessageLength) return;
    throw new FragmentError(
      peer,
      "too-large",
      `its message has ${length} bytes, the limit is ${this.#maxMessageLength}`,
      { offset: 12, frameIndex: index },
    );
  }

  #take(fragment: Fragment, peer: string): Uint8Array | null {
    const { index, count, length, part } = fragment;
    const entry = this.#entryOf(fragment, peer);
    if (entry.count !== count || entry.length !== length) {
      const [old, now] = [entry, fragment].map((one) => `${one.length} bytes in ${one.count}`);
      throw new FragmentError(
        peer,
        "conflicting-totals",
        `its message was said to have ${old} parts before, and ${now} now`,
        { offset: 10, frameIndex: index },
      );
    }
    const there = entry.parts?.get(index);
    if (entry.parts === null || (there !== undefined && equals(there, part))) {
      this.#counts.duplicates++;
      return null;
    }
    if (there !== undefined) {
      this.#forget(entry);
      throw new FragmentError(
        peer,
        "conflicting-bytes",
        `part ${index} of its message came before with other bytes, the message is dropped`,
        { offset: 16, frameIndex: index },
      );
    }
    entry.parts.set(index, part);
    this.#charge(entry, part.length + FRAGMENT_COST);
    if (entry.parts.size === count) return this.#complete(entry, entry.parts);
    this.#makeRoom(entry);
    return null;
  }

  #entryOf({ messageId, count, length }: Fragment, peer: string): Entry {
    const key = messageId.toString(36);
    const known = this.#peers.get(peer)?.entries.get(key);
    if (known !== undefined) return known;
    const startedMs = this.#now();
    const entry = { peer, key, count, length, startedMs, parts: new Map(), cost: 0 };
    const entries = this.#peers.get(peer) ?? { entries: new Map(), cost: 0 };
    entries.entries.set(key, entry);
    this.#peers.set(peer, entries);
    this.#entries.add(entry);
    this.#charge(entry, MESSAGE_COST);
    return entry;
  }

  #complete(entry: Entry, parts: ReadonlyMap<number, Uint8Array>): Uint8Array {
    const message = new Uint8Array(entry.length);
    const size = Math.ceil(entry.length / entry.count);
    for (const [index, part] of parts) message.set(part, index * size);
    entry.parts = null;
    this.#charge(entry, MESSAGE_COST - entry.cost);
    this.#counts.completed++;
    this.#makeRoom(entry);
    return message;
  }

  /** Drops the oldest until everything fits, `newest` last. */
  #makeRoom(newest: Entry): void {
    const peer = this.#peers.get(newest.peer);
    this.#drop(peer?.entries.values() ?? [], newest, () => {
      return (peer?.cost ?? 0) <= this.#maxMemoryPerPeer;
    });
    this.#drop(this.#entries, newest, () => this.#cost <= this.#maxMemory);
  }

  #drop(oldestFirst: Iterable<Entry>, newest: Entry, fits: () => boolean): void {
    for (const entry of oldestFirst) {
      if (fits()) return;
      if (entry !== newest) this.#evict(entry);
    }
    if (!fits()) this.#evict(newest);
  }

  #evict(entry: Entry): void {
    if (entry.parts !== null) this.#counts.evicted++;
    this.#forget(entry);
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry);
    this.#charge(entry, -entry.cost);
    const peer = this.#peers.get(entry.peer);
    peer?.entries.delete(entry.key);
    if (peer?.entries.size === 0) this.#peers.delete(entry.peer);
  }

  #charge(entry: Entry, cost: number): void {
    entry.cost += cost;
    this.#cost += cost;
    const peer = this.#peers.get(entry.peer);
    if (peer !== undefined) peer.cost += cost;
  }
}
