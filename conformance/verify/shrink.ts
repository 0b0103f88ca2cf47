import type { Delivery } from "./delivery.ts";
import type { FailedRun } from "./ledger.ts";
import { type Sample, withoutBytes } from "./sample.ts";

/** Runs that shrinking may take: enough for hundreds of bytes, and an end to it for others. */
const MOST_RUNS = 3000;

/**
 * The smallest failed run that can be reached from `failed` by leaving out cuts, frames and bytes, each time in groups
 * first and one by one at last, as long as the same law stays broken (delta debugging, Zeller 1999).
 */
export function shrink(failed: FailedRun): FailedRun {
  let best = failed;
  let runs = 0;
  const { cuts: given } = failed.delivery;
  const hasEmptyChunks = given.some((cut, i) => cut === (given[i - 1] ?? 0)) ||
    given.at(-1) === failed.sample.bytes.length;
  const attempt = (sample: Sample, delivery: Delivery): boolean => {
    if (runs++ > MOST_RUNS) return false;
    const breach = best.examine(sample, delivery);
    if (breach?.law !== best.breach.law) return false;
    best = { ...best, breach, sample, delivery };
    return true;
  };
  const withoutCuts = (from: number, to: number) => {
    const { cuts } = best.delivery;
    return attempt(best.sample, {
      ...best.delivery,
      cuts: cuts.filter((_, i) => i < from || i >= to),
    });
  };
  const without = (from: number, to: number) => {
    const { bytes } = best.sample;
    const cuts = best.delivery.cuts.map((at) => at <= from ? at : Math.max(from, at - (to - from)));
    const distinct = [...new Set(cuts)].filter((cut) =>
      cut > 0 && cut < bytes.length - (to - from)
    );
    const rest = withoutBytes(best.sample, from, to);
    return attempt(rest, { ...best.delivery, cuts: distinct }) ||
      (hasEmptyChunks && attempt(rest, { ...best.delivery, cuts }));
  };
  const withoutFrames = (from: number, to: number) => {
    const ends = best.sample.frames?.map((frame) => frame.end) ?? [];
    return without(ends[from - 1] ?? 0, ends[to - 1] ?? 0);
  };
  for (let before = -1; before !== weight(best);) {
    before = weight(best);
    leaveOut(() => best.delivery.cuts.length, withoutCuts);
    leaveOut(() => best.sample.frames?.length ?? 0, withoutFrames);
    leaveOut(() => best.sample.bytes.length, without);
  }
  return best;
}

/** Tries to leave out groups of items, from halves to single ones. */
function leaveOut(count: () => number, attempt: (from: number, to: number) => boolean): void {
  for (let size = Math.ceil(count() / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = count() - size; from > -size; from -= size) {
      attempt(Math.max(0, from), Math.min(from + size, count()));
    }
  }
}

function weight({ sample, delivery }: FailedRun): number {
  return sample.bytes.length + delivery.cuts.length;
}
