import { assertEquals, assertThrows } from "@std/assert";
import { PageError, partOf, table, withPart } from "./page.ts";

const PAGE = "# A\n<!-- measured: x -->\nold\n<!-- end of x -->\nB\n";

Deno.test("a measured part is replaced, and nothing else", () => {
  const page = withPart(PAGE, "x", ["new", "lines"]);
  assertEquals(page, "# A\n<!-- measured: x -->\n\nnew\nlines\n\n<!-- end of x -->\nB\n");
  assertEquals(partOf(page, "x"), "new\nlines");
  assertEquals(withPart(page, "x", ["new", "lines"]), page);
});

Deno.test("a part that is not there is told", () => {
  assertThrows(() => withPart(PAGE, "y", []), PageError, 'no part "y"');
  assertThrows(() => partOf("<!-- end of x --> <!-- measured: x -->", "x"), PageError);
});

Deno.test("bars in cells do not break tables", () => {
  assertEquals(table(["a"], [["1|2"]]), ["| a |", "| --- |", "| 1\\|2 |"]);
});
