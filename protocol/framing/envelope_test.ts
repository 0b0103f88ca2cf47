import { assertEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import { envelope, type EnvelopeDecoder, type EnvelopeHeader } from "./envelope.ts";
import { FramingError, TruncatedFrameError, UnencodableFrameError } from "./errors.ts";
import { hexText } from "./hex.ts";
import { FramingSpecError } from "./spec.ts";
import { hex, random, utf8 } from "./testing.ts";

/** What a decoder says of `chunks`, with the pieces of each body joined. */
function listen(decoder: EnvelopeDecoder, chunks: Iterable<Uint8Array>): string[] {
  const said: string[] = [];
  let body = "";
  try {
    for (const chunk of chunks) {
      for (const event of decoder.push(chunk)) {
        if (event.type === "header") said.push(JSON.stringify(event.header));
        else if (event.type === "body") body += hexText(event.bytes);
        else {
          said.push(body);
          body = "";
        }
      }
    }
    decoder.end();
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    said.push(`${error.code}@${error.offset}`);
  }
  return said;
}

const seed = Math.floor(Math.random() * 2 ** 31);
Deno.test(`envelopes come out the same however the stream is cut (seed ${seed})`, () => {
  const pick = random(seed);
  for (const spec of ["json+u8", "json+i32le?size=filesize", "json+u64be"]) {
    const files = envelope(spec);
    const name = spec.includes("filesize") ? "filesize" : "size";
    for (let round = 0; round < 60; round++) {
      const parts: Uint8Array[] = [], expected: string[] = [];
      for (let i = pick(5); i > 0; i--) {
        const body = Uint8Array.from({ length: pick(40) }, () => pick(256));
        const header: EnvelopeHeader = { cmd: "x".repeat(pick(90)), [name]: body.length };
        parts.push(files.encodeHeader(header), body);
        expected.push(JSON.stringify(header), hexText(body));
      }
      const wire = concat(parts);
      const chunks = [];
      for (let at = 0; at < wire.length;) {
        const size = 1 + pick([1, 3, 50][round % 3] ?? 1);
        chunks.push(wire.slice(at, at + size));
        at += size;
      }
      assertEquals(listen(files.createDecoder(), chunks), expected);
    }
  }
});

Deno.test("a body larger than memory is streamed: nothing of it is kept", () => {
  const files = envelope("json+u32be");
  const decoder = files.createDecoder();
  const size = 2 ** 45;
  const [event] = [...decoder.push(files.encodeHeader({ size }))];
  const headerLength = JSON.stringify({ size }).length;
  assertEquals(event, { type: "header", header: { size }, size, headerLength });
  const chunk = new Uint8Array(65_536);
  for (let i = 0; i < 8; i++) {
    const [body] = [...decoder.push(chunk)];
    if (body?.type !== "body") throw new Error("no body");
    assertEquals(body.bytes.buffer, chunk.buffer);
  }
  const error = assertThrows(() => decoder.end(), TruncatedFrameError);
  assertEquals(error.need, size - 8 * 65_536);
});

Deno.test("a header without size has no body; __proto__ and duplicate keys are only data", () => {
  const said = listen(envelope("json+u8").createDecoder(), [
    hex("18"),
    utf8('{"__proto__":{"size":1}}'),
    hex("13"),
    utf8('{"size":2,"size":1}'),
    utf8("a"),
  ]);
  assertEquals(said, ['{"__proto__":{"size":1}}', "", '{"size":1}', "61"]);
});

for (
  const [wire, said] of [
    ["02 7b7d 00", ["{}", "", "MALFORMED_FRAME@3"]],
    ["02 7b7d 02 7b2c 7b7d", ["{}", "", "MALFORMED_FRAME@3"]],
    ["02 7b7d 05 7b7d", ["{}", "", "TRUNCATED_FRAME@3"]],
    ["0a 7b2273697a65223a397d", ['{"size":9}', "TRUNCATED_FRAME@11"]],
    ["0b 7b2273697a65223a31317d", ["FRAME_TOO_LARGE@0"]],
  ] as const
) {
  Deno.test(`json+u8 streamed: ${wire} gives ${said.join(", ")}, byte by byte too`, () => {
    const bytes = hex(wire), make = () => envelope("json+u8").createDecoder({ maxBodyLength: 10 });
    assertEquals(listen(make(), [bytes]), [...said]);
    assertEquals(listen(make(), Array.from(bytes, (b) => Uint8Array.of(b))), [...said]);
  });
}

Deno.test("errors are final, and nothing goes in behind the end", () => {
  const decoder = envelope("json+u8").createDecoder();
  const error = assertThrows(() => [...decoder.push(hex("00"))], FramingError);
  assertEquals(assertThrows(() => [...decoder.push(hex("02"))]), error);
  assertEquals(assertThrows(() => decoder.end()), error);
  const ended = envelope("json+u8").createDecoder();
  ended.end();
  ended.end();
  assertEquals(assertThrows(() => [...ended.push(hex("02"))], FramingError).code, "DECODER_CLOSED");
});

Deno.test("JSON nested 10,000 deep is read without harm", () => {
  const json = `{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
  const wire = concat([hex("00004e26"), utf8(json)]);
  assertEquals([...envelope("json+u32be").createDecoder().push(wire)].map((event) => event.type), [
    "header",
    "end",
  ]);
});

Deno.test("the encoder refuses headers that could not be read back", () => {
  const { encodeHeader } = envelope("json+u8");
  assertThrows(() => encodeHeader({ size: -1 }), UnencodableFrameError);
  assertThrows(() => encodeHeader({ size: "1" }), UnencodableFrameError);
  assertThrows(() => encodeHeader({ name: "x".repeat(300) }), UnencodableFrameError, "255 fit");
  assertEquals(encodeHeader({}), hex("02 7b7d"));
});

Deno.test("envelope() takes only json+ specs", () => {
  assertEquals(envelope("json+i32le?size=filesize").spec, "json+i32le?size=filesize");
  for (const spec of ["u32be", "json", "json+u32be+u8", "json+varint"]) {
    assertThrows(() => envelope(spec), FramingSpecError);
  }
});
