/**
 * The adversarial cases on which other libraries fail, by number: what was cut, claimed, left out or repeated, and what
 * must come of it. Each runs for all framings that it can be said of.
 */
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import {
  FrameBatch,
  type FrameDecoder,
  type FrameDecoderOptions,
  FrameTooLargeError,
  framing,
  FramingError,
  MalformedFrameError,
  MAX_FRAME_LENGTH_CEILING,
  TruncatedFrameError,
  UnencodableFrameError,
} from "./mod.ts";

/** Framings whose frames start with their length. */
const ANNOUNCED = [
  "u16be",
  "u24le",
  "u32be",
  "u64le",
  "i32le",
  "u32be?includes=header",
  "u16be?offset=2",
  "varint",
  "netstring",
  "content-length",
  "json+u32be",
];
/** Framings whose frames end with a mark. */
const MARKED = [
  "line",
  "line?strip=cr",
  "delim:2323",
  "delim:414142",
  "delim:0d0a,0a",
  "marked:02:03",
];
MARKED.push("marked:3c3c:3e3e", "slip", "cobs");
const ALL = ["u8", ...ANNOUNCED, ...MARKED, "fixed:5"];

const LIMIT = 16;

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function ascii(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function frame(spec: string, payload: string | Uint8Array, maxFrameLength = 2 ** 26): Uint8Array {
  const bytes = typeof payload === "string" ? ascii(payload) : payload;
  return framing(spec).createEncoder({ maxFrameLength }).encode(bytes);
}

/** What stands in front of a payload of `length` bytes. */
function head(spec: string, length: number): Uint8Array {
  const whole = frame(spec, new Uint8Array(length));
  return whole.subarray(0, whole.length - length - (spec === "netstring" ? 1 : 0));
}

/** Everything that came of a delivery, as texts. */
interface Outcome {
  readonly frames: string[];
  readonly error: FramingError | null;
  readonly skipped: FramingError[];
}

function drain(first: FrameBatch | null, decoder: FrameDecoder, frames: string[]): void {
  for (let batch = first; batch !== null; batch = decoder.next()) {
    for (const payload of batch) frames.push(text(payload));
  }
}

function decode(
  spec: string,
  chunks: Iterable<Uint8Array>,
  options: FrameDecoderOptions = {},
): Outcome {
  const frames: string[] = [];
  const skipped: FramingError[] = [];
  const decoder = framing(spec).createDecoder({
    maxFrameLength: LIMIT,
    onSkip: (error) => skipped.push(error),
    ...options,
  });
  try {
    for (const chunk of chunks) drain(decoder.push(chunk), decoder, frames);
    drain(decoder.end(), decoder, frames);
    return { frames, error: null, skipped };
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    return { frames, error, skipped };
  }
}

/** The stream in one chunk, in single bytes, cut once everywhere and cut twice everywhere. */
function* everyWay(bytes: Uint8Array): Generator<Uint8Array[]> {
  yield [bytes];
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
  for (let i = 1; i < bytes.length; i++) yield [bytes.subarray(0, i), bytes.subarray(i)];
  if (bytes.length > 64) return;
  for (let i = 1; i < bytes.length; i++) {
    for (let j = i + 1; j < bytes.length; j++) {
      yield [bytes.subarray(0, i), bytes.subarray(i, j), bytes.subarray(j)];
    }
  }
}

/** Decodes the stream in every way; all must give the same frames and the same error. */
function decodeEveryWay(spec: string, bytes: Uint8Array, options?: FrameDecoderOptions): Outcome {
  const unsplit = decode(spec, [bytes], options);
  for (const chunks of everyWay(bytes)) {
    const sizes = `${spec} in chunks of ${chunks.map((chunk) => chunk.length)}`;
    const { frames, error, skipped } = decode(spec, chunks, options);
    assertEquals(frames, unsplit.frames, sizes);
    assertEquals(error?.message, unsplit.error?.message, sizes);
    assertEquals(skipped.map(String), unsplit.skipped.map(String), sizes);
  }
  return unsplit;
}

function assertTruncated(error: FramingError | null, have: number, need: number, at: string): void {
  assert(error instanceof TruncatedFrameError, `${at}: ${error}`);
  assertEquals([error.have, error.need], [have, need], at);
}

function assertTooLarge(error: FramingError | null, actual: number | bigint, at: string): void {
  assert(error instanceof FrameTooLargeError, `${at}: ${error}`);
  assertEquals([error.limit, error.actual], [LIMIT, actual], at);
}

/** Payloads that a framing can carry. */
function carried(spec: string, ...payloads: string[]): string[] {
  const { minPayload, maxPayload } = framing(spec);
  return payloads.filter((one) => one.length >= minPayload && one.length <= maxPayload);
}

Deno.test("case 1: every cut, every pair of cuts and single bytes give the same frames", () => {
  for (const spec of ALL) {
    const payloads = carried(spec, "", "a", "", "hello", "wörl", "x,y:z", "", "fives");
    const stream = concat(payloads.map((payload) => frame(spec, payload)));
    const { frames, error } = decodeEveryWay(spec, stream);
    assertEquals([frames, error], [payloads, null], spec);
  }
});

Deno.test("case 2: the end right behind a header is not a clean one", () => {
  for (const spec of ANNOUNCED) {
    const header = head(spec, 5), whole = frame(spec, "hello").length;
    const { frames, error } = decodeEveryWay(spec, header);
    assertEquals(frames, [], spec);
    assertTruncated(error, header.length, whole, spec);
  }
  assertTruncated(decode("u32be", [Uint8Array.of(0, 0, 0, 5)]).error, 4, 9, "u32be");
});

Deno.test("case 3: the end inside a header is not a clean one", () => {
  for (const spec of ANNOUNCED) {
    const header = head(spec, 5);
    for (let i = 1; i < header.length; i++) {
      const { error } = decodeEveryWay(spec, header.subarray(0, i));
      assert(error instanceof TruncatedFrameError, `${spec}: ${error}`);
      assertEquals([error.have, error.need > i], [i, true], spec);
    }
  }
  assertTruncated(decode("u32be", [Uint8Array.of(0, 0)]).error, 2, 4, "u32be");
});

Deno.test("case 4: the end inside a payload is an error; before and behind a frame it is clean", () => {
  for (const spec of ALL) {
    const whole = frame(spec, "hello");
    assertEquals(decode(spec, []), { frames: [], error: null, skipped: [] }, spec);
    assertEquals(decode(spec, [whole]), { frames: ["hello"], error: null, skipped: [] }, spec);
    const { frames, error } = decodeEveryWay(spec, whole.subarray(0, whole.length - 1));
    assertEquals(frames, [], spec);
    assert(error instanceof TruncatedFrameError, `${spec}: ${error}`);
    assertEquals([error.have, error.offset], [whole.length - 1, 0], spec);
  }
  assertTruncated(decode("u32be", [Uint8Array.of(0, 0, 0, 5, 97, 98)]).error, 6, 9, "u32be");
});

Deno.test("case 5: the limit itself passes; one byte more fails at the header, before any payload", () => {
  const most = "m".repeat(LIMIT), over = "o".repeat(LIMIT + 1);
  for (const spec of [...ANNOUNCED, ...MARKED]) {
    const good = frame(spec, most), bad = frame(spec, over);
    const { frames, error } = decodeEveryWay(spec, concat([good, bad]));
    assertEquals(frames, [most], spec);
    assertTooLarge(error, LIMIT + 1, spec);
    assertEquals([error?.offset, error?.frameIndex], [good.length, 1], spec);
  }
  for (const spec of ANNOUNCED) {
    const decoder = framing(spec).createDecoder({ maxFrameLength: LIMIT });
    assertThrows(() => decoder.push(head(spec, LIMIT + 1)), FrameTooLargeError, "17", spec);
    assertEquals(decoder.bufferedLength, 0, spec);
  }
});

Deno.test("case 6: ff ff ff ff is 4294967295 unsigned and an error signed, never an empty frame", () => {
  const ones = concat([new Uint8Array(4).fill(0xff), ascii("abcdefgh")]);
  for (const spec of ["u32be", "u32le"]) {
    const { frames, error } = decodeEveryWay(spec, ones);
    assertEquals(frames, [], spec);
    assertTooLarge(error, 4294967295, spec);
  }
  for (const spec of ["i32be", "i32le"]) {
    const { frames, error } = decodeEveryWay(spec, ones);
    assertEquals(frames, [], spec);
    assert(error instanceof MalformedFrameError, spec);
  }
});

Deno.test("case 7: 64-bit lengths are never rounded", () => {
  const max = 2n ** 53n;
  for (const spec of ["u64be", "u64le"]) {
    for (
      const [length, actual] of [[max - 1n, 2 ** 53 - 1], [max, max], [max + 1n, max + 1n]] as const
    ) {
      const { frames, error } = decodeEveryWay(spec, u64(length, spec));
      assertEquals(frames, [], spec);
      assertTooLarge(error, actual, spec);
    }
    assertTooLarge(decodeEveryWay(spec, u64(2n ** 64n - 1n, spec)).error, 2n ** 64n - 1n, spec);
  }
});

function u64(value: bigint, spec: string): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, spec.startsWith("u64le"));
  return bytes;
}

