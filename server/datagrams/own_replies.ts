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

/** The peer and 64 bits of what the bytes are (two FNV-1a with different starts): no secret, and need not be one. */
function keyOf(peer: string, bytes: Uint8Array): string {
  let one = 0x811c9dc5, other = 0x9747b28c;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    one = Math.imul(one ^ byte, 0x01000193);
    other = Math.imul(other ^ byte, 0x5bd1e995);
  }
  return `${peer} ${bytes.length} ${one >>> 0} ${other >>> 0}`;
}
