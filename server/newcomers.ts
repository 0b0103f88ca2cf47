import { sourceOf } from "../cli/address.ts";
import { addressOf } from "./doorkeeper.ts";

/** Somebody who has not introduced itself yet. */
interface Newcomer {
  readonly source: string;
  /** Ends its connection. */
  readonly drop: () => void;
}

/**
 * Connections whose opening is not over, so many at most. When one more comes, the oldest one of the source that has most of them
 * goes (sshd drops the new ones: MaxStartups in sshd_config(5)). So a source that opens many pushes out its own, and who
 * introduces itself as fast as programs do gets through, even from an address that a flood comes from.
 */
export class Newcomers<Key extends object> {
  readonly #most: number;
  /** In the order of coming. */
  readonly #all = new Map<Key, Newcomer>();
  readonly #count = new Map<string, number>();

  /** `most` of them at once. */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many there are. */
  get size(): number {
    return this.#all.size;
  }

  /** One comes from `remote`, an endpoint; `drop` ends its connection, if it is pushed out. */
  enter(key: Key, remote: string, drop: () => void): void {
    if (this.#all.size >= this.#most) this.#pushOut();
    const address = addressOf(remote);
    // Who comes by a path has no address; all of them are one source.
    const source = address === null ? "" : sourceOf(address) ?? address;
    this.#all.set(key, { source, drop });
    this.#count.set(source, (this.#count.get(source) ?? 0) + 1);
  }

  /** It has introduced itself, or gone. */
  leave(key: Key): void {
    const newcomer = this.#all.get(key);
    if (newcomer === undefined) return;
    this.#all.delete(key);
    const left = (this.#count.get(newcomer.source) ?? 0) - 1;
    if (left > 0) this.#count.set(newcomer.source, left);
    else this.#count.delete(newcomer.source);
  }

  #pushOut(): void {
    const most = Math.max(...this.#count.values());
    for (const [key, { source, drop }] of this.#all) {
      if (this.#count.get(source) !== most) continue;
      this.leave(key);
      drop();
      return;
    }
  }
}
