import { concat, equals } from "@std/bytes";
import type { Bench, Check } from "../check.ts";
import { type Delivery, dripOf, UNSPLIT } from "../delivery.ts";
import type { Breach } from "../law.ts";
import { play } from "../play.ts";
import type { Sample } from "../sample.ts";

/** Frames taken as they came on the wire, for relays that forward them untouched: joined they are the stream. */
export const RELAY: Check = {
  name: "relay",
  about: "frames as they came on the wire, joined, are the stream",
  laws: ["L2"],
  unit: "runs",
  missing: (subject) => subject.relay === undefined ? "needs the frames' wire bytes" : undefined,
  run({ subject, streams }: Bench, ledger) {
    const examine = (sample: Sample, delivery: Delivery): Breach | null => {
      const end = sample.frames?.at(-1)?.end;
      if (subject.relay === undefined || end === undefined) return null;
      const { frames } = play({ ...subject, create: subject.relay }, sample, delivery);
      const parts = frames.filter((frame) => !frame.atEnd).map((frame) => frame.payload);
      return equals(concat(parts), sample.bytes.slice(0, end)) ? null : {
        law: "L2",
        text: "the frames as they came on the wire, joined, are not the stream",
      };
    };
    for (const { sample } of streams) {
      if (sample.frames === undefined || sample.dropped !== undefined) continue;
      const { length } = sample.bytes;
      const cuts = [3, 7, 61].map((size) =>
        Array.from({ length: Math.ceil(length / size) - 1 }, (_, i) => (i + 1) * size)
      );
      for (const delivery of [UNSPLIT, dripOf(length), ...cuts.map((cuts) => ({ cuts }))]) {
        ledger.run(
          { judged: ["L2"], breach: examine(sample, delivery) },
          sample,
          delivery,
          examine,
        );
      }
    }
    return undefined;
  },
};
