import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { githubAnnotations, githubSummary } from "./github.ts";
import { FAILING, PASSING } from "./testing.ts";

Deno.test("annotations: one command on each line, escaped as the runner reads it", () => {
  const lines = githubAnnotations([FAILING]).split("\n");
  assertEquals(lines.map((line) => line.split(" ")[0]), [
    "::error",
    "::warning",
    "::warning",
    "::notice",
  ]);
  const [first = ""] = lines;
  assert(first.startsWith("::error title=nonstick 1.2 every pair of cuts::MUST%3A") === false);
  assert(first.startsWith("::error title=nonstick 1.2 every pair of cuts::MUST: The answers"));
  assertStringIncludes(first, "100%25 #1, a:b%0D%0A]]>");
  const [one] = FAILING.cases;
  const sly = {
    ...FAILING,
    cases: one ? [{ ...one, verdict: "FAIL" as const, title: "a,b::c\nd" }] : [],
  };
  assertStringIncludes(githubAnnotations([sly]), "title=nonstick 1.1 a%2Cb%3A%3Ac%0Ad::");
  assertEquals(githubAnnotations([PASSING]), "");
  assertStringIncludes(
    githubAnnotations([{ ...PASSING, stale: ["k.txt:1: is stale"] }]),
    "::error title=nonstick%3A stale entry::k.txt:1: is stale",
  );
});

Deno.test("summary: tables whose cells no text can break", () => {
  const summary = githubSummary([FAILING]);
  assertStringIncludes(summary, "### ❌ Framing: FAIL");
  const rows = summary.split("\n").filter((line) => line.startsWith("| 1.2 "));
  assertEquals(rows.length, 1);
  // Behind each unescaped bar a cell begins.
  assertEquals(rows[0]?.replaceAll(/\\./gu, "").split("|").length, 5);
  assertStringIncludes(summary, "**299 of 299 proven**");
  assertStringIncludes(githubSummary([{ ...PASSING, interrupted: "x" }]), "**Interrupted:** x");
});

Deno.test("summary: stays below GitHub's limit", () => {
  const [, failed] = FAILING.cases;
  const many = Array.from(
    { length: 5000 },
    () => failed ? [{ ...failed, detail: "x".repeat(500) }] : [],
  );
  assert(githubSummary([{ ...FAILING, cases: many.flat() }]).length < 600_000);
});
