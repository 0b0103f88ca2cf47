/**
 * A run as SARIF 2.1.0 (OASIS), with what GitHub code scanning asks for: rules are the cases with their help, results
 * are what failed. A target has no source lines that we know; the location is the replay file of the failure, as `--out`
 * writes it, so that its path stays the same from run to run.
 * @module
 */
import type { CaseResult, RunResult } from "../campaign/result.ts";
import { CASE_BOOK } from "../cases/case_book.ts";
import { sectionOf, sectionTitle } from "./sections.ts";
import { factsOf, outcomeOf, summaryOf } from "./outcome.ts";
import { replayOf } from "./replay.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const HOME = "https://jsr.io/@nonstick/nonstick";

/** Runs as one SARIF log. */
export function sarifReport(results: readonly RunResult[]): string {
  const runs = results.map(sarifRun);
  return `${JSON.stringify({ $schema: SCHEMA, version: "2.1.0", runs }, null, 2)}\n`;
}

function sarifRun(result: RunResult): Record<string, unknown> {
  const told = result.cases.filter(isTold);
  const ids = told.map(({ id }) => id);
  const { target, framing, expect, seed, exitCode, startedAt, ms } = result;
  const times = startedAt === undefined ? {} : {
    startTimeUtc: startedAt,
    endTimeUtc: new Date(Date.parse(startedAt) + ms).toISOString(),
  };
  return {
    tool: {
      driver: {
        name: "nonstick-conformance",
        semanticVersion: result.version,
        informationUri: HOME,
        rules: told.map(rule),
      },
    },
    automationDetails: { id: `nonstick-conformance/${framing}/${expect}/` },
    invocations: [{
      executionSuccessful: result.interrupted === undefined,
      exitCode,
      ...times,
      properties: { target, seed },
    }],
    columnKind: "utf16CodeUnits",
    results: told.map((one) => ({
      ruleId: one.id,
      ruleIndex: ids.indexOf(one.id),
      level: levelOf(one),
      kind: outcomeOf(one) === "unsure" ? "open" : "fail",
      message: { text: summaryOf(one) },
      locations: [{
        physicalLocation: {
          artifactLocation: { uri: `failures/${one.id}.json` },
          region: { startLine: 1 },
        },
      }],
      partialFingerprints: { "nonstick/v1": `${framing}/${expect}/${one.id}/${one.cause ?? ""}` },
      ...(one.known === undefined
        ? {}
        : { suppressions: [{ kind: "external", justification: one.known.why }] }),
      properties: { facts: factsOf(one, replayOf(result, one)) },
    })),
  };
}

/** Failures, of whatever level, and what is undecided; nothing that was right or was not judged. */
function isTold(one: CaseResult): boolean {
  return one.verdict === "FAIL" || one.verdict === "NONSTRICT" || one.verdict === "INCONCLUSIVE";
}

/** A result whose kind is not `fail` must have the level `none` (SARIF 2.1.0, 3.27.10). */
function levelOf(one: CaseResult): string {
  if (outcomeOf(one) === "unsure") return "none";
  return one.verdict === "FAIL" ? "error" : "warning";
}

function rule(one: CaseResult): Record<string, unknown> {
  const { id, title, level, requirement } = one;
  const known = CASE_BOOK.find((known) => known.id === id);
  const help = [
    `${level}: ${requirement}`,
    ...(known === undefined ? [] : [
      `Why: ${known.why}`,
      ...(known.issue === undefined ? [] : [`Seen in: ${known.issue}`]),
      `Likely fix: ${known.fix}`,
    ]),
  ];
  return {
    id,
    name: `Case${id.replaceAll(".", "_")}`,
    shortDescription: { text: title },
    fullDescription: { text: requirement },
    help: { text: help.join("\n"), markdown: help.join("\n\n") },
    defaultConfiguration: { level: level === "MUST" ? "error" : "warning" },
    properties: { tags: ["framing", sectionTitle(sectionOf(id))], precision: "very-high" },
  };
}
