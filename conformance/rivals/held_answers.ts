import type { Change } from "./echo_server.ts";
import type { Link } from "./link.ts";

/** How long an answer is held when nothing comes, in ms. */
const HOLD_MS = 2;

/** Answers that are written with those of the next read, or a moment later when nothing comes. */
export class HeldAnswers {
  readonly #link: Link;
  #frames: Uint8Array[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** None yet. */
  constructor(link: Link) {
    this.#link = link;
  }

  /** Takes the answers of one read; writes them if some were held before. */
  async hold(frames: readonly Uint8Array[]): Promise<void> {
    const due = this.waiting;
    this.#frames.push(...frames);
    if (due) return await this.flush();
    // A peer that has gone meanwhile is found out by the next read.
    if (this.waiting) this.#timer = setTimeout(() => this.flush().catch(() => {}), HOLD_MS);
  }

  /** Whether there are some. */
  get waiting(): boolean {
    return this.#frames.length > 0;
  }

  /** Writes them. */
  async flush(): Promise<void> {
    await this.#link.echo(this.drop());
  }

  /** Forgets them. */
  drop(): Uint8Array[] {
    clearTimeout(this.#timer);
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }
}

/** A right habit that some servers have: all answers are held as above, as payloads that the decoder gave. */
export const deferring: Change = (link) => {
  const answers = new HeldAnswers(link);
  return { answer: (frames) => answers.hold(frames), finish: () => answers.flush() };
};
