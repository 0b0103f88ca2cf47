import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { junitReport } from "./junit.ts";
import { FAILING, PASSING } from "./testing.ts";

/** What Python's own XML parser makes of a report: a foreign reader, such as viewers use. */
const READER = `
import json, sys, xml.etree.ElementTree as E
root = E.fromstring(sys.stdin.buffer.read())
print(json.dumps([[root.tag, root.attrib], [
  [s.attrib, [[c.attrib, [[e.tag, e.attrib, e.text] for e in c]] for c in s.findall("testcase")]]
  for s in root.findall("testsuite")]]))
`;

type Attributes = Readonly<Record<string, string>>;
type Case = readonly [Attributes, readonly (readonly [string, Attributes, string])[]];
type Report = readonly [
  readonly [string, Attributes],
  readonly (readonly [Attributes, readonly Case[]])[],
];

async function read(xml: string): Promise<Report> {
  const child = new Deno.Command("python3", {
    args: ["-c", READER],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(xml));
  await writer.close();
  const { success, stdout } = await child.output();
  assert(success, "the XML is well-formed");
  const report: Report = JSON.parse(new TextDecoder().decode(stdout));
  return report;
}

/** What each element may have at most, by the schema of Jenkins' xUnit plugin (junit-10.xsd), which refuses other files. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  testsuites: ["name", "time", "tests", "failures", "errors"],
  testsuite: ["name", "tests", "failures", "errors", "skipped", "time", "timestamp"],
  testcase: ["name", "time", "classname"],
  failure: ["type", "message"],
  error: ["type", "message"],
  skipped: ["type", "message"],
  "system-out": [],
};

Deno.test("JUnit: nothing that the schema of Jenkins does not know", async () => {
  for (const result of [FAILING, PASSING, { ...PASSING, interrupted: "SIGINT", stale: ["1.1"] }]) {
    const [root, suites] = await read(junitReport([result]));
    const elements: (readonly [string, Attributes])[] = [
      root,
      ...suites.map(([attributes]) => ["testsuite", attributes] as const),
      ...suites.flatMap(([, cases]) => cases).flatMap(([attributes, inner]) => [
        ["testcase", attributes] as const,
        ...inner.map(([tag, own]) => [tag, own] as const),
      ]),
    ];
    for (const [tag, attributes] of elements) {
      const odd = Object.keys(attributes).filter((name) => !(ALLOWED[tag] ?? []).includes(name));
      assertEquals(odd, [], tag);
      assert(tag in ALLOWED, tag);
    }
  }
});

Deno.test("JUnit: a suite for each section, counts that add up, seconds, unique names", async () => {
  const [[tag, all], suites] = await read(junitReport([FAILING]));
  assertEquals(tag, "testsuites");
  assertEquals([all.tests, all.failures, all.errors], ["7", "1", "1"]);
  assertEquals(all.time, "1.500");
  assertEquals(suites.map(([{ name }]) => name), [
    "1 splits",
    "2 coalescing",
    "3 sizes and limits",
    "8 end and close",
  ]);
  const sumOf = (key: string) =>
    suites.reduce((sum, [attributes]) => sum + Number(attributes[key]), 0);
  for (const key of ["tests", "failures", "errors"]) {
    assertEquals(String(sumOf(key)), all[key], key);
  }
  assertEquals(sumOf("skipped"), 3);
  const names = suites.flatMap(([, cases]) => cases.map(([c]) => `${c.classname} ${c.name}`));
  assertEquals(new Set(names).size, 7);
  assertEquals(suites[0]?.[0].timestamp, "2025-01-02T03:04:05");
  assertEquals(suites[0]?.[1][0]?.[0].time, "1.234");
});

Deno.test("JUnit: what a case came to is where viewers look for it", async () => {
  const [, suites] = await read(junitReport([FAILING]));
  const inner = new Map(
    suites.flatMap(([, cases]) => cases.map(([c, elements]) => [c.name?.split(" ")[0], elements])),
  );
  assertEquals(inner.get("1.1"), []);
  const [failure] = inner.get("1.2") ?? [];
  assertEquals([failure?.[0], failure?.[1].type], ["failure", "CORRUPT"]);
  assertStringIncludes(failure?.[1].message ?? "", `CORRUPT: <b>"it's" & 100% #1, a:b\r\n]]>`);
  assertStringIncludes(failure?.[2] ?? "", "--stream 000000026869 --cuts 2,5");
  assertStringIncludes(failure?.[2] ?? "", "MUST: The answers do not depend");
  assertEquals(inner.get("2.1")?.[0]?.[0], "error");
  assertEquals(inner.get("3.3")?.[0]?.[0], "system-out");
  for (const id of ["1.9", "3.4", "8.2"]) assertEquals(inner.get(id)?.[0]?.[0], "skipped", id);
  assertStringIncludes(inner.get("8.2")?.[0]?.[2] ?? "", "known (failing, issue 17): PHANTOM");
});

Deno.test("JUnit: a run that is not whole is not green; several runs keep their names apart", async () => {
  const broken = { ...PASSING, interrupted: "shard 2 is missing", stale: ["k.txt:1: stale"] };
  const [, suites] = await read(junitReport([broken]));
  assertEquals(suites.at(-1)?.[0].errors, "2");
  const [, both] = await read(junitReport([PASSING, { ...PASSING, seed: 43 }]));
  assertEquals(new Set(both.map(([{ name }]) => name)).size, 2);
});
