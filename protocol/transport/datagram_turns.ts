/**
 * Takes turns between sending and receiving, where the runtime refuses to send while a receive waits (Deno over Unix
 * datagrams: "Socket already in use"). A waiting receive is woken, and goes on behind what is sent.
 */
export class DatagramTurns {
  readonly #wake: () => Promise<void>;
  #sending = 0;
  #receiving = false;
  #waiting: (() => void)[] = [];

  /** `wake` makes a waiting receive come to its end. */
  constructor(wake: () => Promise<void>) {
    this.#wake = wake;
  }

  /** Sends, once nobody receives. */
  async send(act: () => Promise<unknown>): Promise<void> {
    this.#sending++;
    try {
      if (this.#receiving) {
        const over = this.#turned();
        await this.#wake();
        await over;
      }
      await act();
    } finally {
      this.#sending--;
      this.#turn();
    }
  }

  /** Receives, once nobody sends. */
  async receive<Result>(act: () => Promise<Result>): Promise<Result> {
    while (this.#sending > 0) await this.#turned();
    this.#receiving = true;
    try {
      return await act();
    } finally {
      this.#receiving = false;
      this.#turn();
    }
  }

  #turned(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #turn(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
