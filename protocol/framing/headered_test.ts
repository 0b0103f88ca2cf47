import { assertEquals, assertThrows } from "@std/assert";
import { UnencodableFrameError } from "./errors.ts";
import { framing } from "./framings.ts";
import { decodeAll, hex, utf8 } from "./testing.ts";

const CRLF = "0d0a";
const ascii = (text: string) =>
  Array.from(utf8(text), (b) => b.toString(16).padStart(2, "0")).join("");
const lsp = (...lines: string[]) => lines.map((line) => ascii(line) + CRLF).join("") + CRLF;

/** Wire bytes under a limit of 6 payload bytes, and what a decoder says of them in pieces of any size. */
const CASES: readonly (readonly [spec: string, wire: string, said: string[]])[] = [
  ["varint", "0161 00 0262 63", ["61", "", "6263"]],
  ["varint", "80", ["TRUNCATED_FRAME@0"]],
  ["varint", "0261", ["TRUNCATED_FRAME@0"]],
  ["varint", "07", ["FRAME_TOO_LARGE@0"]],
  ["varint", "8000", ["MALFORMED_FRAME@0"]],
  ["varint", "0161 8200", ["61", "MALFORMED_FRAME@2"]],
  ["varint", "ffffffffffffffffff02", ["MALFORMED_FRAME@0"]],
  ["varint", "ffffffffffffffffff01", ["MALFORMED_FRAME@0"]],
  ["varint", "8080808080808080808080", ["MALFORMED_FRAME@0"]],
  ["netstring", ascii("5:hello,0:,1:a,"), [ascii("hello"), "", "61"]],
  ["netstring", ascii("5:hello"), ["TRUNCATED_FRAME@0"]],
  ["netstring", ascii("1:a;"), ["MALFORMED_FRAME@0"]],
  ["netstring", ascii("0:,01:a,"), ["", "MALFORMED_FRAME@4"]],
  ["netstring", ascii(":,"), ["MALFORMED_FRAME@0"]],
  ["netstring", ascii("+1:a,"), ["MALFORMED_FRAME@0"]],
  ["netstring", ascii("1 :a,"), ["MALFORMED_FRAME@1"]],
  ["netstring", ascii("7"), ["FRAME_TOO_LARGE@0"]],
  ["netstring", ascii("1:a,10"), ["61", "FRAME_TOO_LARGE@4"]],
  ["fixed:2", "6162 6364", ["6162", "6364"]],
  ["fixed:2", "6162 63", ["6162", "TRUNCATED_FRAME@2"]],
  ["fixed:7", "61", ["FRAME_TOO_LARGE@0"]],
  ["content-length", `${lsp("Content-Length: 2")}6162${lsp("X: y", "content-length:0")}`, [
    "6162",
    "",
  ]],
  ["content-length", `${lsp("Content-Type: a; charset=b", "CONTENT-LENGTH:\t2 ")}6162`, ["6162"]],
  ["content-length", `${lsp("Content-Length: 02")}6162`, ["6162"]],
  ["content-length", lsp("Content-Length: 7"), ["FRAME_TOO_LARGE@0"]],
  ["content-length", lsp("Content-Length: -1"), ["MALFORMED_FRAME@0"]],
  ["content-length", lsp("Content-Length: +1"), ["MALFORMED_FRAME@0"]],
  ["content-length", lsp("Content-Length: 0x5"), ["MALFORMED_FRAME@0"]],
  ["content-length", lsp("Content-Length: 5;6"), ["MALFORMED_FRAME@0"]],
  ["content-length", lsp("Content-Length: 5, 5"), ["MALFORMED_FRAME@0"]],
  ["content-length", lsp("Content-Length:"), ["MALFORMED_FRAME@0"]],
  ["content-length", lsp(`Content-Length: ${"1".repeat(20)}`), ["MALFORMED_FRAME@0"]],
  ["content-length", lsp("Content-Length: 1", "Content-Length: 1"), ["MALFORMED_FRAME@19"]],
  ["content-length", lsp("X: 1"), ["MALFORMED_FRAME@7"]],
  ["content-length", lsp("Content-Length: 1", "Transfer-Encoding: chunked"), [
    "MALFORMED_FRAME@19",
  ]],
  ["content-length", lsp("Content-Length : 1"), ["MALFORMED_FRAME@0"]],
  ["content-length", lsp("Content-Length: 1", " folded"), ["MALFORMED_FRAME@19"]],
  ["content-length", `${ascii("Content-Length: 1")}0a`, ["MALFORMED_FRAME@17"]],
  ["content-length", `${ascii("Content-Length: 1")}0d61`, ["MALFORMED_FRAME@18"]],
  ["content-length", `${lsp("Content-Length: 1")}61${ascii("log")}${CRLF}`, [
    "61",
    "MALFORMED_FRAME@22",
  ]],
  ["content-length", ascii("Content-Le"), ["TRUNCATED_FRAME@0"]],
  ["json+u8", `0a ${ascii('{"size":2}')} 6162`, ["6162"]],
  ["json+u8", `02 ${ascii("{}")} 02 ${ascii("{}")}`, ["", ""]],
  ["json+u8", `0a ${ascii('{"size":7}')}`, ["FRAME_TOO_LARGE@0"]],
  ["json+u8", `0a ${ascii('{"size":2}')} 61`, ["TRUNCATED_FRAME@0"]],
  ["json+u8", `0b ${ascii('{"size":-1}')}`, ["MALFORMED_FRAME@0"]],
  ["json+u8", `0c ${ascii('{"size":"1"}')}`, ["MALFORMED_FRAME@0"]],
  ["json+u8", `0c ${ascii('{"size":1.5}')}`, ["MALFORMED_FRAME@0"]],
  ["json+u8", `02 ${ascii("[]")}`, ["MALFORMED_FRAME@0"]],
  ["json+u8", `04 ${ascii("null")}`, ["MALFORMED_FRAME@0"]],
  ["json+u8", `02 ${ascii("{")}20`, ["MALFORMED_FRAME@0"]],
  ["json+u8", `03 7bff7d`, ["MALFORMED_FRAME@0"]],
  ["json+u8", `01`, ["MALFORMED_FRAME@0"]],
  ["json+i32le", `ffffffff`, ["MALFORMED_FRAME@0"]],
  ["json+u32be", `00010001`, ["FRAME_TOO_LARGE@0"]],
  ["json+u64be", `ffffffffffffffff`, ["FRAME_TOO_LARGE@0"]],
  ["json+u8", `17 ${ascii('{"__proto__":{"size":1}}').slice(0, 46)}`, ["MALFORMED_FRAME@0"]],
  ["json+u8", `18 ${ascii('{"__proto__":{"size":1}}')}`, [""]],
];

