import { assertEquals } from "@std/assert";
import { unixPath } from "./own_unix_sockets.ts";

Deno.test("unixPath() ends at a zero byte or at the end", () => {
  const bytes = (text: string) => Uint8Array.of(1, 0, ...new TextEncoder().encode(text));
  assertEquals(unixPath(bytes("/run/a.sock\0\0")), "/run/a.sock");
  assertEquals(unixPath(bytes("/run/ä.sock")), "/run/ä.sock");
  assertEquals(unixPath(bytes("")), "");
});

Deno.test("unixPath() is undefined in an address of another family", () => {
  assertEquals(unixPath(Uint8Array.of(2, 0, 0x1b, 0x58, 127, 0, 0, 1)), undefined);
  assertEquals(unixPath(new Uint8Array(0)), undefined);
});
