import { assertEquals, assertThrows } from "@std/assert";
import { FrameTooLargeError, MalformedFrameError, UnencodableFrameError } from "./errors.ts";
import { framing } from "./framings.ts";
import { isIntegerType, maxInteger, readInteger, writeInteger } from "./integer.ts";
import { decodeAll, hex, utf8 } from "./testing.ts";

// Header layouts as in the documentation of Netty's LengthFieldBasedFrameDecoder: wire bytes, and the payload.
const LAYOUTS: readonly (readonly [spec: string, wire: string, payload: string])[] = [
  ["u16be", "000c 48454c4c4f2c20574f524c44", "48454c4c4f2c20574f524c44"],
  ["u16be?strip=0", "000c 48454c4c4f2c20574f524c44", "000c48454c4c4f2c20574f524c44"],
  ["u16be?adjust=-2", "000e 48454c4c4f2c20574f524c44", "48454c4c4f2c20574f524c44"],
  ["u16be?includes=header", "000e 48454c4c4f2c20574f524c44", "48454c4c4f2c20574f524c44"],
  [
    "u24be?offset=2&strip=0",
    "cafe 00000c 48454c4c4f2c20574f524c44",
    "cafe00000c48454c4c4f2c20574f524c44",
  ],
  [
    "u24be?adjust=2&strip=0",
    "00000c cafe 48454c4c4f2c20574f524c44",
    "00000ccafe48454c4c4f2c20574f524c44",
  ],
  [
    "u16be?offset=1&adjust=1&strip=3",
    "ca 000c fe 48454c4c4f2c20574f524c44",
    "fe48454c4c4f2c20574f524c44",
  ],
  [
    "u16be?offset=1&adjust=-3&strip=3",
    "ca 0010 fe 48454c4c4f2c20574f524c44",
    "fe48454c4c4f2c20574f524c44",
  ],
  ["u16be?strip=4", "000c 48454c4c4f2c20574f524c44", "4c4c4f2c20574f524c44"],
];

for (const [spec, wire, payload] of LAYOUTS) {
  Deno.test(`${spec} decodes ${wire}`, () => {
    const bytes = hex(wire);
    assertEquals(decodeAll(framing(spec).createDecoder(), [bytes]), [payload]);
    assertEquals(
      decodeAll(framing(spec).createDecoder(), Array.from(bytes, (b) => Uint8Array.of(b))),
      [payload],
    );
  });
}

Deno.test("a frame kept with its header is encoded as it is, if its length field is true", () => {
  const encoder = framing("u16be?offset=1&strip=0").createEncoder();
  assertEquals(encoder.encode(hex("aa 0002 6869")), hex("aa 0002 6869"));
  assertEquals(encoder.encodeParts(hex("aa 0002 6869")).length, 2);
  assertThrows(() => encoder.encode(hex("aa 0003 6869")), UnencodableFrameError, "does not say 2");
  assertThrows(() => encoder.encode(hex("aa")), UnencodableFrameError);
});

Deno.test("stripped bytes that are not the length are written as zeros", () => {
  assertEquals(framing("u8?offset=2").createEncoder().encode(utf8("hi")), hex("0000 02 6869"));
  assertEquals(framing("u8?strip=2").createEncoder().encode(utf8("hi")), hex("03 00 6869"));
  assertEquals(framing("u16be?strip=1").createEncoder().encode(hex("02 6869")), hex("0002 6869"));
});

const REFUSED: readonly (readonly [spec: string, wire: string, error: string])[] = [
  ["u8", "11", "FRAME_TOO_LARGE@0"],
  ["u32be", "ffffffff", "FRAME_TOO_LARGE@0"],
  ["u32be?adjust=4", "ffffffff", "FRAME_TOO_LARGE@0"],
  ["u32be?adjust=4", "fffffffc", "FRAME_TOO_LARGE@0"],
  ["u64be", "001fffffffffffff", "FRAME_TOO_LARGE@0"],
  ["u64be", "0020000000000000", "FRAME_TOO_LARGE@0"],
  ["u64le?adjust=1", "ffffffffffffffff", "FRAME_TOO_LARGE@0"],
  ["i32be", "ffffffff", "MALFORMED_FRAME@0"],
  ["i32le", "000000ff", "MALFORMED_FRAME@0"],
  ["u32be?adjust=-4", "00000003", "MALFORMED_FRAME@0"],
  ["u32be?includes=header", "00000003", "MALFORMED_FRAME@0"],
  ["u8?adjust=5", "0c", "FRAME_TOO_LARGE@0"],
  ["u8?strip=3", "01 61", "MALFORMED_FRAME@0"],
];