Deno.test("case 8: a length near the maximum does not wrap when it is adjusted", () => {
  const ones = new Uint8Array(8).fill(0xff);
  assertTooLarge(decodeEveryWay("u32be?adjust=4", ones.subarray(4)).error, 4294967299, "u32be");
  for (const spec of ["u64be?adjust=1", "u64le?adjust=1"]) {
    assert(decodeEveryWay(spec, ones).error instanceof FrameTooLargeError, spec);
  }
  const last = concat([u64(2n ** 53n - 1n, "u64be"), ascii("ab")]);
  assert(decodeEveryWay("u64be?adjust=1", last).error instanceof FrameTooLargeError);
});

Deno.test("case 9: an adjusted length below zero is an error, of zero an empty frame", () => {
  for (
    const [spec, negative, zero] of [
      ["u32be?adjust=-4", [0, 0, 0, 3], [0, 0, 0, 4]],
      ["u32be?includes=header", [0, 0, 0, 3], [0, 0, 0, 4]],
      ["u16be?includes=header", [0, 1], [0, 2]],
    ] as const
  ) {
    const { frames, error } = decodeEveryWay(spec, Uint8Array.from([...negative, 97, 98]));
    assertEquals(frames, [], spec);
    assert(error instanceof MalformedFrameError, spec);
    assertEquals(decodeEveryWay(spec, Uint8Array.from(zero)).frames, [""], spec);
  }
});

