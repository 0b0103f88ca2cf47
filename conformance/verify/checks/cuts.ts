import type { Check } from "../check.ts";
import { CUT_STRATEGIES, type CutStrategy } from "../cut_strategies.ts";
import type { Delivery } from "../delivery.ts";
import { type Baseline, baselineOf, judge, type Verdict } from "../judge.ts";
import { play } from "../play.ts";
import type { Sample } from "../sample.ts";
import type { Subject } from "../subject.ts";

/** One check for each way to cut: the split stream must give what the unsplit one gives. */
export const CUT_CHECKS: readonly Check[] = CUT_STRATEGIES.map(cutCheck);

function cutCheck({ name, about, laws, longest, deliveries }: CutStrategy): Check {
  return {
    name,
    about,
    laws,
    unit: "runs",
    missing: () => undefined,
    run({ subject, streams, seed }, ledger) {
      for (const { sample, baseline } of streams) {
        if (sample.bytes.length > longest) continue;
        for (const delivery of deliveries(sample, seed)) {
          ledger.run(
            judgeDressed(subject, baseline, sample, delivery),
            sample,
            delivery,
            (sample, delivery) =>
              judgeDressed(subject, baselineOf(subject, sample), sample, delivery).breach,
          );
        }
      }
      return undefined;
    },
  };
}

/** Judges a delivery; where it fails only because of how chunks are handed over, law L7 is what is broken. */
function judgeDressed(
  subject: Subject,
  baseline: Baseline,
  sample: Sample,
  delivery: Delivery,
): Verdict {
  const verdict = judge(baseline, play(subject, sample, delivery));
  const { dress = "plain", cuts } = delivery;
  if (verdict.breach === null || dress === "plain") return verdict;
  if (judge(baseline, play(subject, sample, { cuts })).breach !== null) return verdict;
  return { ...verdict, breach: { law: "L7", text: verdict.breach.text } };
}
