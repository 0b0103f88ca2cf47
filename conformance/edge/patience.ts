// How often to look, and what to do in between. A target that waits for data has read it within
// some ten microseconds, so the first looks follow each other at once. After that the event loop
// gets its turns between two looks, so that our own reads go on, and at last the processor rests.
// The turns double from look to look: a turn in which nothing happens is cheaper than a look, and a
// target in this process needs many of them, because the runtime asks after its sockets only in
// every 61st turn (tokio's event_interval) while there is something else to be done.

import { setImmediate } from "node:timers";

const SPIN_MS = 0.02;
const TURNS_MS = 2;
const REST_MS = 1;
// A turn that takes longer is counted as this: something has held us up, and a target beside us perhaps.
const LONGEST_TURN_MS = 20;

/**
 * Looks until there is something to see, or the time is over.
 *
 * @example
 * ```ts
 * import { lookUntil } from "./patience.ts";
 *
 * const started = performance.now();
 * const done = () => performance.now() - started > 5 ? "done" : undefined;
 * console.log(await lookUntil(done, 1000)); // "done"
 * console.log(await lookUntil(() => undefined, 10)); // undefined
 * ```
 *
 * @param look Returns undefined as long as there is nothing to see.
 * @param deadlineMs Milliseconds from now until it gives up and returns undefined, those not counted in which we were held
 * up.
 */
export async function lookUntil<T>(
  look: () => T | undefined,
  deadlineMs: number,
): Promise<T | undefined> {
  let waitedMs = 0, before = performance.now();
  for (let turns = 1;;) {
    const seen = look();
    if (seen !== undefined) return seen;
    if (waitedMs >= deadlineMs) return undefined;
    if (waitedMs >= TURNS_MS) await new Promise((resolve) => setTimeout(resolve, REST_MS));
    else if (waitedMs >= SPIN_MS) {
      for (let i = 0; i < turns; i++) await new Promise<void>((resolve) => setImmediate(resolve));
      turns *= 2;
    }
    const now = performance.now();
    waitedMs += Math.min(now - before, LONGEST_TURN_MS);
    before = now;
  }
}
