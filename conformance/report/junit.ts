/**
 * A run as JUnit XML, the de facto format (there is no standard; the parsers of Jenkins, GitLab and the GitHub actions
 * agree on this part of it): one `testsuite` for each section, one `testcase` for each case, times in seconds.
 *
 * GitLab shows the text inside of `failure` and `skipped`, others their `message`, so both are there. It shows only the
 * first of several test cases with the same name, so each name holds its id.
 * @module
 */
import type { CaseResult, RunResult } from "../campaign/result.ts";
import { factsOf, nameOf, outcomeOf, summaryOf } from "./outcome.ts";
import { replayOf } from "./replay.ts";
import { bySection, sectionTitle } from "./sections.ts";

/** Characters that XML 1.0 cannot hold, not even escaped (section 2.2, Char), and lone surrogates. */
const NO_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Runs as JUnit XML. */
export function junitReport(results: readonly RunResult[]): string {
  const cases = results.flatMap((one) => one.cases);
  const ms = results.reduce((sum, one) => sum + one.ms, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="nonstick-conformance"${counts(cases)}${timeOf(ms)}>`,
    ...results.flatMap((result) => suites(result, results.length > 1)),
    "</testsuites>",
    "",
  ].join("\n");
}

function suites(result: RunResult, several: boolean): string[] {
  const prefix = several ? `${nameOf(result)} / ` : "";
  const suites = [...bySection(result.cases)].flatMap(([section, cases]) => {
    const name = `${prefix}${sectionTitle(section)}`;
    const ms = cases.reduce((sum, one) => sum + one.ms, 0);
    const at = result.startedAt === undefined
      ? ""
      : attribute("timestamp", result.startedAt.slice(0, 19));
    return [
      `  <testsuite${attribute("name", name)}${counts(cases)}${skippedOf(cases)}${
        timeOf(ms)
      }${at}>`,
      "    <properties>",
      ...properties(result),
      "    </properties>",
      ...cases.flatMap((one) => testCase(one, name, result)),
      "  </testsuite>",
    ];
  });
  return [...suites, ...runProblems(result, prefix)];
}

/** What is wrong with the run as a whole, as a test case of its own, so that no viewer shows it as green. */
function runProblems({ interrupted, stale = [] }: RunResult, prefix: string): string[] {
  const problems = [
    ...(interrupted === undefined ? [] : [`interrupted: ${interrupted}`]),
    ...stale,
  ];
  if (problems.length === 0) return [];
  const name = `${prefix}the run itself`;
  const count = problems.length;
  return [
    `  <testsuite${
      attribute("name", name)
    } tests="${count}" failures="0" errors="${count}" skipped="0" time="0">`,
    ...problems.flatMap((problem) => [
      `    <testcase${attribute("classname", name)}${attribute("name", problem)} time="0">`,
      `      <error type="RUN"${attribute("message", problem)}>${escaped(problem)}</error>`,
      "    </testcase>",
    ]),
    "  </testsuite>",
  ];
}

function properties(result: RunResult): string[] {
  const { version, seed, target, framing, expect, edge, command } = result;
  const values = { version, seed, target, framing, expect, edge: edge.method, command };
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`      <property${attribute("name", name)}${attribute("value", String(value))}/>`]
  );
}

function testCase(one: CaseResult, suite: string, result: RunResult): string[] {
  const head = `    <testcase${attribute("classname", suite)}${
    attribute("name", `${one.id} ${one.title}`)
  } time="${seconds(one.ms)}"`;
  const inner = elements(one, result);
  return inner.length === 0 ? [`${head}/>`] : [`${head}>`, ...inner, "    </testcase>"];
}

function elements(one: CaseResult, result: RunResult): string[] {
  const message = attribute("message", summaryOf(one));
  const text = escaped(factsOf(one, replayOf(result, one)).join("\n"));
  switch (outcomeOf(one)) {
    case "failed":
      return [
        `      <failure${attribute("type", one.cause ?? one.verdict)}${message}>${text}</failure>`,
      ];
    case "unsure":
      return [`      <error${attribute("type", one.verdict)}${message}>${text}</error>`];
    case "skipped":
      return [`      <skipped${message}>${escaped(summaryOf(one))}</skipped>`];
    case "passed":
      return one.verdict === "PASS" ? [] : [`      <system-out>${text}</system-out>`];
  }
}

function counts(cases: readonly CaseResult[]): string {
  const failures = countOf(cases, "failed"), errors = countOf(cases, "unsure");
  return ` tests="${cases.length}" failures="${failures}" errors="${errors}"`;
}

/** For a suite only: the schema by which Jenkins validates knows none for all of them. */
function skippedOf(cases: readonly CaseResult[]): string {
  return ` skipped="${countOf(cases, "skipped")}"`;
}

function countOf(cases: readonly CaseResult[], outcome: ReturnType<typeof outcomeOf>): number {
  return cases.filter((one) => outcomeOf(one) === outcome).length;
}

function timeOf(ms: number): string {
  return ` time="${seconds(ms)}"`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function attribute(name: string, value: string): string {
  // A line end in an attribute would be read as a space (XML 1.0, 3.3.3).
  return ` ${name}="${escaped(value).replaceAll("\n", "&#10;").replaceAll("\r", "&#13;")}"`;
}

function escaped(text: string): string {
  return text.replace(NO_XML, "\ufffd").replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
