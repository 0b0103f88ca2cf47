import { readHistory } from "../history/read_history.ts";
import type { CaseResult } from "../campaign/result.ts";
import { PlayedCases, type WireStory } from "./wire/wire_story.ts";

/** Plays that are kept until the verdict of their case comes; those that confirm a failure are the last ones. */
const MOST_PLAYS = 64;
/** Stimuli that are kept, and the longest line of one: larger ones are not drawn. */
const MOST_STIMULI = 4096, LONGEST_STIMULUS = 4096;

/** Keeps of a history, line by line, only what shows how its failures were seen. */
export class FailureStories {
  #head: string[] = [];
  readonly #stimuli: string[] = [];
  readonly #kept: string[] = [];
  #plays: string[] = [];

  /** Takes a line of the history. */
  add(line: string): void {
    const event = /^{"event":"(\w+)"/.exec(line)?.[1];
    if (event === "run") this.#head = [line];
    else if (event === "stimulus" && line.length <= LONGEST_STIMULUS) {
      this.#stimuli.push(line);
      if (this.#stimuli.length > MOST_STIMULI) this.#stimuli.shift();
    } else if (event === "play") {
      this.#plays.push(line);
      if (this.#plays.length > MOST_PLAYS) this.#plays.shift();
    } else if (event === "verdict") {
      if (line.includes('"counterexample":')) this.#kept.push(...this.#plays, line);
      this.#plays = [];
    }
  }

  /** What was seen when each failure was confirmed, as far as it was kept. */
  stories(): (result: CaseResult) => WireStory | undefined {
    const numbers = new Set(this.#stimuli.map((line) => numberIn(line, "number")));
    const known = this.#kept.filter((line) =>
      !line.startsWith('{"event":"play"') || numbers.has(numberIn(line, "stimulus"))
    );
    const played = new PlayedCases(readHistory([...this.#head, ...this.#stimuli, ...known]));
    return (result) => played.failure(result);
  }
}

function numberIn(line: string, name: string): number {
  return Number(new RegExp(`"${name}":(\\d+)`).exec(line)?.[1] ?? NaN);
}
