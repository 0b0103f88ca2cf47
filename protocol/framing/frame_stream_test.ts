import { assertEquals, assertRejects } from "@std/assert";
import { FrameTooLargeError, TruncatedFrameError, UnencodableFrameError } from "./errors.ts";
import { decodeFrames, FrameDecoderStream, FrameEncoderStream } from "./frame_stream.ts";
import { FrameSlab } from "./frame_slab.ts";
import { framing } from "./framings.ts";
import { hexText } from "./hex.ts";
import { cut, hex, utf8 } from "./testing.ts";

async function collect(stream: ReadableStream<Uint8Array>): Promise<string[]> {
  const frames: string[] = [];
  for await (const frame of stream) frames.push(hexText(frame));
  return frames;
}

Deno.test("payloads through the encoder stream and the decoder stream come back", async () => {
  const payloads = ["a", "", "bcd", "x".repeat(70_000)].map(utf8);
  for (const ownership of ["copy", "view"] as const) {
    for (const spec of ["u32be", "netstring", "cobs", framing("varint")]) {
      const frames = ReadableStream.from(payloads)
        .pipeThrough(new FrameEncoderStream(spec))
        .pipeThrough(new FrameDecoderStream(spec, { ownership }));
      assertEquals(await collect(frames), payloads.map(hexText));
    }
  }
});

Deno.test("a truncated stream errors behind the frames that were whole", async () => {
  const got: string[] = [];
  await assertRejects(async () => {
    const chunks = ReadableStream.from(cut(hex("0161 0262"), [1, 3]));
    for await (const frame of chunks.pipeThrough(new FrameDecoderStream("u8"))) {
      got.push(hexText(frame));
    }
  }, TruncatedFrameError);
  assertEquals(got, ["61"]);
});

Deno.test("an unterminated tail comes at the end of the stream", async () => {
  const stream = ReadableStream.from([utf8("a\nb")]).pipeThrough(
    new FrameDecoderStream("line?tail=frame"),
  );
  assertEquals(await collect(stream), ["61", "62"]);
});

Deno.test("limits and refusals reach the streams", async () => {
  await assertRejects(
    () =>
      collect(
        ReadableStream.from([hex("03616263")]).pipeThrough(
          new FrameDecoderStream("u8", { maxFrameLength: 2 }),
        ),
      ),
    FrameTooLargeError,
  );
  await assertRejects(
    () => collect(ReadableStream.from([utf8("a\nb")]).pipeThrough(new FrameEncoderStream("line"))),
    UnencodableFrameError,
  );
});

Deno.test("decodeFrames: copies outlive the chunk, views do not", () => {
  const chunk = hex("0161 0162");
  const copies = [...decodeFrames(framing("u8").createDecoder(), chunk, "copy")];
  const views = [...decodeFrames(framing("u8").createDecoder(), chunk, "view")];
  chunk.fill(0x7a);
  assertEquals(copies.map(hexText), ["61", "62"]);
  assertEquals(views.map(hexText), ["7a", "7a"]);
});

Deno.test("leaving decodeFrames early loses nothing: the rest is still in the decoder", () => {
  const decoder = framing("u8").createDecoder();
  const wire = Uint8Array.from({ length: 200 }, (_, i) => i % 2 ? 97 : 1);
  let seen = 0;
  for (const _ of decodeFrames(decoder, wire, "view")) {
    seen++;
    break;
  }
  const first = decoder.frameCount;
  for (let batch = decoder.next(); batch !== null; batch = decoder.next()) seen += batch.count;
  assertEquals(seen, 100 - first + 1);
});

Deno.test("copied payloads never share bytes, and hold at most 16 KiB of others", () => {
  const slab = new FrameSlab();
  const source = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
  const sizes = [0, 1, 31, 32, 500, 2047, 2048, 5000, ...Array(40).fill(999)];
  const copies = sizes.map((size) => slab.copy(source, 5000 - size, 5000));
  for (const copy of copies) copy.fill(copy.length % 256);
  for (const [i, copy] of copies.entries()) {
    assertEquals(copy.length, sizes[i]);
    assertEquals(copy.every((byte) => byte === copy.length % 256), true);
    assertEquals(copy.buffer.byteLength <= Math.max(16_384, copy.length), true);
  }
});

Deno.test("copies of frames that come one in a chunk share blocks too: none holds 16 KiB alone", () => {
  const decoder = framing("u8").createDecoder();
  const kept = Array.from({ length: 1000 }, (_, i) => {
    const [payload] = decodeFrames(decoder, Uint8Array.of(1, i % 256), "copy");
    return payload ?? new Uint8Array(0);
  });
  kept.forEach((payload, i) => assertEquals(payload, Uint8Array.of(i % 256)));
  assertEquals(new Set(kept.map(({ buffer }) => buffer)).size <= 2, true);
});
