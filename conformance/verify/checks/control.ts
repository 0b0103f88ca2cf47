import type { Check } from "../check.ts";
import { UNSPLIT } from "../delivery.ts";
import { judgeControl } from "../judge.ts";
import { play } from "../play.ts";

/** The unsplit stream: does it give what is known to be in it? Where it does not, chunking is not to blame. */
export const CONTROL: Check = {
  name: "control",
  about: "the unsplit stream, judged by what is known to be in it",
  laws: ["L2", "L4", "L6", "L8"],
  unit: "streams",
  missing: () => undefined,
  run({ subject, streams }, ledger) {
    for (const { sample, baseline } of streams) {
      ledger.run(
        judgeControl(subject, sample, baseline.control),
        sample,
        UNSPLIT,
        (sample) => judgeControl(subject, sample, play(subject, sample)).breach,
      );
    }
    return undefined;
  },
};
