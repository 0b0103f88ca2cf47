import { assertEquals } from "@std/assert";
import { nearest } from "./nearest.ts";

const NAMES = ["listen", "tls-cert", "tls-key", "log", "help"];

Deno.test("nearest finds what was probably meant", () => {
  for (
    const [text, meant] of [
      ["lisetn", "listen"],
      ["lsten", "listen"],
      ["liste", "listen"],
      ["tls-crt", "tls-cert"],
      ["tls-keys", "tls-key"],
      ["logg", "log"],
      ["hlep", "help"],
    ] as const
  ) assertEquals(nearest(text, NAMES), meant, text);
});

Deno.test("nearest suggests nothing for something else", () => {
  assertEquals(nearest("metrics", NAMES), undefined);
  assertEquals(nearest("", NAMES), undefined);
  assertEquals(nearest("x", []), undefined);
});
