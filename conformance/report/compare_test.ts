import { assertEquals, assertStringIncludes } from "@std/assert";
import { compareResults, formatComparison } from "./compare.ts";
import { FAILING, PASSED, PASSING } from "./testing.ts";

Deno.test("two runs: new failures, fixed ones, other causes, coverage that is gone", () => {
  const failed = { ...PASSED, verdict: "FAIL", cause: "LOST", detail: "x" } as const;
  const before = {
    ...PASSING,
    cases: [PASSED, { ...failed, id: "1.2" }, { ...failed, id: "1.4" }, { ...PASSED, id: "1.5" }, {
      ...PASSED,
      id: "1.6",
    }],
  };
  const now = {
    ...FAILING,
    cases: [
      failed,
      { ...PASSED, id: "1.2" },
      { ...failed, id: "1.4", cause: "LATE" as const },
      { ...PASSED, id: "1.5", verdict: "INFO" as const, detail: "time" },
      { ...PASSED, id: "1.6", certificate: { covers: "c", proven: 5, passed: 5, total: 299 } },
    ],
  };
  assertEquals(compareResults(before, now), {
    newFailures: ["1.1 every single cut: LOST, x"],
    fixed: ["1.2 every single cut: was LOST"],
    changedCause: ["1.4 every single cut: LATE, was LOST"],
    lostCoverage: [
      "1.5 every single cut: INFO, time",
      "1.6 every single cut: 5 proven, 299 before",
    ],
  });
  assertStringIncludes(formatComparison(compareResults(before, now)), "new failures\n  1.1 ");
  assertEquals(formatComparison(compareResults(before, before)), "");
  assertEquals(compareResults(PASSING, { ...PASSING, cases: [] }).lostCoverage, [
    "1.1 every single cut: not run",
  ]);
});
