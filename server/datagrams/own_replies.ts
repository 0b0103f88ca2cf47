/** Replies that are remembered; the oldest go first. */
const MOST = 4096;
/** How long after a reply its bytes are taken for the same one coming back, in ms. */
const WINDOW_MS = 1000;

interface Reply {
  /** How often its bytes have come back in a row. */
  returns: number;
  atMs: number;
}

/**
 * Remembers what was said to whom. Two servers that answer each other's answers do so for ever (CVE-2024-2169); one of
 * them has to notice that what it hears is what it has just said. A client that repeats itself sounds the same, so that
 * a few returns in a row are let pass; silence for a second starts the count anew.
 */
export class OwnReplies {
  readonly #most: number;
  readonly #now: () => number;
  readonly #replies = new Map<string, Reply>();

  /** Lets `most` returns in a row pass; `now` tells ms. */
  constructor(most: number, now: () => number) {
    this.#most = most;
    this.#now = now;
  }

  /** Whether these bytes from `peer` are our own reply to it, once too often. */
  isLoop(peer: string, bytes: Uint8Array): boolean {
    if (this.#most === Infinity) return false;
    const key = keyOf(peer, bytes);
    const reply = this.#replies.get(key);
    if (reply === undefined) return false;
    const now = this.#now(), late = now - reply.atMs > WINDOW_MS;
    reply.returns = late ? 0 : reply.returns + 1;
    reply.atMs = now;
    return reply.returns > this.#most;
  }

  /** Notes a reply. */
  said(peer: string, bytes: Uint8Array): void {
    if (this.#most === Infinity) return;
    const key = keyOf(peer, bytes);
    const returns = this.#replies.get(key)?.returns ?? 0;
    this.#replies.delete(key);
    this.#replies.set(key, { returns, atMs: this.#now() });
    if (this.#replies.size <= MOST) return;
    for (const oldest of this.#replies.keys()) {
      this.#replies.delete(oldest);
      break;
    }
  }
}

/**
 * The peer and 64 bits of what the bytes are (two FNV-1a with different starts and factors, four bytes at a time): no
 * secret, and need not be one.
 */
function keyOf(peer: string, bytes: Uint8Array): string {
  let one = 0x811c9dc5, other = 0x9747b28c;
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.length & ~3;
  for (let at = 0; at < whole; at += 4) {
    const word = words.getInt32(at, true);
    one = mixed(one, word, 0x01000193);
    other = mixed(other, word, 0x5bd1e995);
  }
  for (let at = whole; at < bytes.length; at++) {
    const byte = words.getUint8(at);
    one = mixed(one, byte, 0x01000193);
    other = mixed(other, byte, 0x5bd1e995);
  }
  return `${peer} ${bytes.length} ${one >>> 0} ${other >>> 0}`;
}

/** A product moves bits up only; the shift brings the high ones of a word down again. */
function mixed(hash: number, word: number, factor: number): number {
  const product = Math.imul(hash ^ word, factor);
  return product ^ (product >>> 15);
}
