import { afterPoll } from "./after_poll.ts";

/** What one turn may cost: some ms of work. */
const PER_TURN = 8_388_608;
/** At less than so much per ms there is time enough for others without turns. */
const HARMLESS = 200_000;

/** Somebody who waits for a turn. */
interface Waiter {
  readonly cost: number;
  readonly go: () => void;
}

/**
 * Connections that make much work go round, and between two turns everybody else is looked after. Left alone, four peers that send as
 * fast as they can make all others wait for a second: the runtime hands on what they have sent, up to 128 reads and writes at
 * once, and hardly ever looks whether something has come from others.
 *
 * Costs are in bytes that are moved; what takes longer costs as much as the bytes that take as long.
 *
 * ```
 * turn   | a b c d e | f g a b c | d e f g …    8 MiB each; of one connection 256 KiB at a time
 *                    ^ poll      ^ poll
 * ```
 */
export class Turns {
  readonly #perTurn: number;
  readonly #now: () => number;
  readonly #waiting: Waiter[] = [];
  #left: number;
  #atMs: number;
  #ticking = false;

  /** `perTurn` is what one turn may cost; a rest of it is enough for one more to go. `now` tells ms. */
  constructor(perTurn: number = PER_TURN, now: () => number = () => performance.now()) {
    this.#perTurn = perTurn;
    this.#now = now;
    this.#left = perTurn;
    this.#atMs = now();
  }

  /** Resolves when it is the turn of what costs so much. Null: now. */
  take(cost: number): Promise<void> | null {
    if (!this.#ticking) this.#refill();
    if (this.#waiting.length === 0 && this.#left > 0) {
      this.#left -= cost;
      return null;
    }
    this.#tick();
    return new Promise((go) => this.#waiting.push({ cost, go }));
  }

  #refill(): void {
    const now = this.#now();
    this.#left = Math.min(this.#perTurn, this.#left + HARMLESS * (now - this.#atMs));
    this.#atMs = now;
  }

  /** One turn after the other, as long as somebody takes some. */
  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    afterPoll(() => {
      this.#ticking = false;
      this.#left = this.#perTurn;
      while (this.#left > 0 && this.#waiting.length > 0) this.#goOne();
      if (this.#left < this.#perTurn) this.#tick();
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
