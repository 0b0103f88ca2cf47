// What the real @std/bytes documents, run against whatever "@std/bytes" resolves to: the stand-ins
// where JSR cannot be reached, the real package where it can.

import { assertEquals } from "@std/assert";
import { concat, equals, indexOfNeedle } from "@std/bytes";

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

/** The same bytes inside a larger, dirty buffer: no function may look beyond its view. */
function inside(view: Uint8Array): Uint8Array {
  const dirty = new Uint8Array(view.length + 9).fill(0xee);
  dirty.set(view, 5);
  return dirty.subarray(5, 5 + view.length);
}

Deno.test("@std/bytes concat joins the parts in a new array", () => {
  const cases: [parts: Uint8Array[], whole: Uint8Array][] = [
    [[], bytes()],
    [[bytes()], bytes()],
    [[bytes(0, 1, 2), bytes(3, 4, 5)], bytes(0, 1, 2, 3, 4, 5)],
    [[inside(bytes(7)), bytes(), inside(bytes(8, 9))], bytes(7, 8, 9)],
  ];
  for (const [parts, whole] of cases) assertEquals(concat(parts), whole);

  const only = bytes(1, 2);
  const copied = concat([only]);
  only[0] = 9;
  assertEquals(copied, bytes(1, 2));
  assertEquals(copied.buffer.byteLength, 2);
});

Deno.test("@std/bytes equals compares content", () => {
  const long = new Uint8Array(1000).map((_, i) => i);
  const other = long.map((byte, i) => i === 999 ? byte ^ 1 : byte);
  const cases: [a: Uint8Array, b: Uint8Array, same: boolean][] = [
    [bytes(), bytes(), true],
    [bytes(1, 2, 3), bytes(1, 2, 3), true],
    [bytes(1, 2, 3), bytes(4, 5, 6), false],
    [bytes(1, 2, 3), bytes(1, 2), false],
    [inside(bytes(1, 2)), bytes(1, 2), true],
    [long, inside(long), true],
    [long, other, false],
  ];
  for (const [a, b, same] of cases) {
    assertEquals(equals(a, b), same);
    assertEquals(equals(b, a), same);
  }
});

Deno.test("@std/bytes indexOfNeedle finds the first place from a start", () => {
  const source = bytes(0, 1, 2, 1, 2, 1, 2, 3);
  const cases: [source: Uint8Array, needle: Uint8Array, start: number | undefined, at: number][] = [
    [source, bytes(1, 2), undefined, 1],
    [source, bytes(5, 0), undefined, -1],
    [source, bytes(1, 2), 2, 3],
    [source, bytes(1, 2), 6, -1],
    [source, bytes(3), -1, 7],
    [source, bytes(3), -99, 7],
    [source, bytes(0), -1, -1],
    [source, bytes(2, 3, 4), 0, -1],
    [source, bytes(), 0, -1],
    [bytes(), bytes(1), 0, -1],
    [bytes(1), bytes(1, 2), 0, -1],
    [bytes(1, 1, 1, 2), bytes(1, 1, 2), 0, 1],
    [inside(bytes(1, 2)), bytes(0xee), 0, -1],
    [bytes(1), bytes(1), 1, -1],
    [bytes(1), bytes(1), 2, -1],
  ];
  for (const [haystack, needle, start, at] of cases) {
    assertEquals(indexOfNeedle(haystack, needle, start), at);
  }
});
