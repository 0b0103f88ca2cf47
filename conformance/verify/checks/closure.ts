import { hexText } from "../../../protocol/framing/hex.ts";
import { bounded } from "../bounded.ts";
import { dripOf, replayLine } from "../delivery.ts";
import type { Bench, Check, Prepared } from "../check.ts";
import { baselineOf, judge } from "../judge.ts";
import type { Breach } from "../law.ts";
import type { FailedRun, Ledger } from "../ledger.ts";
import { describe, play } from "../play.ts";
import { prefixOf, type Sample } from "../sample.ts";
import { type DecoderUnderTest, settingsOf, type Subject } from "../subject.ts";

const LONGEST = 110;

/**
 * The closure proof: n(n+1)/2 feeds that cover all 2^(n-1) ways to cut a stream of n bytes.
 *
 * Let S(i) be the state behind the first i bytes, fed one by one. For all i < j the bytes [i, j) are fed in one chunk to
 * a copy of S(i); it must give exactly the frames that the single bytes i+1 to j gave, the same error, and end in a
 * state equal to S(j).
 *
 * Then every chunking 0 = c(0) < c(1) < … < c(k) = n gives the same frames and the same error, by induction: before the
 * first chunk the decoder is in S(0). If it is in S(c(m)) before a chunk, that chunk is the feed (c(m), c(m+1)), so
 * it gives the frames of its bytes, no more and no fewer, and the decoder is in S(c(m+1)) before the next one. Equal
 * states go on equally: that is what `fingerprint` promises, and what the runs of the other checks, which start from
 * the first state and not from copies, watch it keep. Failed states are not compared: behind an error nothing comes but
 * the same error (law L6), which is watched in every run.
 */
export const CLOSURE: Check = {
  name: "closure",
  about: "all i < j: bytes i to j as one chunk from the state behind i bytes lead to that behind j",
  laws: ["L1", "L3"],
  unit: "feeds",
  missing: (_, decoder) =>
    decoder.fork === undefined || decoder.fingerprint === undefined
      ? "needs fork() and fingerprint()"
      : undefined,
  run({ subject, streams }: Bench, ledger) {
    const proved = streams.filter(({ sample }) =>
      sample.bytes.length > 0 && sample.bytes.length <= LONGEST
    );
    for (const stream of proved) prove(subject, stream, ledger);
    const longest = Math.max(0, ...proved.map(({ sample }) => sample.bytes.length));
    return longest === 0
      ? undefined
      : `${proved.length} streams; the longest, ${longest} bytes: all 2^${longest - 1} chunkings`;
  },
};

/** What a chunk gave. */
interface Step {
  readonly frames: readonly string[];
  readonly error: string | null;
}

function prove(subject: Subject, { sample }: Prepared, ledger: Ledger): void {
  const { bytes } = sample;
  const settings = settingsOf(subject, sample.settings);
  const first = subject.create(settings);
  const states = [first];
  const texts = [stateOf(first)];
  const steps: Step[] = [{ frames: [], error: null }];
  for (let i = 0; i < bytes.length; i++) {
    const state = forkOf(states[i]);
    steps.push(feed(subject, state, bytes.slice(i, i + 1)));
    states.push(state);
    texts.push(stateOf(state));
  }
  for (let i = 0; i < bytes.length; i++) {
    const expected: string[] = [];
    for (let j = i + 1; j <= bytes.length; j++) {
      expected.push(...steps[j]?.frames ?? []);
      const twin = forkOf(states[i]);
      const step = feed(subject, twin, bytes.slice(i, j));
      const breach = differ({ frames: expected, error: steps[j]?.error ?? null }, step) ??
        (step.error !== null || stateOf(twin) === texts[j] ? null : {
          law: "L1" as const,
          text: `bytes ${i} to ${j} in one chunk lead to another state than one by one`,
        });
      ledger.shown(
        { judged: ["L1", "L3"], breach },
        () => asDelivery(subject, sample, i, j),
        () =>
          `${replayLine(sample, dripOf(i + 1), settings)}, then bytes ${i} to ${j} in one chunk`,
      );
    }
    if (stateOf(states[i] ?? first) !== texts[i]) {
      const text = `fork() behind ${i} bytes shares its state with the copies`;
      ledger.told({ judged: ["L1"], breach: { law: "L1", text } }, () => hexText(bytes));
    }
  }
}

/** The failed feed as a stream and its cuts, if it shows in what the decoder gives. */
function asDelivery(subject: Subject, sample: Sample, from: number, to: number): FailedRun | null {
  const examine: FailedRun["examine"] = (sample, delivery) =>
    judge(baselineOf(subject, sample), play(subject, sample, delivery)).breach;
  const single = Array.from({ length: from }, (_, i) => i + 1);
  const inside = (cut: number) => cut < sample.bytes.length;
  const candidates: [Sample, readonly number[]][] = [
    [prefixOf(sample, to), single],
    [sample, [...single, to].filter(inside)],
    [sample, dripOf(sample.bytes.length).cuts],
  ];
  for (const [stream, cuts] of candidates) {
    const breach = examine(stream, { cuts });
    if (breach !== null) return { breach, sample: stream, delivery: { cuts }, examine };
  }
  return null;
}

function differ(expected: Step, step: Step): Breach | null {
  const law = step.frames.length < expected.frames.length &&
      step.frames.every((frame, i) => frame === expected.frames[i])
    ? "L3"
    : "L1";
  if (String(step.frames) !== String(expected.frames)) {
    return {
      law,
      text: `${step.frames.length} frames came, ${expected.frames.length} byte by byte`,
    };
  }
  return step.error === expected.error ? null : {
    law: "L1",
    text: `${step.error ?? "no error"} came, byte by byte ${expected.error ?? "no error"}`,
  };
}

function feed(subject: Subject, decoder: DecoderUnderTest, chunk: Uint8Array): Step {
  const frames: string[] = [];
  try {
    for (const frame of bounded(decoder.push(chunk), 1000)) frames.push(hexText(frame));
    return { frames, error: null };
  } catch (error) {
    return { frames, error: describe(subject, error) };
  }
}

function forkOf(decoder: DecoderUnderTest | undefined): DecoderUnderTest {
  const twin = decoder?.fork?.();
  if (twin === undefined) throw new TypeError("Cannot prove closure: fork() gave nothing");
  return twin;
}

function stateOf(decoder: DecoderUnderTest): string {
  return `${decoder.fingerprint?.()} ${decoder.reports?.().join("; ")}`;
}
