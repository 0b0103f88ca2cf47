import { assert, assertEquals } from "@std/assert";
import { projectPath } from "../project.ts";
import { problemsOf } from "./problems.ts";
import { THREATS } from "./table.ts";
import { testNames } from "./test_names.ts";

Deno.test("every threat has tests, and each of them is there", async () => {
  assertEquals(await problemsOf(THREATS), []);
});

Deno.test("docs/THREATS.md has every threat, and links to every test", async () => {
  const page = await Deno.readTextFile(projectPath("docs/THREATS.md"));
  for (const { id, title, covered } of THREATS) {
    assert(page.includes(`## ${id} ${title}\n`), id);
    for (const [, ...tests] of covered) {
      for (const { file } of tests) assert(page.includes(`(../${file})`), `${id}: ${file}`);
    }
  }
});

Deno.test("a threat that is missing or has no test, and a test that is not there, are problems", async () => {
  const [first, second, ...rest] = THREATS;
  if (first === undefined || second === undefined) throw new Error("the table is empty");
  const gone = { file: "cli/printable_test.ts", name: "no such test" };
  const nowhere = { file: "no_such_test.ts", name: "x" };
  const threats = [
    { ...second, covered: [["a"], ["b", gone, nowhere]] as const },
    ...rest.map((threat) => threat.id === "S9" ? { ...threat, covered: [] } : threat),
  ];
  assertEquals(await problemsOf(threats), [
    "S1 is in the table 0 times",
    'S2: "a" has no test',
    'S2: cli/printable_test.ts has no test "no such test"',
    'S2: no_such_test.ts has no test "x"',
    "S9 has no test",
  ]);
});

Deno.test("names of tests are found however they are written", () => {
  const source = [
    'Deno.test("one \\"a\\"", () => {});',
    "Deno.test(\n  `two ${spec}`,\n  () => {});",
    'Deno.test({\n  name: "three",',
    '// assertEquals("four")',
  ].join("\n");
  assertEquals([...testNames(source)], ['one "a"', "two ${spec}", "three"]);
});
