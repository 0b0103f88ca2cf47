import type { Bench, Check } from "../check.ts";
import { UNSPLIT } from "../delivery.ts";
import { encoded, trickyPayloads } from "../generate.ts";
import { judgeControl } from "../judge.ts";
import { play } from "../play.ts";
import { Random } from "../random.ts";
import type { Sample } from "../sample.ts";
import { settingsOf, type Subject } from "../subject.ts";

/** Bytes that mean something in some framing. */
const SPECIAL = [
  0x00,
  0x01,
  0x02,
  0x03,
  0x0a,
  0x0d,
  0x23,
  0x2c,
  0x3a,
  0x41,
  0x42,
  0x80,
  0xc0,
  0xdb,
];
SPECIAL.push(0xdc, 0xdd, 0xff);
/** Payload sizes around what one, two and three bytes of length can say. */
const SIZES = [
  0,
  1,
  2,
  126,
  127,
  128,
  253,
  254,
  255,
  256,
  257,
  508,
  16_383,
  16_384,
  65_535,
  65_536,
];

/** Law L2: what the encoder takes comes out of the decoder, and what it cannot carry it refuses. */
export const ROUND_TRIP: Check = {
  name: "round trip",
  about: "decode(encode(x)) is x, or encode refuses x",
  laws: ["L2"],
  unit: "payloads",
  missing: (subject) => subject.encode === undefined ? "needs encode()" : undefined,
  run({ subject, seed }: Bench, ledger) {
    let refused = 0;
    const settings = settingsOf(subject, { maxFrameLength: 70_000 });
    for (const payload of payloads(subject, seed)) {
      const bytes = encoded(subject, payload, settings);
      if (bytes === undefined) {
        refused++;
        continue;
      }
      const sample: Sample = {
        name: `payload of ${payload.length} bytes`,
        bytes,
        frames: [{ payload, end: bytes.length }],
        settings,
      };
      const examine = (sample: Sample) =>
        judgeControl(subject, sample, play(subject, sample)).breach;
      const verdict = judgeControl(subject, sample, play(subject, sample));
      // The encoder's word is at stake: whatever does not come back is a broken round trip.
      const breach = verdict.breach === null
        ? null
        : { law: "L2" as const, text: verdict.breach.text };
      ledger.run({ judged: ["L2"], breach }, sample, UNSPLIT, examine);
    }
    return refused === 0 ? undefined : `${refused} more were refused by the encoder`;
  },
};

function* payloads(subject: Subject, seed: number): Generator<Uint8Array> {
  const random = new Random(seed, "round trip");
  for (let byte = 0; byte < 256; byte++) yield Uint8Array.of(byte);
  for (const a of SPECIAL) for (const b of SPECIAL) yield Uint8Array.of(a, b);
  yield* trickyPayloads(subject);
  for (let i = 0; i < 40; i++) yield random.bytes(random.below(40));
  for (const size of sizes(subject)) {
    yield new Uint8Array(size).fill(0x61);
    if (size > 1000) continue;
    yield new Uint8Array(size);
    yield Uint8Array.from({ length: size }, (_, i) => 1 + i % 255);
  }
}

function sizes(subject: Subject): number[] {
  const [least, most] = subject.payloadRange ?? [0, Infinity];
  const edges = [least - 1, least, least + 1, most - 1, most, most + 1];
  return [...new Set([...SIZES, ...edges.filter((size) => size >= 0 && size <= 69_000)])];
}
