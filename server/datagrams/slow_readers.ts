/** How long after somebody was late last it is forgotten, in ms, and how many are remembered. */
const FORGOTTEN_MS = 600_000, MOST = 1024;
/** How long who was late twice gets nothing, in ms; twice as long with each time more, up to a most. */
const FIRST_MS = 10_000, LONGEST_MS = 600_000;

/**
 * Remembers who did not take its answers in time. Once may be another's fault: all answers of a socket that were not read yet take
 * the same room. Twice is not.
 */
export class SlowReaders {
  readonly #now: () => number;
  /** In the order in which they were late last. */
  readonly #all = new Map<string, { readonly times: number; readonly atMs: number }>();

  /** Knows nobody yet; `now` tells ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** It was late. */
  late(peer: string): void {
    const times = this.#timesOf(peer) + 1;
    this.#all.delete(peer);
    this.#all.set(peer, { times, atMs: this.#now() });
    const [oldest] = this.#all.keys();
    if (this.#all.size > MOST && oldest !== undefined) this.#all.delete(oldest);
  }

  /** For how long it gets nothing from now on, in ms. */
  waitMs(peer: string): number {
    const times = this.#timesOf(peer);
    if (times < 2) return 0;
    const sinceMs = this.#now() - (this.#all.get(peer)?.atMs ?? 0);
    return Math.max(0, Math.min(FIRST_MS * 2 ** (times - 2), LONGEST_MS) - sinceMs);
  }

  #timesOf(peer: string): number {
    const { times = 0, atMs = 0 } = this.#all.get(peer) ?? {};
    return this.#now() - atMs > FORGOTTEN_MS ? 0 : times;
  }
}
