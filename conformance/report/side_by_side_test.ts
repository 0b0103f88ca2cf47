import { assertEquals, assertStringIncludes } from "@std/assert";
import { sideBySide } from "./side_by_side.ts";
import { FAILING, PASSED, PASSING } from "./testing.ts";

Deno.test("runs stand beside each other, cases in the order of the book", () => {
  const cases = [{ ...PASSED, id: "1.10" }, { ...PASSED, id: "1.2" }];
  const text = sideBySide([FAILING, { ...PASSING, cases, seed: 43 }]);
  assertStringIncludes(text, "A  tcp://127.0.0.1:7000 u32be echo seed 42");
  const rows = text.split("\n").filter((line) => /^\d/.test(line));
  assertEquals(rows.map((row) => row.split(" ")[0]), [
    "1.1",
    "1.2",
    "1.9",
    "1.10",
    "2.1",
    "3.3",
    "3.4",
    "8.2",
  ]);
  assertEquals(rows[1]?.split(/ {2,}/).slice(-2), ["CORRUPT", "pass"]);
  assertEquals(rows.at(-1)?.endsWith("known"), true);
});
