import { assertEquals } from "@std/assert";
import { parseLcov, percent, sum } from "./lcov.ts";

Deno.test("parseLcov reads the counts of every file", () => {
  const text = [
    "SF:/p/a.ts\nFN:1,f\nFNDA:1,f\nFNF:1\nFNH:1\nBRDA:2,1,0,1\nBRDA:2,1,1,-\nBRF:2\nBRH:1\nDA:1,1",
    "DA:2,0\nDA:3,1\nLH:2\nLF:3\nend_of_record\nSF:/p/b.ts\nBRF:0\nBRH:0\nDA:1,1\nLH:1\nLF:1",
    "end_of_record\n",
  ].join("\n");
  assertEquals(parseLcov(text), [
    { path: "/p/a.ts", lines: { hit: 2, found: 3 }, branches: { hit: 1, found: 2 } },
    { path: "/p/b.ts", lines: { hit: 1, found: 1 }, branches: { hit: 0, found: 0 } },
  ]);
  assertEquals(parseLcov(""), []);
});

Deno.test("sum and percent count over all files, not over averages", () => {
  assertEquals(percent(sum([{ hit: 1, found: 1 }, { hit: 0, found: 3 }])), 25);
  assertEquals(percent(sum([])), 100);
});