Deno.test("case 10: the limit is on the payload, after the adjustment", () => {
  const plus = concat([Uint8Array.of(0, 0, 0, 14), ascii("p".repeat(18))]);
  assertTooLarge(decodeEveryWay("u32be?adjust=4", plus).error, 18, "adjust=4");
  const minus = concat([Uint8Array.of(0, 0, 0, 20), ascii("m".repeat(16))]);
  assertEquals(decodeEveryWay("u32be?adjust=-4", minus).frames, ["m".repeat(16)]);
});

Deno.test("case 11: a claim of 1 GiB with ten bytes behind it costs less than 64 KiB", () => {
  const GIB = 2 ** 30;
  const payload = new Uint8Array(GIB); // never touched, so never real
  for (const spec of ANNOUNCED) {
    const { maxPayload, createEncoder, createDecoder } = framing(spec);
    const claimed = payload.subarray(0, Math.min(GIB, maxPayload));
    const [claim] = createEncoder({ maxFrameLength: GIB }).encodeParts(claimed);
    assert(claim !== undefined, spec);
    for (const inPlace of [false, true]) {
      const decoder = createDecoder({ maxFrameLength: MAX_FRAME_LENGTH_CEILING });
      for (const chunk of [claim, new Uint8Array(10)]) {
        if (inPlace) {
          decoder.reserve(chunk.length).set(chunk);
          assertEquals(decoder.commit(chunk.length), null, spec);
        } else assertEquals(decoder.push(chunk), null, spec);
      }
      assert(decoder.allocatedLength < 65_536, `${spec}: ${decoder.allocatedLength}`);
      assertEquals(decoder.state, "body", spec);
    }
  }
});

