/** Places of cuts that are known but not yet passed, rising and without doubles. */
export class CutQueue {
  #cuts: number[] = [];

  /** Adds places. They come nearly in order, so that each finds its own near the end. */
  add(...cuts: readonly number[]): void {
    for (const cut of cuts) {
      let at = this.#cuts.length;
      while (at > 0 && (this.#cuts[at - 1] ?? 0) > cut) at--;
      if (this.#cuts[at - 1] !== cut) this.#cuts.splice(at, 0, cut);
    }
  }

  /** The first place behind `from`, or Infinity; those before it are forgotten. */
  behind(from: number): number {
    const passed = this.#cuts.findIndex((cut) => cut > from);
    if (passed !== 0) this.#cuts.splice(0, passed < 0 ? this.#cuts.length : passed);
    return this.#cuts[0] ?? Infinity;
  }
}
