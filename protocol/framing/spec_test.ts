import { assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { framing, FRAMING_FAMILIES } from "./framings.ts";
import { FramingSpecError } from "./spec.ts";

const CANONICAL: readonly (readonly [written: string, canonical: string])[] = [
  ["u32be", "u32be"],
  ["u32be?offset=0&adjust=0", "u32be"],
  ["u32be?adjust=-4", "u32be?adjust=-4"],
  ["u16le?strip=0&includes=header&offset=2", "u16le?includes=header&offset=2&strip=0"],
  ["u16le?strip=2", "u16le"],
  ["line?tail=error", "line"],
  ["line?tail=frame&strip=cr", "line?strip=cr&tail=frame"],
  ["delim:0D0A", "delim:0d0a"],
  ["delim:0d0a,0A", "delim:0d0a,0a"],
  ["marked:02:03", "marked:02:03"],
  ["fixed:0128", "fixed:128"],
  ["json+i32le?size=size", "json+i32le"],
  ["json+i32le?size=filesize", "json+i32le?size=filesize"],
];

for (const [written, canonical] of CANONICAL) {
  Deno.test(`framing("${written}") is ${canonical}, and that is itself`, () => {
    assertEquals(framing(written).spec, canonical);
    assertEquals(framing(canonical).spec, canonical);
  });
}

const WRONG: readonly (readonly [spec: string, part: string, hint: string])[] = [
  ["", "", "is not a framing"],
  ["u32", "u32", "u32be"],
  ["U32BE", "U32BE", "is not a framing"],
  ["u32be:4", "4", "write it as u32be"],
  ["u32be?", "", "key=value"],
  ["u32be?offset", "offset", "key=value"],
  ["u32be?offset=1&offset=2", "offset=2", "twice"],
  ["u32be?offset=-1", "offset=-1", "0 to 4096"],
  ["u32be?offset=1e3", "offset=1e3", "integer"],
  ["u32be?strip=cr", "strip=cr", "integer"],
  ["u32be?ofset=1", "ofset=1", "includes, adjust"],
  ["u32be?includes=payload", "includes=payload", "includes=header"],
  ["varint?x=1", "x=1", "its options: none"],
  ["line?strip=lf", "strip=lf", "strip=cr"],
  ["delim", "", "delim:HEX"],
  ["delim:", "", "hex"],
  ["delim:0", "0", "hex"],
  ["delim:0g", "0g", "hex"],
  ["delim:0d,0d0a", "0d", "no other delimiter may begin with it"],
  ["delim:0d0a78,0a", "0d0a78", "end inside it"],
  ["delim:0d0a,0d", "0d0a", "end inside it"],
  [
    `delim:${"61".repeat(200)},${"62".repeat(100)}`,
    `${"61".repeat(200)},${"62".repeat(100)}`,
    "255",
  ],
  ["marked:02", "02", "marked:HEX:HEX"],
  ["marked:0203:02", "02", "cannot be told"],
  [
    `marked:${"61".repeat(200)}:${"62".repeat(100)}`,
    `${"61".repeat(200)}:${"62".repeat(100)}`,
    "255",
  ],
  ["fixed:0", "0", "1 to"],
  ["fixed:ten", "ten", "integer"],
  ["json+u99", "json+u99", "is not a framing"],
  ["json+u32be?size=a.b", "size=a.b", "letters"],
];

for (const [spec, part, hint] of WRONG) {
  Deno.test(`framing("${spec.slice(0, 40)}") says what is wrong`, () => {
    const error = assertThrows(() => framing(spec), FramingSpecError);
    assertInstanceOf(error, FramingSpecError);
    assertEquals(error.spec, spec);
    assertEquals(error.part, part);
    assertStringIncludes(error.message, hint);
  });
}

Deno.test("every family's form and wire are told, names are unique", () => {
  const names = FRAMING_FAMILIES.map((family) => family.name);
  assertEquals(new Set(names).size, names.length);
  for (const { form, wire } of FRAMING_FAMILIES) {
    assertEquals(form.length > 0 && wire.length > 0, true);
  }
});
