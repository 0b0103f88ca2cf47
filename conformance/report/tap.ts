/**
 * A run as TAP version 14 (https://testanything.org/tap-version-14-specification.html): a test point for each case,
 * what is known of a failure as a YAML block behind it.
 * @module
 */
import type { CaseResult, RunResult } from "../campaign/result.ts";
import { factsOf, nameOf, outcomeOf, summaryOf } from "./outcome.ts";
import { replayOf } from "./replay.ts";

/** Runs as TAP 14, one stream. */
export function tapReport(results: readonly RunResult[]): string {
  const points = results.flatMap((result) => {
    const prefix = results.length > 1 ? `${nameOf(result)}: ` : "";
    return [
      ...result.cases.map((one) => (number: number) => testPoint(one, number, result, prefix)),
      ...(result.stale ?? []).map((text) => (number: number) => [
        `not ok ${number} - ${described(prefix + text)}`,
      ]),
    ];
  });
  const bail = results.flatMap(({ interrupted }) =>
    interrupted === undefined ? [] : [`Bail out! ${described(interrupted)}`]
  );
  return [
    "TAP version 14",
    ...results.map((result) => `# ${oneLine(nameOf(result))}`),
    `1..${points.length}`,
    ...points.flatMap((point, i) => point(i + 1)),
    ...bail,
    "",
  ].join("\n");
}

function testPoint(one: CaseResult, number: number, result: RunResult, prefix: string): string[] {
  const outcome = outcomeOf(one);
  const right = outcome === "passed" || outcome === "skipped" && one.known === undefined;
  const head = `${right ? "ok" : "not ok"} ${number} - ${
    described(`${prefix}${one.id} ${one.title}`)
  }`;
  if (one.known !== undefined) return [`${head} # TODO ${described(summaryOf(one))}`];
  if (outcome === "skipped") return [`${head} # SKIP ${described(summaryOf(one))}`];
  if (one.verdict === "PASS") return [head];
  return [head, ...diagnostics(one, result)];
}

/** A YAML block, indented by two spaces. JSON strings are YAML's double-quoted scalars. */
function diagnostics(one: CaseResult, result: RunResult): string[] {
  const values = {
    verdict: one.verdict,
    ...(one.cause === undefined ? {} : { cause: one.cause }),
    message: one.detail,
    level: one.level,
    requirement: one.requirement,
    duration_ms: Math.round(one.ms),
  };
  const facts = factsOf(one, replayOf(result, one));
  return [
    "  ---",
    ...Object.entries(values).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`),
    "  facts:",
    ...facts.map((fact) => `    - ${JSON.stringify(fact)}`),
    "  ...",
  ];
}

/** Text in which `#` begins no directive. */
function described(text: string): string {
  return oneLine(text).replaceAll("\\", "\\\\").replaceAll("#", "\\#");
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
