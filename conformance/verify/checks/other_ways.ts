import type { Bench, Check } from "../check.ts";
import { CUT_STRATEGIES } from "../cut_strategies.ts";
import { UNSPLIT } from "../delivery.ts";
import { baselineOf, judge } from "../judge.ts";
import { play } from "../play.ts";
import type { Sample } from "../sample.ts";

const LONGEST = 128;

/** The other ways to drive the decoder must give what the first one gives. */
export const OTHER_WAYS: Check = {
  name: "other ways",
  about: "other ways to drive the same decoder, each cut in all ways but pairs",
  laws: ["L1", "L3", "L7"],
  unit: "runs",
  missing: (subject) => subject.ways === undefined ? "needs other ways" : undefined,
  run({ subject, streams, seed }: Bench, ledger) {
    for (const { create, lifetime = "forever" } of subject.ways ?? []) {
      const way = { ...subject, create, lifetime };
      for (const { sample, baseline } of streams) {
        const strategies = CUT_STRATEGIES.filter((strategy) =>
          strategy.name !== "cut pairs" &&
          sample.bytes.length <= Math.min(strategy.longest, strategy.longest < 1e9 ? LONGEST : 1e9)
        );
        const deliveries = strategies.flatMap((one) => [...one.deliveries(sample, seed)]);
        for (const delivery of [UNSPLIT, ...deliveries]) {
          ledger.run(
            judge(baseline, play(way, sample, delivery)),
            sample,
            delivery,
            (sample: Sample, delivery) =>
              judge(baselineOf(subject, sample), play(way, sample, delivery)).breach,
          );
        }
      }
    }
    return subject.ways?.map((way) => way.name).join(", ");
  },
};
