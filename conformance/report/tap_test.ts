import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { tapReport } from "./tap.ts";
import { FAILING, PASSING } from "./testing.ts";

Deno.test("TAP 14: version, plan, numbered points, directives", () => {
  const lines = tapReport([FAILING]).trimEnd().split("\n");
  assertEquals(lines[0], "TAP version 14");
  assertEquals(lines.filter((line) => /^\d+\.\.\d+$/.test(line)), ["1..7"]);
  const points = lines.filter((line) => /^(not )?ok /.test(line));
  assertEquals(points, [
    "ok 1 - 1.1 every single cut",
    "not ok 2 - 1.2 every pair of cuts",
    "ok 3 - 1.9 empty chunk # SKIP INFO: in process only",
    "not ok 4 - 2.1 two frames",
    "ok 5 - 3.3 limit",
    "ok 6 - 3.4 huge # SKIP UNSUPPORTED: no limit",
    "not ok 7 - 8.2 FIN at every offset # TODO known (failing, issue 17): PHANTOM: answered",
  ]);
});

Deno.test("TAP 14: everything else is a comment or stands in an indented YAML block", () => {
  let inside = false;
  for (const line of tapReport([FAILING]).trimEnd().split("\n")) {
    if (line === "  ---") inside = true;
    else if (line === "  ...") inside = false;
    else if (inside) assertMatch(line, /^ {2,4}(- |\w+:)/);
    else assertMatch(line, /^(TAP version 14|# |1\.\.|ok |not ok )/);
  }
  assertEquals(inside, false);
});

Deno.test("TAP 14: text cannot begin a directive; an interrupted run bails out", () => {
  const [one] = PASSING.cases;
  const sly = { ...PASSING, cases: one ? [{ ...one, title: "a # SKIP \\ b\nnot ok" }] : [] };
  assertStringIncludes(tapReport([sly]), "ok 1 - 1.1 a \\# SKIP \\\\ b not ok\n");
  const report = tapReport([{ ...PASSING, interrupted: "the history ends", stale: ["k:1: x"] }]);
  assertStringIncludes(report, "\nnot ok 2 - k:1: x\n");
  assertStringIncludes(report, "\nBail out! the history ends\n");
});
