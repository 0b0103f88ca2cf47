import { assertEquals, assertNotEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { DecoderClosedError, FramingError, TruncatedFrameError } from "./errors.ts";
import { framing } from "./framings.ts";
import { DEFAULT_MAX_FRAME_LENGTH, MAX_FRAME_LENGTH_CEILING } from "./limits.ts";
import { cut, decodeAll, drain, hex, utf8 } from "./testing.ts";

const ALL = [
  "u8",
  "varint",
  "line",
  "delim:0a,0d0a",
  "netstring",
  "marked:02:03",
  "slip",
  "cobs",
  "fixed:3",
];

for (const spec of ALL) {
  const { createDecoder, createEncoder } = framing(spec);
  const encoder = createEncoder();
  const wire = Uint8Array.from(
    ["abc", "def", "ghi"].flatMap((text) => [...encoder.encode(utf8(text))]),
  );
  const frames = ["616263", "646566", "676869"];

  Deno.test(`${spec}: fork and fingerprint: a copy goes on by itself, equal states look equal`, () => {
    for (let i = 0; i <= wire.length; i++) {
      const decoder = createDecoder();
      const head = drain(decoder, decoder.push(wire.subarray(0, i)));
      const twin = decoder.fork();
      assertEquals(twin.fingerprint(), decoder.fingerprint());
      assertEquals(twin.frameCount, head.length);
      const tail = drain(twin, twin.push(wire.subarray(i)));
      assertEquals([...head, ...tail], frames);
      if (i < wire.length) assertNotEquals(twin.fingerprint(), decoder.fingerprint());
      assertEquals(drain(decoder, decoder.push(wire.subarray(i))), tail);
      assertEquals(twin.fingerprint(), decoder.fingerprint());
    }
  });

  Deno.test(`${spec}: reading straight into the decoder gives the same frames`, () => {
    for (const size of [1, 2, 5, 100]) {
      const decoder = createDecoder();
      const got: string[] = [];
      for (let at = 0; at < wire.length; at += size) {
        const chunk = wire.subarray(at, at + size);
        decoder.reserve(size).set(chunk);
        got.push(...drain(decoder, decoder.commit(chunk.length)));
      }
      assertEquals(drain(decoder, decoder.end()), []);
      assertEquals(got, frames);
    }
  });

  Deno.test(`${spec}: a push before the last one was drained loses nothing`, () => {
    const decoder = createDecoder();
    const many = Uint8Array.from(Array(100).fill([...wire]).flat());
    const first = decoder.push(many)?.count ?? 0;
    const rest = drain(decoder, decoder.push(wire));
    assertEquals(first + rest.length, 303);
    assertEquals(drain(decoder, decoder.end()), []);
  });

  Deno.test(`${spec}: many more frames in a chunk than fit one batch all come`, () => {
    const decoder = createDecoder();
    const many = Uint8Array.from(Array(5000).fill([...wire]).flat());
    assertEquals(drain(decoder, decoder.push(many)).length, 15_000);
    assertEquals(decoder.frameCount, 15_000);
    assertEquals(decoder.bufferedLength, 0);
  });
}

Deno.test("states are told: header, body, failed, ended", () => {
  const decoder = framing("u16be").createDecoder();
  assertEquals(decoder.state, "header");
  decoder.push(hex("00"));
  assertEquals(decoder.state, "header");
  decoder.push(hex("02 61"));
  assertEquals(decoder.state, "body");
  assertEquals(decoder.bufferedLength, 3);
  drain(decoder, decoder.push(hex("62")));
  assertEquals(decoder.state, "header");
  decoder.end();
  assertEquals(decoder.state, "ended");
  const failed = framing("u16be").createDecoder({ maxFrameLength: 1 });
  assertThrows(() => failed.push(hex("0002")), FramingError);
  assertEquals(failed.state, "failed");
});

Deno.test("errors are final: every later call throws the same one, frames before it come once", () => {
  const decoder = framing("u8").createDecoder({ maxFrameLength: 2 });
  assertEquals(decoder.push(hex("0161 0162 ff 0163"))?.count, 2);
  const error = assertThrows(() => decoder.next(), FramingError);
  assertEquals([error.offset, error.frameIndex], [4, 2]);
  for (const call of [() => decoder.push(hex("0161")), () => decoder.next(), () => decoder.end()]) {
    assertStrictEquals(assertThrows(call), error);
  }
  assertEquals(decoder.bufferedLength, 0);
});

Deno.test("the end is clean only at a frame edge, whatever the buffer holds", () => {
  const decoder = framing("u32be").createDecoder();
  decoder.push(hex("00000005"));
  const error = assertThrows(() => decoder.end(), TruncatedFrameError);
  assertEquals([error.have, error.need, error.offset], [4, 9, 0]);
  assertStrictEquals(assertThrows(() => decoder.end()), error);
  const clean = framing("u32be").createDecoder();
  assertEquals(clean.end(), null);
  assertEquals(clean.end(), null);
  assertThrows(() => clean.push(hex("00")), DecoderClosedError);
  assertThrows(() => clean.commit(0), DecoderClosedError);
});

Deno.test("a claim of 1 GiB followed by silence keeps less than 64 KiB", () => {
  const decoder = framing("u32be").createDecoder({ maxFrameLength: MAX_FRAME_LENGTH_CEILING });
  decoder.push(hex("40000000 61616161616161616161"));
  assertEquals(decoder.bufferedLength, 14);
  assertEquals(decoder.allocatedLength < 65_536, true);
});

for (
  const [spec, what, size] of [
    ["u32be", "4 MiB frame", 2 ** 22],
    ["line", "no delimiter", 2 ** 19],
    ["delim:0d0a", "no delimiter", 2 ** 19],
  ] as const
) {
  Deno.test(`${spec}: work is linear in the bytes in one-byte chunks (${what}), counted, not timed`, () => {
    const workFor = (length: number) => {
      const decoder = framing(spec).createDecoder();
      if (spec === "u32be") {
        decoder.push(Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length));
      }
      const byte = Uint8Array.of(97);
      for (let i = 0; i < length - 1; i++) decoder.push(byte);
      return decoder.work;
    };
    const half = workFor(size / 2), whole = workFor(size);
    assertEquals(whole / half < 2.5, true, `${half} then ${whole}`);
    assertEquals(whole < 6 * size, true, `${whole} for ${size} bytes`);
  });
}

