import { assert, assertStringIncludes } from "@std/assert";
import { badgeReport } from "./badge.ts";
import { FAILING, PASSING } from "./testing.ts";

Deno.test("a badge says what was proven, or what is wrong; of several runs the worst", () => {
  assertStringIncludes(badgeReport([PASSING]), "framing u32be: 299 of 299 proven");
  assertStringIncludes(badgeReport([PASSING, FAILING]), "framing u32be: 1 failing");
  const unsure = { ...PASSING, verdict: "INCONCLUSIVE" as const };
  assertStringIncludes(badgeReport([unsure]), "inconclusive");
  assertStringIncludes(badgeReport([{ ...unsure, interrupted: "x" }]), "interrupted");
  const sly = badgeReport([{ ...PASSING, framing: '<script>&"' }]);
  assert(!sly.includes("<script>"));
  assertStringIncludes(sly, "&lt;script>&amp;&quot;");
});
