import { assert, assertEquals, assertMatch } from "@std/assert";
import { nameParts } from "../protocol/files/name.ts";
import { printable, printableJson, printableLines } from "./printable.ts";

/** Everything that must not reach a terminal or break a log line. */
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);
const DANGEROUS = [
  ...[...range(0, 0x1f), ...range(0x7f, 0x9f)],
  ...[...range(0x200b, 0x200f), ...range(0x2028, 0x202e), ...range(0x2060, 0x206f)],
  ...[0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x3164, 0xfeff, 0xffa0, 0xfff9, 0xe0001, 0xe0041],
].map((code) => String.fromCodePoint(code));

Deno.test("printable shows every control and reordering character as an escape", () => {
  for (const character of DANGEROUS) {
    const shown = printable(`a${character}b`);
    assertMatch(shown, /^a(\\u[0-9a-f]{4}){1,2}b$/);
    assertEquals(JSON.parse(`"${shown}"`), `a${character}b`);
  }
});

Deno.test("printable leaves text of any language as it is", () => {
  for (const text of ["plain", "粘包", "naïve €", "🙂👍🏽❤️", "עברית"]) {
    assertEquals(printable(text), text);
  }
});

Deno.test("what is shown as an escape is what no name of a file may have, and nothing else", () => {
  for (const code of [...range(0, 0xffff), ...range(0xe0000, 0xe0fff)]) {
    const character = String.fromCodePoint(code);
    if (!character.isWellFormed() || "/\\:".includes(character)) continue;
    const shown = printable(character) === character;
    assertEquals(isName(`a${character}b`), shown, `U+${code.toString(16)}`);
  }
});

function isName(name: string): boolean {
  try {
    return nameParts(name).length === 1;
  } catch {
    return false;
  }
}

Deno.test("printableLines leaves line ends and tabs", () => {
  assertEquals(printableLines("a\tb\n\r\x1b"), "a\tb\n\\u000d\\u001b");
});

Deno.test("printableJson stays the same value and one harmless line", () => {
  const value = { text: DANGEROUS.join("") + "粘包" };
  const line = printableJson(value);
  assertEquals(JSON.parse(line), value);
  for (const character of DANGEROUS) assert(!line.includes(character));
});
