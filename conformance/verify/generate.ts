import { concat } from "@std/bytes";
import { Random } from "./random.ts";
import { type ExpectedFrame, prefixOf, type Sample } from "./sample.ts";
import { type Settings, settingsOf, type Subject } from "./subject.ts";

/** Encodes a payload for a subject; undefined where the encoder refuses it. */
export function encoded(
  subject: Subject,
  payload: Uint8Array,
  settings: Settings = settingsOf(subject),
): Uint8Array | undefined {
  try {
    return subject.encode?.(payload, settings);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** The stream of `payloads`, those left out that the encoder refuses. */
export function streamOf(subject: Subject, name: string, payloads: readonly Uint8Array[]): Sample {
  const parts: Uint8Array[] = [];
  const frames: ExpectedFrame[] = [];
  let end = 0;
  for (const payload of payloads) {
    const frame = encoded(subject, payload);
    if (frame === undefined) continue;
    parts.push(frame);
    end += frame.length;
    frames.push({ payload, end });
  }
  return { name, bytes: concat(parts), frames };
}

/** Payloads that look like parts of frames: lengths, delimiters, markers, escapes, whole frames. */
export function trickyPayloads(subject: Subject): Uint8Array[] {
  const text = [
    "\n",
    "\r",
    "\r\n",
    "\r\n\r\n",
    "#",
    "##",
    "#\n",
    "3:abc,",
    "Content-Length: 1",
    "{}",
  ];
  const plain = [
    ...text.map((text) => new TextEncoder().encode(text)),
    Uint8Array.of(0),
    Uint8Array.of(0, 0, 0, 1),
    Uint8Array.of(0xff, 0xff, 0xff, 0xff),
    Uint8Array.of(0x80, 0x80, 0x00),
    Uint8Array.of(0xc0, 0xdb, 0xdc, 0xdd, 0xdb),
    Uint8Array.of(2, 3, 2),
    new TextEncoder().encode("ä€😀"),
  ];
  const nested = plain.slice(0, 4).flatMap((payload) => encoded(subject, payload) ?? []);
  return [...plain, ...nested].map((payload) => fit(subject, payload));
}

/**
 * Streams for a subject with an encoder, the small ones first, so that the first failure is small: ordinary frames,
 * empty ones, frames at the limit and over it, payloads that look like framing, many tiny frames, streams that stop
 * inside a frame, and broken ones, of which nothing is known but that they must be the same under all deliveries.
 */
export function generateSamples(subject: Subject, seed: number): Sample[] {
  const random = new Random(seed, subject.name);
  const { maxFrameLength: most } = settingsOf(subject);
  const text = (...texts: string[]) => texts.map((t) => fit(subject, new TextEncoder().encode(t)));
  const filled = (length: number, byte: number) => fit(subject, new Uint8Array(length).fill(byte));
  const tiny = encoded(subject, filled(1, 0x78))?.length ?? 1;
  const ordinary = streamOf(
    subject,
    "ordinary frames",
    Array.from({ length: 4 }, () => fit(subject, letters(random, random.below(most + 1)))),
  );
  const samples = [
    { name: "nothing", bytes: new Uint8Array(0), frames: [] },
    streamOf(subject, "one frame", text("a")),
    streamOf(subject, "two frames", text("a", "bc")),
    streamOf(subject, "an empty frame", text("")),
    streamOf(subject, "empty frames", text("", "", "")),
    streamOf(subject, "empty among others", text("", "ab", "", "c", "")),
    streamOf(subject, "at the limit", [filled(most, 0x61)]),
    streamOf(subject, "around the limit", [
      filled(most, 0x61),
      filled(most - 1, 0x62),
      ...text("c"),
    ]),
    streamOf(subject, "zeros", [filled(1, 0), filled(2, 0), filled(5, 0)]),
    streamOf(subject, "high bytes", [filled(4, 0xff), filled(3, 0x80), filled(2, 0xc0)]),
    ordinary,
    ...overLimit(subject),
    ...inGroups(trickyPayloads(subject), 5).map((group, i) =>
      streamOf(subject, `payloads like framing ${i + 1}`, group)
    ),
    streamOf(
      subject,
      "random payloads",
      Array.from({ length: 4 }, () => fit(subject, random.bytes(random.below(most + 1)))),
    ),
    streamOf(
      subject,
      "tiny frames",
      Array.from({ length: 70 }, (_, i) => filled(i % 3, 0x61 + i % 7)),
    ),
    streamOf(
      subject,
      "many tiny frames",
      Array.from({ length: Math.min(1500, Math.floor(12_000 / tiny)) }, () => filled(1, 0x78)),
    ),
  ].filter((sample) =>
    sample.frames === undefined || sample.frames.length > 0 || sample.name === "nothing"
  );
  const last = ordinary.frames?.at(-2)?.end ?? 0;
  return [
    ...samples,
    ...hundredBytes(subject, random),
    ...[1, 2, 5].filter((more) => last + more < ordinary.bytes.length).map((more) => ({
      name: `stops ${more} bytes into a frame`,
      bytes: ordinary.bytes.slice(0, last + more),
      frames: (ordinary.frames ?? []).slice(0, -1),
    })),
    ...Array.from({ length: 8 }, (_, i) => broken(random, ordinary.bytes, `broken ${i + 1}`)),
    ...Array.from({ length: 3 }, (_, i) => ({
      name: `garbage ${i + 1}`,
      bytes: random.bytes(20 + 12 * i),
    })),
  ];
}

/** Frames to fill a hundred bytes, the last one torn: the longest stream of the closure proof. */
function hundredBytes(subject: Subject, random: Random): Sample[] {
  const payloads = Array.from(
    { length: 100 },
    () => fit(subject, letters(random, random.below(9))),
  );
  const long = streamOf(subject, "a hundred bytes", payloads);
  return long.bytes.length < 100 ? [] : [prefixOf(long, 100)];
}

/** A frame one byte over the limit between good ones: an error for one policy, left out by the other. */
function overLimit(subject: Subject): Sample[] {
  const settings = settingsOf(subject);
  const { maxFrameLength: most } = settings;
  const [first, last] = [fit(subject, Uint8Array.of(0x61)), fit(subject, Uint8Array.of(0x62))];
  const over = encoded(subject, new Uint8Array(most + 1).fill(0x6f), {
    ...settings,
    maxFrameLength: most + 1,
  });
  const [before, after] = [encoded(subject, first), encoded(subject, last)];
  if (over === undefined || before === undefined || after === undefined) return [];
  const bytes = concat([before, over, after]);
  const good = { payload: first, end: before.length };
  const samples: Sample[] = [{
    name: "over the limit",
    bytes,
    frames: [good],
    error: { code: "FRAME_TOO_LARGE", offset: before.length },
  }];
  if (subject.canSkip) {
    samples.push({
      name: "over the limit, skipped",
      bytes,
      frames: [good, { payload: last, end: bytes.length }],
      dropped: [before.length + over.length],
      settings: { overLimit: "skip" },
    });
  }
  return samples;
}

/** The stream with one to three bytes changed, left out or put in. */
function broken(random: Random, bytes: Uint8Array, name: string): Sample {
  const list = [...bytes];
  for (let i = 0; i <= random.below(3); i++) {
    const at = random.below(list.length + 1);
    const kind = random.pick(["change", "drop", "insert"]);
    const byte = random.pick([random.below(256), 0, 0xff, 0x0a, 0x80, 0x30]);
    list.splice(at, kind === "insert" ? 0 : 1, ...(kind === "drop" ? [] : [byte]));
  }
  return { name, bytes: Uint8Array.from(list) };
}

/** Makes a payload that the framing and the limit allow. */
export function fit(subject: Subject, payload: Uint8Array): Uint8Array {
  const [least, carried] = subject.payloadRange ?? [0, Infinity];
  const most = Math.min(carried, settingsOf(subject).maxFrameLength);
  const length = Math.max(least, Math.min(most, payload.length));
  const fitted = new Uint8Array(length).fill(0x2e);
  fitted.set(payload.subarray(0, length));
  return subject.shape?.(fitted) ?? fitted;
}

function letters(random: Random, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => 0x61 + random.below(26));
}

function inGroups<T>(items: readonly T[], size: number): T[][] {
  return Array.from(
    { length: Math.ceil(items.length / size) },
    (_, i) => items.slice(i * size, (i + 1) * size),
  );
}
