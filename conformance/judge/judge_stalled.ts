import type { Play } from "../player/play.ts";
import type { Contract } from "../stimulus/contract.ts";
import { readStimulus } from "../stimulus/read_stimulus.ts";
import { judgeTrial, type Trial } from "./judge_trial.ts";
import type { Finding } from "./verdict.ts";

/**
 * Judges a trial in which the harness fell silent for longer than the target waits. It may hang up then: what it was
 * sent until then is judged as a stream that ended there.
 */
export function judgeStalled(trial: Trial, contract: Contract, skips: boolean): Finding | null {
  const { subject } = trial;
  const sent = subject.chunks.at(-1)?.end ?? 0;
  const hungUp = subject.state !== "open" && subject.state !== "refused" &&
    sent < subject.delivery.stimulus.bytes.length;
  return judgeTrial(
    hungUp ? { ...trial, subject: endedAt(subject, sent, contract) } : trial,
    contract,
    skips,
  );
}

/** The same play of a stream that has only its first `length` bytes. */
function endedAt(play: Play, length: number, contract: Contract): Play {
  const { delivery } = play;
  const stimulus = readStimulus(contract, delivery.stimulus.bytes.subarray(0, length));
  const inside = (at: number) => at < length;
  return {
    ...play,
    delivery: {
      ...delivery,
      stimulus,
      cuts: delivery.cuts.filter(inside),
      waits: delivery.waits.filter(inside),
    },
  };
}
