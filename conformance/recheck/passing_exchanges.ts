import { conversationOf } from "../exchange/conversation.ts";
import { InvarianceOracle } from "../exchange/invariance_oracle.ts";
import { Mask } from "../exchange/mask.ts";
import type { ExchangePlay, Oracle } from "../exchange/oracle.ts";
import { edgesOfExchange } from "../exchange/play_exchanges.ts";
import { ScenarioOracle } from "../exchange/scenario_oracle.ts";
import { RAW } from "../exchange/stimuli.ts";
import type { RecordedRun } from "../history/recorded.ts";
import type { Play } from "../player/play.ts";
import type { PassingPlay } from "./passing_plays.ts";
import { remadePlays } from "./recorded_plays.ts";

/** The case whose first play is the control. */
const CONTROL = "0.1";

/**
 * Everything in the history of an exchange that is right when it is judged again, by case: by its scenario, or by the
 * control, which is the first play of the unsplit stream. Null when neither is in the history.
 */
export function passingExchanges(
  run: RecordedRun,
): ReadonlyMap<string, readonly PassingPlay[]> | null {
  const plays = remadePlays(run, RAW).map(({ recorded, play }) => ({
    recorded,
    play: play && { ...play, marks: marksOf(play) },
  }));
  const control = plays.find(({ recorded }) => recorded.case === CONTROL)?.play;
  const oracle = control && oracleOf(run, control);
  if (!oracle) return null;
  const passing = new Map<string, PassingPlay[]>();
  const isRight = (play: ExchangePlay | null | undefined) =>
    play !== null && play !== undefined && oracle.judge(play) === null;
  plays.forEach(({ recorded, play }, i) => {
    if (play === null || recorded.role !== "subject" || recorded.ended !== undefined) return;
    const behind = plays[i + 1];
    if (!isRight(play)) return;
    if (behind?.recorded.role === "follow-up" && !isRight(behind.play)) return;
    const { proven, requested } = edgesOfExchange(play);
    const list = passing.get(recorded.case) ?? [];
    list.push({ play, proven: proven === requested });
    passing.set(recorded.case, list);
  });
  return passing;
}

function oracleOf({ about }: RecordedRun, control: ExchangePlay): Oracle | null {
  if (about.expect === "invariance") {
    return new InvarianceOracle(control, { mask: new Mask(about.mask ?? []) });
  }
  if (about.scenario === undefined) return null;
  const { dues, base } = conversationOf(about.scenario);
  const { length } = base.stimulus.bytes;
  const ending = new ScenarioOracle(dues, length).endingOf(control);
  return new ScenarioOracle(dues, length, ending);
}

/**
 * How many bytes had come when each wait was over: all that came before the next chunk was written. What came behind
 * the last chunk is not told apart.
 */
function marksOf({ delivery, chunks, reads }: Play): ReadonlyMap<number, number> {
  const places = [0, ...delivery.waits, delivery.stimulus.bytes.length];
  return new Map(places.map((at) => {
    const next = chunks.find(({ end }) => end > at)?.writtenMs ?? Infinity;
    const before = reads.filter(({ atMs }) => atMs <= next);
    return [at, before.reduce((sum, { bytes }) => sum + bytes.length, 0)];
  }));
}
