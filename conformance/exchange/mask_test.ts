import { assert, assertEquals, assertThrows } from "@std/assert";
import { bytePattern, byteText } from "./byte_pattern.ts";
import { Mask } from "./mask.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a mask hides what it matches and nothing else", () => {
  const mask = new Mask(["Date: [^\\r]*", "id=[0-9]+"]);
  const one = mask.hide(bytes("Date: Sat\r\nid=7 a\r\n"));
  assertEquals(one, mask.hide(bytes("Date: Sunday\r\nid=123 a\r\n")));
  assertEquals(new TextDecoder().decode(one), "#\r\n# a\r\n");
  const raw = Uint8Array.of(0, 200, 255);
  assertEquals(mask.hide(raw), raw);
  assert(!new Mask([]).active);
});

Deno.test("a pattern that matches nothing at all changes nothing", () => {
  assertEquals(new Mask(["x*"]).hide(bytes("abc")), bytes("abc"));
});

Deno.test("patterns see bytes; letters that are not ASCII are their UTF-8", () => {
  assert(bytePattern("^欢迎+$").test(byteText(bytes("欢迎"))));
  assert(bytePattern("^\\xff$").test(byteText(Uint8Array.of(255))));
  assertEquals(byteText(new Uint8Array(20_000)).length, 20_000);
  assertThrows(() => bytePattern("("), SyntaxError);
});