Deno.test("case 12: empty frames first, last, a thousand in a chunk, and each in a chunk", () => {
  for (const spec of ALL.filter((spec) => framing(spec).minPayload === 0)) {
    const empty = frame(spec, ""), some = frame(spec, "x");
    assertEquals(decodeEveryWay(spec, concat([empty, some, empty])).frames, ["", "x", ""], spec);
    const thousand = Array.from({ length: 1000 }, () => empty);
    for (const chunks of [thousand, [concat(thousand)]]) {
      const { frames, error } = decode(spec, chunks);
      assertEquals([frames.length, frames.join(""), error], [1000, "", null], spec);
    }
  }
});

Deno.test("case 13: empty chunks between all bytes change nothing", () => {
  const nothing = new Uint8Array(0);
  for (const spec of ALL) {
    const stream = concat([frame(spec, "hello"), frame(spec, "world")]);
    const chunks = Array.from(stream).flatMap((byte) => [nothing, Uint8Array.of(byte), nothing]);
    assertEquals(decode(spec, chunks), { frames: ["hello", "world"], error: null, skipped: [] });
  }
});

Deno.test("case 14: a varint that is not in its shortest form is refused", () => {
  for (const first of [0x80, 0x82, 0xff]) {
    const stream = concat([frame("varint", "ok"), Uint8Array.of(first, 0), frame("varint", "no")]);
    const { frames, error } = decodeEveryWay("varint", stream);
    assertEquals(frames, ["ok"]);
    assert(error instanceof MalformedFrameError);
    assertEquals(error.offset, 3);
  }
});

Deno.test("case 15: a varint cut behind each byte waits, whatever its low bits are", () => {
  for (const power of [7, 14, 21, 28]) {
    const length = 2 ** power;
    const payload = new Uint8Array(power === 28 ? 0 : length).fill(0x61);
    const header = varint(length);
    for (let cut = 1; cut <= header.length; cut++) {
      const decoder = framing("varint").createDecoder({ maxFrameLength: 2 ** 30 });
      assertEquals(decoder.push(header.subarray(0, cut)), null, `2^${power} cut at ${cut}`);
      assertEquals(decoder.push(header.subarray(cut)), null, `2^${power} cut at ${cut}`);
      assertEquals(decoder.state, "body");
      if (payload.length === 0) continue;
      const batch = decoder.push(payload);
      assertEquals([batch?.count, batch?.view(0).length], [1, length]);
      assertEquals(decoder.next(), null);
      assertEquals(decoder.end(), null);
    }
  }
});

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push((bytes.pop() ?? 0) & 0x7f);
  return Uint8Array.from(bytes);
}

Deno.test("case 16: a header without end fails at its greatest width, and keeps no more", () => {
  for (
    const [spec, bytes, width] of [
      ["varint", new Uint8Array(11).fill(0x80), 10],
      ["varint", Uint8Array.of(...new Uint8Array(9).fill(0x80), 0x02), 10],
      ["netstring", ascii("1".repeat(20)), 10],
      ["content-length", ascii("a".repeat(70_000)), 65_537],
      ["json+u32be", Uint8Array.of(0, 1, 0, 1), 4],
    ] as const
  ) {
    const decoder = framing(spec).createDecoder({ maxFrameLength: 2 ** 28 });
    let fed = 0;
    const error = assertThrows(() => {
      for (const byte of bytes) {
        fed++;
        decoder.push(Uint8Array.of(byte));
        assert(decoder.bufferedLength <= width);
      }
    }, FramingError);
    assertEquals([fed <= width, error.offset <= fed], [true, true], `${spec}: ${fed}`);
    assertEquals(decoder.bufferedLength, 0);
  }
});