for (const [spec, wire, said] of CASES) {
  const bytes = hex(wire);
  const shown = bytes.length > 24 ? new TextDecoder().decode(bytes) : wire;
  Deno.test(`${spec}: ${JSON.stringify(shown)} gives ${said.join(", ")} in pieces of any size`, () => {
    for (let size = 1; size <= bytes.length; size++) {
      const chunks = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
      assertEquals(
        decodeAll(framing(spec).createDecoder({ maxFrameLength: 6 }), chunks),
        said,
        `pieces of ${size}`,
      );
    }
  });
}

for (const spec of ["varint", "netstring", "content-length", "json+u16be"]) {
  Deno.test(`${spec}: skip drops exactly the over-long frames and goes on, in pieces of any size`, () => {
    const encoder = framing(spec).createEncoder();
    const frames = ["a", "x".repeat(9), "", "y".repeat(300), "z".repeat(4)].map((text) =>
      encoder.encode(utf8(text))
    );
    const bytes = Uint8Array.from(frames.flatMap((frame) => [...frame]));
    for (const size of [1, 2, 3, 7, 64, bytes.length]) {
      const skips: number[] = [];
      const decoder = framing(spec).createDecoder({
        maxFrameLength: 4,
        overLimit: "skip",
        onSkip: (error) => skips.push(error.frameIndex),
      });
      const chunks = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
      assertEquals(decodeAll(decoder, chunks), ["61", "", "7a7a7a7a"]);
      assertEquals(skips, [1, 2]);
    }
  });
}

Deno.test("netstring: a length that no number holds is malformed even when frames are skipped", () => {
  const decoder = framing("netstring").createDecoder({ overLimit: "skip" });
  assertEquals(decodeAll(decoder, [utf8("99999999999999999999:")]), ["MALFORMED_FRAME@15"]);
});

Deno.test("content-length: a header without end is refused at 64 KiB", () => {
  const line = utf8(`X: ${"y".repeat(1019)}\r\n`);
  const decoder = framing("content-length").createDecoder();
  const error = assertThrows(() => {
    for (let i = 0; i < 65; i++) decoder.push(line);
  });
  assertEquals(String(error).includes("does not end within 65536 bytes"), true);
});

Deno.test("varint: widths change at 128, 16384, 2097152", () => {
  for (
    const [length, head] of [[127, "7f"], [128, "8001"], [16_384, "808001"], [
      2_097_152,
      "80808001",
    ]] as const
  ) {
    const frame = framing("varint").createEncoder().encode(new Uint8Array(length));
    assertEquals(frame.subarray(0, head.length / 2), hex(head));
    assertEquals(framing("varint").createDecoder().push(frame)?.end(0), frame.length);
  }
});

Deno.test("fixed: only its own size is encoded", () => {
  assertThrows(
    () => framing("fixed:3").createEncoder().encode(utf8("ab")),
    UnencodableFrameError,
    "every frame has 3",
  );
});
