import { assertEquals } from "@std/assert";
import { framingSubject } from "../verify/framing_subject.ts";
import { generateSamples } from "../verify/generate.ts";
import { framing } from "../../protocol/framing/mod.ts";
import { play, type Sample, type Seen, type Subject } from "../verify/mod.ts";
import { LIMIT } from "./family.ts";
import { BREEDS } from "./zoo.ts";

const SEEDS = 40;

/** Frames, kind of error, and what was dropped: all in which ours and the plain decoder must agree. */
function outcome(subject: Subject, sample: Sample): string {
  const { frames, error, reports }: Seen = play(subject, sample);
  const payloads = frames.map((frame) => frame.payload.join(" "));
  return `${payloads.join("; ")} | ${error?.code} | ${reports?.length} dropped`;
}

for (const { spec, reference } of BREEDS) {
  Deno.test(`ours and the plain decoder of ${spec} agree on ${SEEDS} seeds of streams`, () => {
    const ours = { ...framingSubject(framing(spec)), maxFrameLength: LIMIT };
    for (let seed = 1; seed <= SEEDS; seed++) {
      const streams = [...generateSamples(ours, seed), ...reference.samples ?? []];
      for (const sample of streams.filter((one) => one.bytes.length < 400)) {
        for (const overLimit of ["close", "skip"] as const) {
          const asked = { ...sample, settings: { ...sample.settings, overLimit } };
          assertEquals(
            outcome(ours, asked),
            outcome(reference, asked),
            `${spec}, seed ${seed}, ${sample.name}, ${overLimit}: ${sample.bytes.join(" ")}`,
          );
        }
      }
    }
  });
}
