import { setImmediate } from "node:timers";
import { afterPoll } from "./after_poll.ts";

/** What may go without a look at all others: some ms of work. */
const PER_TURN = 8_388_608;
/** At less than so much per ms there is time enough for others without being asked for. */
const HARMLESS = 200_000;
/** What may still go, in bytes and ms, until the runtime comes round by itself, and how long that may take: then it is held up. */
const PATIENCE = 4_194_304, PATIENCE_MS = 2;

/** Somebody who waits for a turn. */
interface Waiter {
  readonly cost: number;
  readonly go: () => void;
}

/**
 * Connections that make much work go as they like as long as everybody else is looked after; where that is late, they wait for
 * it, and go round. Left alone, four peers that send as fast as they can make all others wait for a second: the runtime hands on
 * what they have sent, up to 128 reads and writes at once, and hardly ever looks whether something has come from others. Whoever
 * has to be waited for, as a peer that wants its answer before it goes on, does no such thing, and pays nothing.
 *
 * Costs are in bytes that are moved; what takes longer costs as much as the bytes that take as long.
 *
 * ```
 * a b a b … a b | a b a b … a b | a b c d a b c | d a b c d a b | …    of one connection 256 KiB at a time
 *   8 MiB         4 MiB or 2 ms, then, and every 8 MiB, a poll
 *               ^ the runtime comes round before: on as before
 * ```
 */
export class Turns {
  readonly #perTurn: number;
  readonly #now: () => number;
  readonly #waiting: Waiter[] = [];
  #left: number;
  #atMs: number;
  /** Whether the runtime is to say when it comes round. */
  #asked = false;

  /** `perTurn` is what one turn may cost; a rest of it is enough for one more to go. `now` tells ms. */
  constructor(perTurn: number = PER_TURN, now: () => number = () => performance.now()) {
    this.#perTurn = perTurn;
    this.#now = now;
    this.#left = perTurn;
    this.#atMs = now();
  }

  /** Resolves when it is the turn of what costs so much. Null: now. */
  take(cost: number): Promise<void> | null {
    if (this.#waiting.length === 0 && this.#mayGo()) {
      this.#left -= cost;
      return null;
    }
    if (this.#waiting.length === 0) this.#wait();
    return new Promise((go) => this.#waiting.push({ cost, go }));
  }

  #mayGo(): boolean {
    const now = this.#now(), ms = now - this.#atMs;
    if (this.#asked) return this.#left > -PATIENCE && ms < PATIENCE_MS;
    this.#left = Math.min(this.#perTurn, this.#left + HARMLESS * ms);
    this.#atMs = now;
    if (this.#left <= 0) this.#ask();
    return true;
  }

  #ask(): void {
    this.#asked = true;
    this.#left = 0;
    setImmediate(() => {
      this.#asked = false;
      this.#begin();
    });
  }

  /** A turn that nobody waits for, or that those who wait begin. */
  #begin(): void {
    this.#left = this.#perTurn;
    this.#atMs = this.#now();
  }

  #wait(): void {
    afterPoll(() => {
      this.#begin();
      while (this.#left > 0 && this.#waiting.length > 0) this.#goOne();
      if (this.#waiting.length > 0) this.#wait();
    });
  }

  #goOne(): void {
    const first = this.#waiting.shift();
    this.#left -= first?.cost ?? 0;
    first?.go();
  }
}

/** Those of all connections of this thread. */
export const turns: Turns = new Turns();