Deno.test("case 17: a payload at the limit passes wherever its delimiter is cut", () => {
  const most = "m".repeat(LIMIT);
  for (const spec of [...MARKED, "delim:0d0a0d0a"]) {
    assertEquals(decodeEveryWay(spec, frame(spec, most)).frames, [most], spec);
  }
  const crlf = decodeEveryWay("line?strip=cr", ascii(`${most}\r\n`));
  assertEquals([crlf.frames, crlf.error], [[most], null]);
});

Deno.test("case 18: one byte over, skipped: one error, then the next frame, at every cut", () => {
  for (const spec of [...ANNOUNCED, ...MARKED]) {
    for (const over of [LIMIT + 1, 3 * LIMIT]) {
      const parts = [frame(spec, "a"), frame(spec, "o".repeat(over)), frame(spec, "good")];
      const { frames, error, skipped } = decodeEveryWay(spec, concat(parts), { overLimit: "skip" });
      assertEquals([frames, error, skipped.length], [["a", "good"], null, 1], spec);
      const [told] = skipped;
      assert(told instanceof FrameTooLargeError, spec);
      assertEquals([told.offset, told.frameIndex], [parts[0]?.length, 1], spec);
    }
  }
});

Deno.test("case 19: delimiters that overlap themselves or each other", () => {
  const aab = decodeEveryWay("delim:414142", ascii("xAAAB"));
  assertEquals([aab.frames, aab.error], [["xA"], null]);
  const aa = decodeEveryWay("delim:6161", ascii("aaa"));
  assertEquals(aa.frames, [""]);
  assertTruncated(aa.error, 1, 2, "aa in aaa");
  assertEquals(decodeEveryWay("delim:6161?tail=frame", ascii("aaa")).frames, ["", "a"]);
  for (const spec of ["delim:0a,0d0a,0d", "delim:0a,0d,0d0a"]) {
    const { frames, error } = decodeEveryWay(spec, ascii("one\r\ntwo\rthree\n\r\n\n"));
    assertEquals([frames, error], [["one", "two", "three", "", ""], null], spec);
  }
});

Deno.test("case 20: work is linear in single bytes, and with no end in sight", () => {
  assertLinear("u32be", 2 ** 22, 1);
  assertLinear("line", 2 ** 22, 64);
  assertLinear("line", 2 ** 19, 1);
  for (const spec of [...ANNOUNCED, ...MARKED]) {
    const { maxPayload } = framing(spec);
    for (const chunk of [1, 64]) assertLinear(spec, Math.min(2 ** 16, maxPayload - 1), chunk);
  }
});

/** Twice the bytes are at most 2.5 times the work, and each byte is a few steps. */
function assertLinear(spec: string, size: number, chunk: number): void {
  const half = workFor(spec, Math.floor(size / 2), chunk), whole = workFor(spec, size, chunk);
  assert(whole <= 2.5 * half, `${spec}, chunks of ${chunk}: ${half}, then ${whole}`);
  assert(whole <= 8 * size, `${spec}, chunks of ${chunk}: ${whole} for ${size} bytes`);
}

/** Work for a frame of `size` bytes that does not end. */
function workFor(spec: string, size: number, chunk: number): number {
  const decoder = framing(spec).createDecoder({ maxFrameLength: 2 ** 24 });
  const stream = frame(spec, new Uint8Array(size).fill(0x61));
  const buffer = new Uint8Array(chunk);
  for (let at = 0; at + chunk <= size; at += chunk) {
    if (chunk === 1) buffer[0] = stream[at] ?? 0;
    else buffer.set(stream.subarray(at, at + chunk));
    if (decoder.push(buffer) !== null) throw new Error(`${spec}: a frame without its end`);
  }
  return decoder.work;
}

