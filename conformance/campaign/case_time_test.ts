import { assertEquals } from "@std/assert";
import { caseTime } from "./case_time.ts";

Deno.test("a case has a quarter of what is left, and its failure less; a control has all there is", () => {
  const options = { budgetMs: 1000, shrinkMs: 50 };
  assertEquals(caseTime("1.1", 200, options, 8), { deadlineMs: 400, shrinkMs: 50 });
  assertEquals(caseTime("1.1", 840, options, 8), { deadlineMs: 880, shrinkMs: 20 });
  assertEquals(caseTime("1.1", 2000, options, 8), { deadlineMs: 2000, shrinkMs: 0 });
  assertEquals(caseTime("0.2", 840, options, 20), { deadlineMs: Infinity, shrinkMs: 8 });
});
