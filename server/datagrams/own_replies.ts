import type { DatagramAddress } from "../../protocol/transport/mod.ts";

/** Replies that are remembered, in buckets; a new one takes the place of the oldest of its bucket. */
const BUCKETS = 2048, BUCKET_SIZE = 8;
/** How long after a reply its bytes are taken for the same one coming back, in ms. */
const WINDOW_MS = 1000;

/**
 * Remembers what was said to whom. Two servers that answer each other's answers do so for ever (CVE-2024-2169); one of
 * them has to notice that what it hears is what it has just said. A client that repeats itself sounds the same, so that
 * a few returns in a row are let pass; silence for a second starts the count anew.
 *
 * Each datagram is looked up here, so that this is a table of numbers: nothing is allocated, and nothing grows.
 */
export class OwnReplies {
  readonly #most: number;
  readonly #now: () => number;
  readonly #keys = new Float64Array(BUCKETS * BUCKET_SIZE);
  readonly #atMs = new Float64Array(BUCKETS * BUCKET_SIZE).fill(-Infinity);
  /** How often the bytes of a reply have come back in a row. */
  readonly #returns = new Uint32Array(BUCKETS * BUCKET_SIZE);

  /** Lets `most` returns in a row pass; `now` tells ms. */
  constructor(most: number, now: () => number) {
    this.#most = most;
    this.#now = now;
  }

  /** Whether these bytes from `peer` are our own reply to it, once too often. */
  isLoop(peer: DatagramAddress, bytes: Uint8Array): boolean {
    if (this.#most === Infinity) return false;
    const key = keyOf(peer, bytes), slot = this.#slotOf(key);
    if (this.#keys[slot] !== key) return false;
    const now = this.#now(), late = now - (this.#atMs[slot] ?? 0) > WINDOW_MS;
    const returns = late ? 0 : (this.#returns[slot] ?? 0) + 1;
    this.#returns[slot] = returns;
    this.#atMs[slot] = now;
    return returns > this.#most;
  }

  /** Notes a reply. */
  said(peer: DatagramAddress, bytes: Uint8Array): void {
    if (this.#most === Infinity) return;
    const key = keyOf(peer, bytes), slot = this.#slotOf(key);
    if (this.#keys[slot] !== key) {
      this.#keys[slot] = key;
      this.#returns[slot] = 0;
    }
    this.#atMs[slot] = this.#now();
  }

  /** Where a reply is, or else the oldest one that it could replace. */
  #slotOf(key: number): number {
    const first = (key & (BUCKETS - 1)) * BUCKET_SIZE;
    let oldest = first, oldestMs = Infinity;
    for (let slot = first; slot < first + BUCKET_SIZE; slot++) {
      if (this.#keys[slot] === key) return slot;
      const atMs = this.#atMs[slot] ?? 0;
      if (atMs >= oldestMs) continue;
      oldest = slot;
      oldestMs = atMs;
    }
    return oldest;
  }
}

/**
 * The peer and the bytes as 53 bits of two FNV-1a over 32-bit words in turn, which are no secret and need not be one.
 * Each step can be undone, so that bytes which differ in one word only never have the same key.
 */
function keyOf(peer: DatagramAddress, bytes: Uint8Array): number {
  let one = placeOf(peer), other = bytes.length;
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.length & ~7;
  for (let at = 0; at < whole; at += 8) {
    one = mixed(one, words.getInt32(at), FACTOR);
    other = mixed(other, words.getInt32(at + 4), OTHER_FACTOR);
  }
  for (let at = whole; at < bytes.length; at++) one = mixed(one, words.getUint8(at), FACTOR);
  one = mixed(one, other, FACTOR);
  other = mixed(other, one, OTHER_FACTOR);
  return (one >>> 0) * 2 ** 21 + (other >>> 11);
}

/** 32 bits of an address. */
function placeOf(peer: DatagramAddress): number {
  const name = peer.scheme === "udp"
    ? peer.hostname
    : peer.scheme === "unixgram"
    ? peer.path
    : peer.name;
  let hash = peer.scheme === "udp" ? peer.port : 0;
  for (let at = 0; at < name.length; at++) hash = mixed(hash, name.charCodeAt(at), FACTOR);
  return hash;
}

const FACTOR = 0x01000193, OTHER_FACTOR = 0x5bd1e995;

/** A product moves bits up only; the shift brings the high ones of a word down again. */
function mixed(hash: number, word: number, factor: number): number {
  const product = Math.imul(hash ^ word, factor);
  return product ^ (product >>> 15);
}
