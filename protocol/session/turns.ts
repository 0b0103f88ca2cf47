import { afterPoll } from "./after_poll.ts";

/** What may go without a look at all others: some ms of work. */
const PER_TURN = 8_388_608;
/** At less than so much per ms there is time enough for others without being asked for. */
const HARMLESS = 200_000;
/** How long a look that was asked for may take until who makes work has to wait for it, in ms. */
const PATIENCE_MS = 4;

/** Somebody who waits for a turn. */
interface Waiter {
  readonly cost: number;
  readonly go: () => void;
}

/**
 * Connections that make much work go as they like as long as everybody else is looked after; where that is late, they wait for
 * it, and go round. Left alone, four peers that send as fast as they can make all others wait for a second: the runtime hands on
 * what they have sent, up to 128 reads and writes at once, and hardly ever looks whether something has come from others. One peer
 * that has to be waited for does no such thing, and pays nothing.
 *
 * Costs are in bytes that are moved; what takes longer costs as much as the bytes that take as long.
 *
 * ```
 * a b a b … a b a b a b | c d a b c | d a b c d | …    8 MiB each; of one connection 256 KiB at a time
 *    8 MiB ^       4 ms ^ poll      ^ poll
 * ```
 */
export class Turns {
  readonly #perTurn: number;
  readonly #now: () => number;
  readonly #waiting: Waiter[] = [];
  #left: number;
  #atMs: number;
  /** Since when a look is awaited; null: none was asked for. */
  #sinceMs: number | null = null;

  /** `perTurn` is what one turn may cost; a rest of it is enough for one more to go. `now` tells ms. */
  constructor(perTurn: number = PER_TURN, now: () => number = () => performance.now()) {
    this.#perTurn = perTurn;
    this.#now = now;
    this.#left = perTurn;
    this.#atMs = now();
  }

  /** Resolves when it is the turn of what costs so much. Null: now. */
  take(cost: number): Promise<void> | null {
    const now = this.#now();
    if (this.#sinceMs === null) {
      this.#left = Math.min(this.#perTurn, this.#left + HARMLESS * (now - this.#atMs));
      this.#atMs = now;
      if (this.#left > 0) {
        this.#left -= cost;
        return null;
      }
      this.#look();
    }
    if (this.#waiting.length === 0 && now - (this.#sinceMs ?? now) < PATIENCE_MS) return null;
    return new Promise((go) => this.#waiting.push({ cost, go }));
  }

  /** Asks for a look; behind it one turn goes, and the next look is asked for as long as somebody waits. */
  #look(): void {
    this.#sinceMs = this.#now();
    afterPoll(() => {
      this.#sinceMs = null;
      this.#atMs = this.#now();
      this.#left = this.#perTurn;
      while (this.#left > 0 && this.#waiting.length > 0) this.#goOne();
      if (this.#waiting.length > 0) this.#look();
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
