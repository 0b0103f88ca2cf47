import { concat } from "@std/bytes/concat";
import type { RandomStream } from "../../../conformance/stimulus/random_stream.ts";
import {
  type FrameBatch,
  type FrameDecoder,
  type FrameDecoderOptions,
  type Framing,
  framing,
  FRAMING_FAMILIES,
  FramingError,
} from "../../../protocol/framing/mod.ts";
import { attempt, type Entry, expect, must } from "../entry.ts";
import { cutsOf, InputReader, pieces } from "../input_reader.ts";
import { randomBytes } from "../mutate.ts";

/** Every way that a family can be written, where it is not the name alone. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  u16be: ["", "?includes=header", "?adjust=-1", "?offset=2"],
  u32be: ["", "?includes=header", "?adjust=-4", "?offset=2", "?adjust=4&offset=1"],
  i32le: ["", "?includes=header"],
  line: ["", "?strip=cr", "?tail=frame", "?strip=cr&tail=frame"],
  delim: [":00", ":0d0a0d0a", ":0d0a,0a", ":0a,0d0a,0d", ":616162,6263", ":0a?tail=frame"],
  marked: [":02:03", ":0202:0303", ":ff:00ff"],
  fixed: [":1", ":7", ":128"],
  "json+u32be": ["", "?size=filesize"],
};
const LIMITS = [0, 1, 7, 64, 1000, 65_536];
/** Work allowed for one byte, and what does not count (law L5, as the conformance library has it). */
const WORK_PER_BYTE = 16, WORK_SLACK = 1024;

/** All that a decoder says of a stream: frames, skipped frames and the error, in order. */
type Transcript = string[];

const LATIN1 = new TextDecoder("latin1");

/** Every framing, each under its own name. */
export const FRAMING_ENTRIES: readonly Entry[] = FRAMING_FAMILIES.map(({ name }) => {
  const framings = (VARIANTS[name] ?? [""]).map((variant) => framing(name + variant));
  return {
    name: `framing/${name}`,
    about: "laws L1 to L6 of the decoder under cuts, limits, forks and upgrades; L2 of the encoder",
    words: ["content-length: 5\r\n\r\n", '{"size":4}', "5:hello,", "\r\n\r\n", "aab", "bc"],
    valid: (random) => validStream(framings, random),
    open: () => ({ run: (input) => check(framings, input) }),
  };
});

// | framing | limit | over limit | cuts | what more to check, and where | stream … |

function validStream(framings: readonly Framing[], random: RandomStream): Uint8Array {
  const head = randomBytes(random, 5);
  const one = new InputReader(head).pick(framings);
  const encoder = one.createEncoder();
  const frames = Array.from({ length: random.below(5) }, () => {
    const length = Math.max(one.minPayload, random.below(random.below(8) === 0 ? 300 : 24));
    return attempt(() => encoder.encode(randomBytes(random, length)), FramingError) ?? head;
  });
  return concat([head, ...frames]);
}

function check(framings: readonly Framing[], input: Uint8Array): void {
  const reader = new InputReader(input);
  const one = reader.pick(framings);
  const maxFrameLength = reader.pick(LIMITS);
  const overLimit = reader.byte() % 2 === 0 || !one.canSkip ? "close" : "skip";
  const plan = reader.byte(), more = reader.byte();
  const stream = reader.rest();
  const decoder = (said: Transcript) => {
    const onSkip = (error: FramingError) => void said.push(`skip ${error.code}@${error.offset}`);
    return open(one, { maxFrameLength, overLimit, onSkip });
  };
  const whole: Transcript = [], cut: Transcript = [];
  const first = decoder(whole), second = decoder(cut);
  if (first === null || second === null) return;
  finish(first, [stream], whole);
  const chunks = pieces(stream, cutsOf(plan, stream.length));
  finish(second, chunks, cut, one.maxOverhead + maxFrameLength);
  must(same(whole, cut), () => `L1: chunks change nothing: ${show(whole)} became ${show(cut)}`);
  const at = (more >> 2) % chunks.length;
  if (more % 4 === 0) checkForks(decoder, chunks, at, whole);
  else if (more % 4 === 1) checkRest(decoder, chunks, at);
  else if (more % 4 === 2) roundTrip(one, stream);
  else checkInPlace(decoder, chunks, whole);
}

/** Reading into the decoder's own buffer is the same as pushing. */
function checkInPlace(
  decoder: (said: Transcript) => FrameDecoder | null,
  chunks: readonly Uint8Array[],
  whole: Transcript,
): void {
  const said: Transcript = [];
  const used = decoder(said);
  if (used === null) return;
  finishInPlace(used, chunks, said);
  must(
    same(whole, said),
    () => `L1: reading in place changes nothing: ${show(whole)}, ${show(said)}`,
  );
}

/** A decoder; null where a framing refuses the options, as `fixed` does with too small a limit. */
function open(one: Framing, options: FrameDecoderOptions): FrameDecoder | null {
  return attempt(() => one.createDecoder(options), RangeError) ?? null;
}