for (const [spec, wire, error] of REFUSED) {
  Deno.test(`${spec} refuses ${wire} as ${error} at its header`, () => {
    assertEquals(decodeAll(framing(spec).createDecoder({ maxFrameLength: 16 }), [hex(wire)]), [
      error,
    ]);
  });
}

Deno.test("the limit is on the payload after adjustment, exactly", () => {
  const at = (spec: string, wire: string) =>
    decodeAll(framing(spec).createDecoder({ maxFrameLength: 4 }), [hex(wire)]);
  assertEquals(at("u8?adjust=-4", "08 61626364"), ["61626364"]);
  assertEquals(at("u8?adjust=-4", "09 6162636465"), ["FRAME_TOO_LARGE@0"]);
  assertEquals(at("u8?strip=0", "03 616263"), ["03616263"]);
  assertEquals(at("u8?strip=0", "04 61626364"), ["FRAME_TOO_LARGE@0"]);
});

Deno.test("overLimit skip drops exactly the frame, tells of it in order, and goes on", () => {
  const wire = hex("01 61 05 6262626262 01 63 06 646464646464");
  for (const size of [1, 2, 3, 100]) {
    const said: string[] = [];
    const decoder = framing("u8").createDecoder({
      maxFrameLength: 4,
      overLimit: "skip",
      onSkip: (error) => said.push(`${error.code}@${error.offset}#${error.frameIndex}`),
    });
    for (let at = 0; at < wire.length; at += size) {
      for (let b = decoder.push(wire.subarray(at, at + size)); b !== null; b = decoder.next()) {
        for (const payload of b) said.push(new TextDecoder().decode(payload));
      }
    }
    decoder.end();
    assertEquals(said, ["a", "FRAME_TOO_LARGE@2#1", "c", "FRAME_TOO_LARGE@10#2"]);
  }
});

Deno.test("a skipped frame cut off by the end is a truncated frame", () => {
  const decoder = framing("u8").createDecoder({ maxFrameLength: 1, overLimit: "skip" });
  decoder.push(hex("05 6161"));
  assertEquals(decoder.state, "discarding");
  assertEquals(decodeAll(decoder, []), ["TRUNCATED_FRAME@3"]);
});

Deno.test("errors carry limit, actual length, offset and index", () => {
  const decoder = framing("u64be").createDecoder();
  const first = decoder.push(hex("0000000000000001 61 8000000000000000"));
  assertEquals(first?.count, 1);
  const error = assertThrows(() => decoder.next(), FrameTooLargeError);
  assertEquals([error.limit, error.actual, error.offset, error.frameIndex], [
    16_777_216,
    2n ** 63n,
    9,
    1,
  ]);
  assertEquals(assertThrows(() => decoder.push(hex("00"))), error);
  assertThrows(
    () => framing("i32be").createDecoder().push(hex("80000000")),
    MalformedFrameError,
    "-2147483648",
  );
});

Deno.test("the encoder refuses a length that does not fit", () => {
  const error = assertThrows(
    () => framing("u8").createEncoder().encode(new Uint8Array(256)),
    UnencodableFrameError,
  );
  assertEquals(error.message.includes("u8 holds 0 to 255"), true);
  assertThrows(
    () => framing("u8").createEncoder({ maxFrameLength: 3 }).encode(new Uint8Array(4)),
    FrameTooLargeError,
  );
  assertThrows(
    () => framing("u8?adjust=2").createEncoder().encode(new Uint8Array(1)),
    UnencodableFrameError,
  );
});

Deno.test("integers: every type reads what it wrote, at its edges", () => {
  for (const type of ["u8", "u16le", "u24be", "u24le", "u32be", "u64be", "u64le", "i32le"]) {
    if (!isIntegerType(type)) throw new Error(type);
    for (const value of [0, 1, 127, maxInteger(type)]) {
      const bytes = new Uint8Array(12);
      writeInteger(bytes, 2, type, value);
      assertEquals(readInteger(bytes, 2, type), value);
    }
  }
  assertEquals(readInteger(hex("fffffffe"), 0, "i32be"), -2);
  assertEquals(isIntegerType("toString"), false);
});

Deno.test("the batch tells where whole frames lie on the wire", () => {
  const batch = framing("u8").createDecoder().push(hex("01 61 02 6262 05 63"));
  assertEquals([batch?.wireStart, batch?.wireEnd, batch?.count], [0, 5, 2]);
});
