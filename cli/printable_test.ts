import { assert, assertEquals } from "@std/assert";
import { printable, printableJson, printableLines } from "./printable.ts";

/** Everything that must not reach a terminal or break a log line. */
const DANGEROUS = [
  ...Array.from({ length: 32 }, (_, code) => code),
  ...Array.from({ length: 33 }, (_, i) => 0x7f + i),
  0x61c,
  ...[0x200b, 0x200e, 0x200f, 0x2028, 0x2029],
  ...[0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0xfeff],
].map((code) => String.fromCharCode(code));

Deno.test("printable shows every control and reordering character as an escape", () => {
  for (const character of DANGEROUS) {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    assertEquals(printable(`a${character}b`), `a\\u${code}b`);
  }
});

Deno.test("printable leaves text of any language as it is", () => {
  for (const text of ["plain", "粘包", "naïve €", "🙂👍🏽", "עברית"]) {
    assertEquals(printable(text), text);
  }
});

Deno.test("printableLines leaves line ends and tabs", () => {
  assertEquals(printableLines("a\tb\n\r\x1b"), "a\tb\n\\u000d\\u001b");
});

Deno.test("printableJson stays the same value and one harmless line", () => {
  const value = { text: DANGEROUS.join("") + "粘包" };
  const line = printableJson(value);
  assertEquals(JSON.parse(line), value);
  for (const character of DANGEROUS) assert(!line.includes(character));
});
