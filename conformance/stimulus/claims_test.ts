import { assert, assertEquals, assertThrows } from "@std/assert";
import { framing, FramingError } from "../../protocol/framing/mod.ts";
import { hexBytes } from "../../protocol/framing/hex.ts";
import { claimHeader, malformedHeader, oversizedFrame, TELLING_CLAIMS } from "./claims.ts";
import type { Contract } from "./contract.ts";
import { EXPECTATIONS } from "./expectation.ts";
import { PayloadSource } from "./payloads.ts";
import { RandomStream } from "./random_stream.ts";

const LIMIT = 100;

function contractOf(spec: string): Contract {
  return { framing: framing(spec), expectation: EXPECTATIONS.echo, maxFrame: LIMIT };
}

function refused(spec: string, wire: Uint8Array): void {
  const decoder = framing(spec).createDecoder({ maxFrameLength: LIMIT });
  assertThrows(() => decoder.push(wire), FramingError, undefined, spec);
}

const ANNOUNCING = [
  "u8",
  "u16be",
  "u24le",
  "u32be",
  "u64le",
  "i32be",
  "u32be?includes=header",
  "u32be?adjust=-4",
  "u16be?offset=2",
  "varint",
  "netstring",
  "content-length",
  "json+u8",
  "json+i32le?size=filesize",
];

for (const spec of ANNOUNCING) {
  Deno.test(`${spec}: a claim over the limit is refused, one at the limit is not`, () => {
    const contract = contractOf(spec);
    for (const claim of [BigInt(LIMIT) + 1n, ...TELLING_CLAIMS]) {
      const wire = claimHeader(contract, claim);
      if (wire !== undefined) refused(spec, wire);
    }
    const decoder = framing(spec).createDecoder({ maxFrameLength: LIMIT });
    assertEquals(decoder.push(claimHeader(contract, BigInt(LIMIT)) ?? new Uint8Array()), null);
    assertEquals(decoder.state, "body");
  });
}

Deno.test("claims are written as the framing writes them", () => {
  assertEquals(claimHeader(contractOf("u32le"), 258n), hexBytes("02010000"));
  assertEquals(claimHeader(contractOf("varint"), 300n), hexBytes("ac02"));
  assertEquals(claimHeader(contractOf("u8"), 256n), undefined);
  assertEquals(claimHeader(contractOf("line"), 300n), undefined);
});

Deno.test("malformed headers are refused", () => {
  for (const spec of ["i32be", "i32le", "varint", "netstring", "content-length"]) {
    const bad = malformedHeader(contractOf(spec));
    assert(bad);
    refused(spec, bad.wire);
  }
});

Deno.test("an over-long frame is refused, and full of bait", () => {
  for (
    const spec of ["u32be", "varint", "line", "delim:61", "netstring", "cobs", "content-length"]
  ) {
    const contract = contractOf(spec);
    const style = { letters: "binary", empty: true } as const;
    const source = new PayloadSource(contract, new RandomStream(3, "bait"), style);
    const bad = oversizedFrame(contract, source);
    assert(bad, spec);
    assertEquals(bad.payload?.length, LIMIT + 1);
    refused(spec, bad.wire);
  }
});
