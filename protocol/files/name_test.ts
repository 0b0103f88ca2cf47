import { assert, assertEquals, assertThrows } from "@std/assert";
import { join, normalize } from "node:path";
import { random } from "../framing/testing.ts";
import { ExchangeError } from "../native/mod.ts";
import { nameParts } from "./name.ts";

const SEED = Number(crypto.getRandomValues(new Uint32Array(1))[0]);

Deno.test("ordinary names are taken, in every script", () => {
  for (
    const name of [
      "a",
      "a.txt",
      "dir/sub/a b.tar.gz",
      "文件.txt",
      ".hidden",
      "…",
      "con-tent",
      "%2e%2e",
    ]
  ) {
    assertEquals(nameParts(name), name.split("/"));
  }
});

Deno.test("whatever leads out of the root, or is no name somewhere, is refused", () => {
  const names = [
    ...["", "/", "/etc/passwd", "..", "../a", "a/../b", "a/..", "./a", "a/.", "a//b", "a/"],
    ...["C:\\a", "C:a", "\\\\host\\share", "a\\..\\b", "a:b", "a:$DATA"],
    ...["a\0", "a\nb", "a\x1b[2J", "a\x7f", "a\x85", "a\u202eb", "a\u200bb", "\ud800"],
    ...["a\u{e0001}", "a\u00adb", "a\u{fff9}"],
    ...["a.", "a ", "a./b", "con", "CON.txt", "Aux", "nul.tar.gz", "COM1", "lpt9.x", "COM¹"],
    ...["x.nonstick-part", "X.NONSTICK-PART", "d/.a.list.nonstick-part"],
    ...["a".repeat(256), "ä".repeat(128), "a/".repeat(2048) + "a"],
  ];
  for (const name of names) {
    const error = assertThrows(() => nameParts(name), ExchangeError);
    assertEquals(error.code, "invalid", name);
  }
});

Deno.test(`an accepted name stays below its root, and is normal already (seed ${SEED})`, () => {
  const below = random(SEED);
  const pieces = [
    "..",
    ".",
    "/",
    "\\",
    "a",
    "b.txt",
    ":",
    "\0",
    "con",
    " ",
    "%2e",
    "é",
    "\u202e",
    "~",
  ];
  let accepted = 0;
  for (let i = 0; i < 20_000; i++) {
    const name = Array.from({ length: 1 + below(6) }, () => pieces[below(pieces.length)]).join("");
    try {
      nameParts(name);
    } catch (error) {
      assert(error instanceof ExchangeError);
      continue;
    }
    accepted++;
    assertEquals(normalize(name), name, `seed ${SEED}`);
    assert(join("/root", name).startsWith("/root/"), `seed ${SEED}: ${name}`);
  }
  assert(accepted > 500, `${accepted}`);
});
