import { assertEquals, assertThrows } from "@std/assert";
import { type CaseResult, conclude } from "../campaign/result.ts";
import { PASSED } from "../report/testing.ts";
import { NOT_HERE } from "../shard/shard.ts";
import { type KnownEntry, KnownListError, parseKnownList, withKnown } from "./known_list.ts";

const failed: CaseResult = { ...PASSED, verdict: "FAIL", cause: "PHANTOM", detail: "x" };

function entries(text: string, kind: KnownEntry["kind"] = "failing"): KnownEntry[] {
  return parseKnownList(text, kind, "k.txt");
}

/** What a run with these cases, all asked for, comes to. */
function concluded(cases: readonly CaseResult[], known: readonly KnownEntry[]) {
  const marked = cases.map((one) => withKnown(one, known));
  return conclude(marked, cases.map(({ id }) => id), known);
}

Deno.test("a list has ID CAUSE on each line, comments and empty lines", () => {
  const text = "# head\n\n  1.1  PHANTOM   # issue 17\r\n8.* LOST\n";
  assertEquals(entries(text), [
    { kind: "failing", glob: "1.1", cause: "PHANTOM", why: "issue 17", at: "k.txt:3" },
    { kind: "failing", glob: "8.*", cause: "LOST", why: "", at: "k.txt:4" },
  ]);
  for (const line of ["1.1", "1.1 phantom", "1.1 PHANTOM LOST", "1.1 toString"]) {
    assertThrows(() => entries(`\n${line}`), KnownListError, "k.txt:2");
  }
});

Deno.test("a known failure does not fail the run; the same case for another cause does", () => {
  assertEquals(concluded([failed], []).exitCode, 1);
  assertEquals(concluded([failed], entries("1.1 PHANTOM")), { verdict: "PASS", exitCode: 0 });
  assertEquals(concluded([failed], entries("1.* PHANTOM")).exitCode, 0);
  assertEquals(concluded([failed], entries("1.1 LOST")), { verdict: "FAIL", exitCode: 1 });
  assertEquals(concluded([failed], entries("2.1 PHANTOM")).exitCode, 1);
});

Deno.test("a stale entry fails the run and names its line", () => {
  assertEquals(concluded([PASSED], entries("\n1.1 PHANTOM")), {
    verdict: "FAIL",
    exitCode: 1,
    stale: ["k.txt:2: 1.1 PHANTOM is stale: 1.1 passed"],
  });
  const never: CaseResult = {
    ...PASSED,
    id: "3.3",
    verdict: "UNSUPPORTED",
    detail: "no limit",
    deliveries: { played: 0, total: 0 },
  };
  assertEquals(concluded([PASSED, never], entries("3.3 LOST")).stale, [
    "k.txt:1: 3.3 LOST is stale: 3.3 never ran (no limit)",
  ]);
  // A glob is true as long as one of its cases fails.
  assertEquals(concluded([failed, { ...PASSED, id: "1.2" }], entries("1.* PHANTOM")).exitCode, 0);
});

Deno.test("an entry of which this run cannot tell is not stale", () => {
  const cannotTell: CaseResult[] = [
    { ...PASSED, id: "1.2", verdict: "INFO", detail: NOT_HERE },
    { ...PASSED, id: "1.2", verdict: "INFO", deliveries: { played: 3, total: 9 } },
    { ...PASSED, id: "1.2", verdict: "INCONCLUSIVE", deliveries: { played: 3, total: 9 } },
  ];
  for (const one of cannotTell) {
    assertEquals(concluded([PASSED, one], entries("1.2 LOST")).stale, undefined, one.detail);
  }
  const known = entries("9.9 LOST");
  assertEquals(conclude([PASSED], ["1.1"], known).stale, undefined, "it was not asked for");
});

Deno.test("a flaky case may pass, fail for its cause, or fail now and then", () => {
  const known = entries("1.1 PHANTOM", "flaky");
  const sometimes: CaseResult = {
    ...PASSED,
    verdict: "INCONCLUSIVE",
    deliveries: { played: 3, total: 9 },
  };
  for (const one of [PASSED, failed, sometimes]) {
    assertEquals(concluded([one, { ...PASSED, id: "1.2" }], known).exitCode, 0, one.verdict);
  }
  assertEquals(concluded([{ ...failed, cause: "LOST" }], known).exitCode, 1);
  const control = { ...sometimes, deliveries: { played: 0, total: 0 } };
  assertEquals(concluded([control], known).exitCode, 3, "a case that never ran is not excused");
});

Deno.test("zero cases, or none that was decided, is never a pass", () => {
  assertEquals(conclude([], []).exitCode, 3);
  assertEquals(conclude([{ ...PASSED, id: "0.1" }], ["1.1"]).exitCode, 3);
  assertEquals(conclude([{ ...PASSED, verdict: "INFO" }], ["1.1"]).exitCode, 3);
  assertEquals(conclude([{ ...PASSED, verdict: "UNSUPPORTED" }], ["1.1"]).exitCode, 3);
});
