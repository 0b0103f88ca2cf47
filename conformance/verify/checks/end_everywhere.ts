import type { Bench, Check } from "../check.ts";
import { type Delivery, dripOf, UNSPLIT } from "../delivery.ts";
import { baselineOf, judge, judgeControl } from "../judge.ts";
import type { Breach } from "../law.ts";
import { play } from "../play.ts";
import { prefixOf, type Sample } from "../sample.ts";

const LONGEST = 160;

/** Law L8 at every byte: the stream ends there, unsplit and in single bytes. */
export const END_EVERYWHERE: Check = {
  name: "end everywhere",
  about: "the stream ends behind each of its bytes",
  laws: ["L8", "L1"],
  unit: "ends",
  missing: () => undefined,
  run({ subject, streams }: Bench, ledger) {
    const examine = (sample: Sample, { cuts }: Delivery): Breach | null => {
      const baseline = baselineOf(subject, sample);
      return cuts.length === 0
        ? judgeControl(subject, sample, baseline.control).breach
        : judge(baseline, play(subject, sample, { cuts })).breach;
    };
    for (const { sample, baseline } of streams) {
      if (sample.bytes.length > LONGEST) continue;
      // From the byte on that makes the error there is nothing more to learn from the end.
      const last = baseline.errorEnd === null ? sample.bytes.length : baseline.errorEnd - 1;
      if (sample.error !== undefined && baseline.errorEnd === null) continue;
      for (let length = 0; length <= last; length++) {
        const prefix = prefixOf(sample, length);
        const base = baselineOf(subject, prefix);
        ledger.run(judgeControl(subject, prefix, base.control), prefix, UNSPLIT, examine);
        const drip = dripOf(length);
        ledger.run(judge(base, play(subject, prefix, drip)), prefix, drip, examine);
      }
    }
    return undefined;
  },
};