Deno.test("the limit can change between frames and does not touch the frame already begun", () => {
  const decoder = framing("u8").createDecoder({ maxFrameLength: 5 });
  assertEquals(decoder.maxFrameLength, 5);
  decoder.push(hex("05 61"));
  decoder.maxFrameLength = 1;
  assertEquals(drain(decoder, decoder.push(hex("61616161"))), ["6161616161"]);
  assertThrows(() => decoder.push(hex("02")), FramingError);
});

Deno.test("bytes behind a frame can be taken out for another protocol", () => {
  const decoder = framing("u8").createDecoder();
  const batch = decoder.push(hex("0161 05 6263"));
  assertEquals(batch?.count, 1);
  assertEquals(decoder.takeRest(), hex("05 6263"));
  assertEquals(drain(decoder, decoder.push(hex("0164"))), ["64"]);
  const pending = framing("u8").createDecoder();
  const many = Uint8Array.from({ length: 200 }, (_, i) => i % 2 ? 97 : 1);
  const first = pending.push(many)?.count ?? 0;
  assertEquals(pending.takeRest().length, 200 - 2 * first);
});

Deno.test("limits are checked: integers from 0 to 2 GiB - 64 KiB", () => {
  for (const maxFrameLength of [-1, 1.5, NaN, Infinity, MAX_FRAME_LENGTH_CEILING + 1]) {
    assertThrows(
      () => framing("u8").createDecoder({ maxFrameLength }),
      RangeError,
      "maxFrameLength",
    );
    assertThrows(
      () => framing("u8").createEncoder({ maxFrameLength }),
      RangeError,
      "maxFrameLength",
    );
  }
  assertEquals(framing("u8").createDecoder().maxFrameLength, DEFAULT_MAX_FRAME_LENGTH);
});

Deno.test("commit of more than was reserved is refused", () => {
  const decoder = framing("u8").createDecoder();
  const room = decoder.reserve(10).length;
  assertThrows(() => decoder.commit(room + 1), RangeError, "Cannot commit");
});

Deno.test("a drained large buffer is let go", () => {
  const decoder = framing("u32be").createDecoder();
  decoder.reserve(2 ** 20);
  assertEquals(decoder.allocatedLength >= 2 ** 20, true);
  decoder.reserve(4096);
  assertEquals(decoder.allocatedLength < 2 ** 17, true);
});

Deno.test("a copied frame does not keep the chunk it came in; a view does", () => {
  const chunk = new Uint8Array(2 ** 20);
  chunk.set(hex("08 6162636465666768"));
  const batch = framing("u8").createDecoder().push(chunk);
  assertEquals(batch?.copy(0).buffer.byteLength, 8);
  assertEquals(batch?.view(0).buffer.byteLength, 2 ** 20);
  assertEquals([...(batch ?? [])].length, batch?.count);
});

Deno.test("a chunk with empty chunks between its bytes is the same chunk", () => {
  const wire = hex("0161 026263 00");
  const chunks = Array.from(wire, (byte) => [new Uint8Array(0), Uint8Array.of(byte)]).flat();
  assertEquals(decodeAll(framing("u8").createDecoder(), chunks), ["61", "6263", ""]);
  assertEquals(decodeAll(framing("u8").createDecoder(), cut(wire, [1, 1, 3])), ["61", "6263", ""]);
});

Deno.test("an error in a subclass that is not about frames is passed on and not kept", () => {
  const decoder = framing("u8").createDecoder({
    maxFrameLength: 0,
    overLimit: "skip",
    onSkip: () => {
      throw new TypeError("mine");
    },
  });
  assertThrows(() => decoder.push(hex("0161")), TypeError, "mine");
});
