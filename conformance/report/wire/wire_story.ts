import { hexText } from "../../../protocol/framing/hex.ts";
import type { CaseResult, Counterexample } from "../../campaign/result.ts";
import type { RecordedPlay, RecordedRun } from "../../history/recorded.ts";
import { sceneOfPlay } from "./scene_of_play.ts";
import type { WireScene } from "./wire_scene.ts";

/** A delivery and what was played right behind it, to see what it left behind. */
export type WireStory = readonly WireScene[];

/** The plays of one run by case, so that each case finds its own. */
export class PlayedCases {
  readonly #run: RecordedRun;
  readonly #plays: ReadonlyMap<string, readonly RecordedPlay[]>;

  /** Sorts the plays of a run. */
  constructor(run: RecordedRun) {
    this.#run = run;
    this.#plays = Map.groupBy(run.plays, (play) => play.case);
  }

  /** How many plays the case has. */
  count(id: string): number {
    return this.#plays.get(id)?.length ?? 0;
  }

  /**
   * The play that confirmed the failure of a case with what was played right behind it; the last one on a connection
   * of its own when the failure has no counterexample. Undefined when the history has none.
   */
  failure({ id, counterexample }: CaseResult): WireStory | undefined {
    const plays = this.#plays.get(id) ?? [];
    const at = plays.findLastIndex((play) =>
      counterexample === undefined ? play.role === "subject" : this.#confirms(play, counterexample)
    );
    if (at < 0) return undefined;
    // A cut at which answers are awaited keeps frames apart; it is not what breaks the target.
    const { cuts = [], waits = [] } = counterexample ?? {};
    return this.#story(plays, at, cuts.filter((cut) => !waits.includes(cut)));
  }

  /** The first plays of a case, and the last one: at most `most`, without the one with the number `except`. */
  samples(id: string, most: number, except = 0): WireStory[] {
    const plays = this.#plays.get(id) ?? [];
    const heads = plays.flatMap(({ role, number }, i) =>
      follows(role) || number === except ? [] : [i]
    );
    const chosen = heads.length <= most ? heads : [...heads.slice(0, most - 1), ...heads.slice(-1)];
    return chosen.map((at) => this.#story(plays, at, []));
  }

  #confirms(
    play: RecordedPlay,
    { play: number, stream, cuts, waits, end }: Counterexample,
  ): boolean {
    if (number !== undefined) return play.number === number;
    const bytes = this.#run.stimuli.get(play.stimulus)?.bytes;
    return bytes !== undefined && !follows(play.role) && play.end === end &&
      play.cuts.join() === cuts.join() && play.waits.join() === waits.join() &&
      2 * bytes.length === stream.length && hexText(bytes) === stream;
  }

  #story(plays: readonly RecordedPlay[], at: number, breaking: readonly number[]): WireScene[] {
    const { about: { framing, expect, side, target }, stimuli } = this.#run;
    const asks = side === "client" && target.startsWith("udp:");
    const zeroMs = plays[at]?.startedMs ?? 0;
    const scenes: WireScene[] = [];
    for (let i = at; i < plays.length; i++) {
      const play = plays[i];
      if (play === undefined || (i > at && !follows(play.role))) break;
      const stimulus = stimuli.get(play.stimulus);
      if (stimulus === undefined) break;
      const own = i === at ? { breaking } : {};
      scenes.push(sceneOfPlay(play, stimulus, { framing, expect, zeroMs, asks, ...own }));
    }
    return scenes;
  }
}

/** Whether a play only looks what the one before it left behind. */
function follows(role: RecordedPlay["role"]): boolean {
  return role === "probe" || role === "follow-up";
}
