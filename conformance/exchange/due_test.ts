import { assertEquals, assertThrows } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import { type Due, takeBytes, takeCount, takeFrame, takePattern } from "./due.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** What `take` says of each beginning of `text`, from byte 1 on. */
function growing(take: Due["take"], text: string): (number | string)[] {
  return Array.from({ length: text.length }, (_, i) => take(bytes(text).subarray(0, i + 1), 1));
}

Deno.test("bytes are taken when all are there, and refused with the first that is wrong", () => {
  assertEquals(growing(takeBytes(bytes("ab")), "-abc"), ["more", "more", 3, 3]);
  assertEquals(growing(takeBytes(bytes("ab")), "-ax"), ["more", "more", "wrong"]);
  assertEquals(growing(takeCount(2), "-xyz"), ["more", "more", 3, 3]);
});

Deno.test("a pattern takes the shortest beginning, whatever the pieces in which it came", () => {
  const line = takePattern("220 .*\\r\\n");
  assertEquals(line(bytes("220 a\r\n220 b\r\n"), 0), 7);
  const results = growing(takePattern("O.*\\n"), "-OK\nO\n");
  assertEquals(results, ["more", "more", "more", 4, 4, 4]);
  assertEquals(takePattern("x")(new Uint8Array(20_000), 0), "wrong");
  assertThrows(() => takePattern("(?"), SyntaxError);
});

Deno.test("a frame is taken with its last byte; what is none is wrong", () => {
  const take = takeFrame(framing("netstring"), (payload) => payload.length === 2);
  assertEquals(growing(take, "-2:ab,2:"), ["more", "more", "more", "more", "more", 6, 6, 6]);
  assertEquals(take(bytes("3:abc,"), 0), "wrong");
  assertEquals(take(bytes("x"), 0), "wrong");
});
