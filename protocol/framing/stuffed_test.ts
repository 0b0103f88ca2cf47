import { assertEquals, assertThrows } from "@std/assert";
import { UnencodableFrameError } from "./errors.ts";
import { framing } from "./framings.ts";
import { decodeAll, hex } from "./testing.ts";

/** Vectors of RFC 1055 and of the COBS paper: payload, wire. */
const VECTORS: readonly (readonly [spec: string, payload: string, wire: string])[] = [
  ["slip", "616263", "616263 c0"],
  ["slip", "c0", "dbdc c0"],
  ["slip", "db", "dbdd c0"],
  ["slip", "01c002db03", "01dbdc02dbdd03 c0"],
  ["slip", "dcdd", "dcdd c0"],
  ["cobs", "", "01 00"],
  ["cobs", "00", "0101 00"],
  ["cobs", "0000", "010101 00"],
  ["cobs", "11223300", "0411223301 00"],
  ["cobs", "11220033", "0311220233 00"],
  ["cobs", "11223344", "0511223344 00"],
  ["cobs", "01".repeat(253), `fe${"01".repeat(253)} 00`],
  ["cobs", "01".repeat(254), `ff${"01".repeat(254)} 00`],
  ["cobs", "01".repeat(255), `ff${"01".repeat(254)}0201 00`],
  ["cobs", `${"01".repeat(254)}00`, `ff${"01".repeat(254)}0101 00`],
  ["cobs", `00${"01".repeat(254)}`, `01ff${"01".repeat(254)} 00`],
];

for (const [spec, payload, wire] of VECTORS) {
  Deno.test(`${spec}: ${payload.slice(0, 20) || "nothing"} is ${wire.slice(0, 24)} on the wire`, () => {
    const encoder = framing(spec).createEncoder();
    assertEquals(encoder.encode(hex(payload)), hex(wire));
    assertEquals(encoder.encodeParts(hex(payload)), [hex(wire)]);
    assertEquals(decodeAll(framing(spec).createDecoder(), [hex(wire)]), [payload]);
    assertEquals(
      decodeAll(framing(spec).createDecoder(), Array.from(hex(wire), (b) => Uint8Array.of(b))),
      [payload],
    );
  });
}

const DECODED: readonly (readonly [spec: string, wire: string, said: string[]])[] = [
  ["slip", "c0c0 61 c0c0c0 62 c0", ["61", "62"]],
  ["slip", "61c0 62db63c0", ["61", "MALFORMED_FRAME@4"]],
  ["slip", "61dbc0", ["MALFORMED_FRAME@2"]],
  ["slip", "61c062", ["61", "TRUNCATED_FRAME@2"]],
  ["slip", "db", ["TRUNCATED_FRAME@0"]],
  ["slip", "61616161616161c0", ["FRAME_TOO_LARGE@0"]],
  ["cobs", "0000 0261 00 0262 00", ["61", "62"]],
  ["cobs", "0261 00 0362 00", ["61", "MALFORMED_FRAME@5"]],
  ["cobs", "0361", ["TRUNCATED_FRAME@0"]],
  ["cobs", "0861616161616161 00", ["FRAME_TOO_LARGE@0"]],
  ["cobs", "066161616161 01 00", ["616161616100"].map(() => "616161616100")],
];

for (const [spec, wire, said] of DECODED) {
  Deno.test(`${spec}: ${wire} gives ${said.join(", ")} in any pieces`, () => {
    const bytes = hex(wire);
    for (let size = 1; size <= bytes.length; size++) {
      const chunks = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
      assertEquals(decodeAll(framing(spec).createDecoder({ maxFrameLength: 6 }), chunks), said);
    }
  });
}

for (
  const [spec, wire] of [
    ["slip", "61c0 62db63646566c0 6161616161c0 db c0 64c0"],
    ["cobs", "0261 00 056200 0661616161610000 0300 0264 00"],
  ] as const
) {
  Deno.test(`${spec}: skip resyncs behind the next end marker after malformed and over-long frames`, () => {
    const bytes = hex(wire);
    for (let size = 1; size <= bytes.length; size++) {
      const skips: string[] = [];
      const decoder = framing(spec).createDecoder({
        maxFrameLength: 4,
        overLimit: "skip",
        onSkip: (error) => skips.push(error.code),
      });
      const chunks = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
      assertEquals(decodeAll(decoder, chunks), ["61", "64"]);
      assertEquals(skips, ["MALFORMED_FRAME", "FRAME_TOO_LARGE", "MALFORMED_FRAME"]);
    }
  });
}

Deno.test("a decoder tells what it holds of a stuffed frame", () => {
  const decoder = framing("cobs").createDecoder();
  decoder.push(hex("0361"));
  assertEquals([decoder.bufferedLength, decoder.state], [1, "body"]);
  assertEquals(decoder.allocatedLength >= 1, true);
});

Deno.test("SLIP has no empty frames, so the encoder refuses them", () => {
  assertThrows(
    () => framing("slip").createEncoder().encode(new Uint8Array(0)),
    UnencodableFrameError,
    "empty",
  );
});

for (
  const [spec, wire] of [["slip", "61dbdc62dbdd63"], [
    "cobs",
    `0361620161ff${"62".repeat(254)}036161`,
  ]] as const
) {
  Deno.test(`${spec}: the bytes of a torn frame can be taken out as they came, wherever it is torn`, () => {
    const bytes = hex(wire);
    for (let i = 0; i <= bytes.length; i++) {
      const decoder = framing(spec).createDecoder();
      decoder.push(bytes.subarray(0, i));
      assertEquals(decoder.takeRest(), bytes.subarray(0, i));
      assertEquals(decoder.bufferedLength, 0);
    }
  });
}
