import { afterPoll } from "../protocol/session/after_poll.ts";

/** How many begin to be served at once; the others wait until the runtime has looked after everybody else. */
const PER_TURN = 8;

/** Somebody who has not introduced itself yet. */
interface Newcomer {
  readonly group: Group;
  /** Ends its connection. */
  readonly drop: () => void;
  /** Says whether it is served, while it waits for that. */
  begin: ((served: boolean) => void) | null;
}

/** Those of one source. */
interface Group {
  readonly source: string;
  count: number;
  /** Those that wait to be served, the newest one last. */
  readonly waiting: Newcomer[];
}

/**
 * Connections whose opening is not over, so many at most. When one more comes, the oldest one of the source that has most of them
 * goes (sshd drops the new ones: MaxStartups in sshd_config(5)). When many come at once those of the source that has fewest
 * are served first. So a source that opens many keeps out its own, before much was done for them, and who introduces itself
 * as fast as programs do gets through, even from an address that a flood comes from.
 */
export class Newcomers<Key extends object> {
  /** So many of them at once. */
  most: number;
  /** In the order of coming. */
  readonly #all = new Map<Key, Newcomer>();
  readonly #groups = new Map<string, Group>();
  #waiting = 0;
  #begun = 0;
  #ticking = false;

  /** None yet. */
  constructor(most: number) {
    this.most = most;
  }

  /** How many there are. */
  get size(): number {
    return this.#all.size;
  }

  /** How many sources they come from. */
  get sources(): number {
    return this.#groups.size;
  }

  /**
   * One comes from `source`; `drop` ends its connection, if it is pushed out. True once it is its turn to be served, false when it
   * was pushed out before.
   */
  enter(key: Key, source: string, drop: () => void): true | Promise<boolean> {
    if (this.#all.size >= this.most) this.#pushOut();
    const group = this.#groups.get(source) ?? { source, count: 0, waiting: [] };
    this.#groups.set(source, group);
    group.count++;
    const newcomer: Newcomer = { group, drop, begin: null };
    this.#all.set(key, newcomer);
    this.#tick();
    if (this.#waiting === 0 && this.#begun < PER_TURN) {
      this.#begun++;
      return true;
    }
    this.#waiting++;
    group.waiting.push(newcomer);
    return new Promise((resolve) => newcomer.begin = resolve);
  }

  /** It has introduced itself, or gone. */
  leave(key: Key): void {
    const newcomer = this.#all.get(key);
    if (newcomer === undefined) return;
    this.#all.delete(key);
    const { group, begin } = newcomer;
    if (--group.count === 0) this.#groups.delete(group.source);
    if (begin === null) return;
    group.waiting.splice(group.waiting.indexOf(newcomer), 1);
    this.#waiting--;
    begin(false);
  }

  #pushOut(): void {
    const most = Math.max(...Array.from(this.#groups.values(), ({ count }) => count));
    for (const [key, { group, drop }] of this.#all) {
      if (group.count !== most) continue;
      this.leave(key);
      drop();
      return;
    }
  }

  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    afterPoll(() => {
      this.#ticking = false;
      for (this.#begun = 0; this.#begun < PER_TURN && this.#waiting > 0; this.#begun++) {
        this.#beginOne();
      }
      if (this.#begun > 0) this.#tick();
    });
  }

  #beginOne(): void {
    let first: Group | undefined;
    for (const group of this.#groups.values()) {
      if (group.waiting.length > 0 && group.count < (first?.count ?? Infinity)) first = group;
    }
    const newcomer = first?.waiting.pop();
    this.#waiting--;
    newcomer?.begin?.(true);
    if (newcomer) newcomer.begin = null;
  }
}