Deno.test("case 21: no empty frame behind the last delimiter; a tail is an error, or marked as one", () => {
  for (const spec of MARKED) {
    assertEquals(decodeEveryWay(spec, frame(spec, "a")).frames, ["a"], spec);
    assertEquals(decode(spec, [new Uint8Array(0)]).frames, [], spec);
  }
  for (const spec of ["line", "delim:2323"]) {
    assert(decodeEveryWay(spec, ascii("tail")).error instanceof TruncatedFrameError, spec);
    const kept = `${spec}?tail=frame`;
    assertEquals(decodeEveryWay(kept, concat([frame(spec, "a"), ascii("tail")])).frames, [
      "a",
      "tail",
    ]);
    assertEquals(decodeEveryWay(kept, frame(spec, "a")).frames, ["a"]);
    assertEquals(decodeEveryWay(kept, new Uint8Array(0)).frames, []);
    const decoder = framing(kept).createDecoder();
    assertEquals(decoder.push(frame(spec, "a"))?.unterminated, false);
    assertEquals(decoder.push(ascii("tail")), null);
    assertEquals(decoder.end()?.unterminated, true);
  }
});

Deno.test("case 22: copies stay as they are, views last until the next call, nothing large is pinned", () => {
  for (const spec of ALL) {
    const stream = concat([frame(spec, "first"), frame(spec, "other"), frame(spec, "third")]);
    for (const cut of [0, 1, 7, stream.length]) {
      const decoder = framing(spec).createDecoder();
      const copies: Uint8Array[] = [];
      const buffer = new Uint8Array(stream.length);
      for (const part of [stream.subarray(0, cut), stream.subarray(cut)]) {
        buffer.set(part);
        const chunk = buffer.subarray(0, part.length);
        for (let batch = decoder.push(chunk); batch !== null; batch = decoder.next()) {
          const views = Array.from({ length: batch.count }, (_, i) => batch.view(i));
          for (let i = 0; i < batch.count; i++) copies.push(batch.copy(i));
          assertEquals(views.map(text), copies.slice(-views.length).map(text), spec);
        }
        buffer.fill(0x5a);
      }
      assertEquals(copies.map(text), ["first", "other", "third"], `${spec} cut at ${cut}`);
      for (const copy of copies) assertEquals(copy.buffer.byteLength, 5, spec);
    }
  }
  const large = new Uint8Array(2 ** 20);
  large.set(frame("u32be", "8 bytes!"));
  const kept = framing("u32be").createDecoder().push(large)?.copy(0);
  assertEquals(kept?.buffer.byteLength, 8);
});

Deno.test("case 23: behind an error nothing but the same error; frames before it come once", () => {
  for (const spec of [...ANNOUNCED, ...MARKED]) {
    const good = frame(spec, "good"), bad = frame(spec, "b".repeat(LIMIT + 1));
    const decoder = framing(spec).createDecoder({ maxFrameLength: LIMIT });
    const frames: string[] = [];
    const push = (bytes: Uint8Array) => drain(decoder.push(bytes), decoder, frames);
    const first = assertThrows(() => push(concat([good, good, bad, good])), FrameTooLargeError);
    assertEquals(frames, ["good", "good"], spec);
    for (
      const again of [
        () => push(good),
        () => push(new Uint8Array(0)),
        () => decoder.next(),
        () => decoder.end(),
        () => decoder.end(),
        () => decoder.commit(0),
        () => push(bad),
      ]
    ) assertStrictEquals(assertThrows(again), first, spec);
    assertEquals([frames.length, decoder.state], [2, "failed"], spec);
  }
});

