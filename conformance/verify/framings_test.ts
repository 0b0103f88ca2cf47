import { assert } from "@std/assert";
import { formatVerification } from "./format.ts";
import { verifyDecoder } from "./verify_decoder.ts";

/** One of each kind, and what is special about the options. */
const SPECS = [
  "u8",
  "u16le",
  "u24be",
  "u32be",
  "u64le",
  "i32le",
  "u32be?includes=header",
  "u16be?adjust=2&strip=0",
  "u16be?offset=2",
  "varint",
  "line",
  "line?strip=cr",
  "line?tail=frame",
  "delim:2323",
  "delim:414142",
  "delim:0d0a,0a",
  "delim:00",
  "netstring",
  "marked:02:03",
  "marked:3c3c:3e3e",
  "slip",
  "cobs",
  "fixed:8",
  "content-length",
  "json+u32be",
];

for (const spec of SPECS) {
  Deno.test(`${spec} keeps the laws on short streams`, () => {
    const verification = verifyDecoder(spec, { longest: 34 });
    assert(verification.ok, formatVerification(verification));
  });
}

Deno.test("u32be keeps the laws on all streams, and 5,050 feeds cover 2^99 chunkings", () => {
  const verification = verifyDecoder("u32be");
  assert(verification.ok, formatVerification(verification));
  assert(verification.laws.every((law) => law.verdict === "held"));
  const closure = verification.checks.find((check) => check.name === "closure");
  const { note = "", passed = 0, total = 0 } = closure ?? {};
  assert(note.includes("100 bytes: all 2^99 chunkings"), note);
  assert(total > 5050 && passed === total);
});
