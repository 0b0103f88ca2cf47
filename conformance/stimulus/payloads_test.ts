import { assert, assertEquals } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import { EXPECTATIONS } from "./expectation.ts";
import { PayloadSource } from "./payloads.ts";
import { RandomStream } from "./random_stream.ts";

function payloadOf(spec: string, size: number): Uint8Array {
  const contract = { framing: framing(spec), expectation: EXPECTATIONS.echo };
  const random = new RandomStream(1, spec);
  return new PayloadSource(contract, random, { letters: "binary", empty: true }).payload(size);
}

Deno.test("a long payload has every byte that the framing can carry, and none of the others", () => {
  const table: [spec: string, barred: number[]][] = [
    ["u32be", []],
    ["line", [0x0a]],
    ["line?strip=cr", [0x0a]],
    ["delim:0d,61", [0x0d, 0x61]],
    ["delim:0a,0d0a", [0x0a]],
    ["marked:02:03", [0x02, 0x03]],
  ];
  for (const [spec, barred] of table) {
    const bytes = new Set(payloadOf(spec, 65_536));
    const missing = Array.from({ length: 256 }, (_, byte) => byte).filter((one) => !bytes.has(one));
    assertEquals(missing, barred, spec);
  }
});

Deno.test("where hardly any payload can be carried it is one of a single letter", () => {
  assertEquals(new Set(payloadOf("delim:0000,0101,ffff,0a0a", 65_536)).size, 1);
  assert(payloadOf("fixed:5", 3).length === 5);
});