/** Feeds all chunks and the end; checks memory and work with each. */
function finish(
  decoder: FrameDecoder,
  chunks: readonly Uint8Array[],
  said: Transcript,
  most = Infinity,
): void {
  const before = decoder.work + 4 * decoder.bufferedLength;
  let received = 0;
  for (const chunk of chunks) {
    received += chunk.length;
    if (!take(decoder, () => decoder.push(chunk), said)) return checkFailed(decoder);
    // An escaped frame may have twice the bytes.
    must(
      decoder.bufferedLength <= 2 * most + 2,
      () => `L4: ${decoder.bufferedLength} bytes are buffered`,
    );
    must(
      decoder.allocatedLength <= 4 * (before + received) + 4096,
      () => `L4: ${decoder.allocatedLength} bytes allocated for ${received}`,
    );
    must(
      decoder.work <= before + WORK_PER_BYTE * received + WORK_SLACK,
      () => `L5: work ${decoder.work} for ${received} bytes`,
    );
  }
  if (!take(decoder, () => decoder.end(), said)) checkFailed(decoder);
}

function finishInPlace(
  decoder: FrameDecoder,
  chunks: readonly Uint8Array[],
  said: Transcript,
): void {
  for (const chunk of chunks) {
    const read = () => {
      decoder.reserve(Math.max(1, chunk.length)).set(chunk);
      return decoder.commit(chunk.length);
    };
    if (!take(decoder, read, said)) return;
  }
  take(decoder, () => decoder.end(), said);
}

/** Notes all frames; false when the decoder fails. */
function take(decoder: FrameDecoder, first: () => FrameBatch | null, said: Transcript): boolean {
  try {
    for (let batch = first(); batch !== null; batch = decoder.next()) {
      must(batch.count > 0, "a batch has a frame");
      for (let i = 0; i < batch.count; i++) said.push(LATIN1.decode(batch.view(i)));
      if (batch.unterminated) said.push("unterminated");
    }
    return true;
  } catch (error) {
    expect(error, FramingError);
    if (error instanceof FramingError) said.push(`${error.name} ${error.code}@${error.offset}`);
    return false;
  }
}

/** L6: the same error for ever, and no memory for it. */
function checkFailed(decoder: FrameDecoder): void {
  const errors = [() => decoder.push(Uint8Array.of(0)), () => decoder.next(), () => decoder.end()]
    .map((call) => {
      try {
        call();
        return null;
      } catch (error) {
        return error;
      }
    });
  must(errors[0] !== null && errors.every((one) => one === errors[0]), "L6: the error is final");
  must(decoder.bufferedLength === 0, "L6: a failed decoder keeps nothing");
}

/** A copy goes on as the original does. */
function checkForks(
  decoder: (said: Transcript) => FrameDecoder | null,
  chunks: readonly Uint8Array[],
  at: number,
  whole: Transcript,
): void {
  const said: Transcript = [];
  const original = decoder(said);
  if (original === null) return;
  for (const chunk of chunks.slice(0, at)) {
    if (!take(original, () => original.push(chunk), said)) return;
  }
  const twin = original.fork();
  must(twin.fingerprint() === original.fingerprint(), "a fork has the same fingerprint");
  const rest = concat(chunks.slice(at));
  const before = [...said];
  finish(twin, [rest], said);
  must(same(whole, said), () => `a fork goes on in the same way: ${show(whole)}, ${show(said)}`);
  said.splice(0, Infinity, ...before);
  finish(original, [rest], said);
  must(
    same(whole, said),
    () => `the original goes on in the same way: ${show(whole)}, ${show(said)}`,
  );
}

/** What an upgrade takes out is all that is not used, and leaves a decoder as good as new. */
function checkRest(
  decoder: (said: Transcript) => FrameDecoder | null,
  chunks: readonly Uint8Array[],
  at: number,
): void {
  const said: Transcript = [], fresh: Transcript = [];
  const used = decoder(said), blank = decoder(fresh);
  if (used === null || blank === null) return;
  for (const chunk of chunks.slice(0, at)) if (!take(used, () => used.push(chunk), said)) return;
  const buffered = used.bufferedLength;
  const rest = used.takeRest();
  must(
    rest.length >= buffered,
    () => `an upgrade loses nothing: ${rest.length} of ${buffered} bytes`,
  );
  must(used.bufferedLength === 0, "an upgrade leaves nothing");
  said.length = 0;
  const stream = concat([rest, ...chunks.slice(at)]);
  finish(used, [stream], said);
  finish(blank, [stream], fresh);
  const frames = (all: Transcript) => all.map((one) => one.replace(/@\d+$/, ""));
  must(
    same(frames(said), frames(fresh)),
    () => `after an upgrade it is as new: ${show(said)}, ${show(fresh)}`,
  );
}

/** L2: what can be encoded is decoded again, and what cannot is refused with the class for it. */
function roundTrip(one: Framing, payload: Uint8Array): void {
  const encoder = one.createEncoder();
  const frame = attempt(() => encoder.encode(payload), FramingError);
  if (frame === undefined) return;
  const said: Transcript = [];
  finish(one.createDecoder(), [frame], said);
  must(same(said, [LATIN1.decode(payload)]), () => `L2: a payload comes back: ${show(said)}`);
}

function same(one: Transcript, other: Transcript): boolean {
  return one.length === other.length && one.every((text, i) => text === other[i]);
}

function show(said: Transcript): string {
  return JSON.stringify(said).slice(0, 300);
}