Deno.test("case 24: what a consumer leaves is not lost, and can be taken out for another protocol", () => {
  for (const spec of ALL) {
    const payloads = Array.from({ length: 100 }, (_, i) => `no${String(i).padStart(3, "0")}`);
    const wire = payloads.map((payload) => frame(spec, payload));
    const torn = frame(spec, "torn!").subarray(0, 3);
    const stream = concat([...wire, torn]);

    // The consumer takes one batch and pushes more before it asks for the rest: order is kept.
    const decoder = framing(spec).createDecoder();
    const frames = Array.from(decoder.push(stream) ?? new FrameBatch(), text);
    assert(frames.length > 0 && frames.length < 100, spec);
    drain(decoder.push(frame(spec, "torn!").subarray(3)), decoder, frames);
    assertEquals(frames, [...payloads, "torn!"], spec);

    // It takes one batch, and hands the rest over to another decoder.
    const upgraded = framing(spec).createDecoder();
    const taken = upgraded.push(stream)?.count ?? 0;
    assertEquals(upgraded.takeRest(), concat([...wire.slice(taken), torn]), spec);
    assertEquals(upgraded.bufferedLength, 0, spec);
    assertEquals(Array.from(upgraded.push(frame(spec, "fresh")) ?? [], text), ["fresh"], spec);
  }
});

Deno.test("case 24: a new limit counts from the next header on", () => {
  const ten = "t".repeat(10);
  for (const spec of ANNOUNCED) {
    const decoder = framing(spec).createDecoder({ maxFrameLength: LIMIT });
    const whole = frame(spec, ten), header = head(spec, 10);
    assertEquals(decoder.push(header), null, spec);
    decoder.maxFrameLength = 5;
    assertEquals(decoder.push(whole.subarray(header.length))?.count, 1, spec);
    const error = assertThrows(() => {
      decoder.next();
      decoder.push(whole);
    }, FrameTooLargeError);
    assertEquals([error.limit, error.actual >= 6], [5, true], spec);
  }
});

Deno.test("case 25: the encoder refuses what the framing cannot carry, and writes nothing", () => {
  for (const [spec, size] of [["u8", 256], ["u16be", 65_536], ["u24be", 2 ** 24]] as const) {
    const encoder = framing(spec).createEncoder({ maxFrameLength: 2 ** 26 });
    assertThrows(() => encoder.encode(new Uint8Array(size)), UnencodableFrameError, spec);
    assertThrows(() => encoder.encodeParts(new Uint8Array(size)), UnencodableFrameError, spec);
    assertEquals(
      encoder.encode(new Uint8Array(size - 1)).length,
      size - 1 + Number(spec.slice(1, -2) || 8) / 8,
    );
  }
  for (const spec of ALL) {
    const encoder = framing(spec).createEncoder({ maxFrameLength: 4 });
    for (
      const encode of [
        () => encoder.encode(ascii("fives")),
        () => encoder.encodeParts(ascii("fives")),
      ]
    ) {
      assertThrows(encode, FrameTooLargeError, "5 bytes", spec);
    }
  }
  for (
    const [spec, payload] of [
      ["line", "a\nb"],
      ["line?strip=cr", "a\r"],
      ["line?strip=cr", "a\r\nb"],
      ["delim:2323", "a##b"],
      ["delim:2323", "a#"],
      ["delim:414142", "AAB"],
      ["delim:0d0a,0a", "a\nb"],
      ["delim:00", "\0"],
      ["marked:02:03", "a\x03"],
      ["marked:02:03", "\x02a"],
      ["fixed:5", "four"],
      ["slip", ""],
    ] as const
  ) {
    const encoder = framing(spec).createEncoder();
    assertThrows(() => encoder.encode(ascii(payload)), UnencodableFrameError, undefined, spec);
    assertThrows(() => encoder.encodeParts(ascii(payload)), UnencodableFrameError, undefined, spec);
  }
  for (const spec of ["slip", "cobs"]) {
    const any = Uint8Array.from({ length: 256 }, (_, i) => i);
    const decoder = framing(spec).createDecoder();
    assertEquals(decoder.push(frame(spec, any))?.copy(0), any, spec);
  }
});
