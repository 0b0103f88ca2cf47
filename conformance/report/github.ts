/**
 * A run for GitHub Actions: annotations as workflow commands, and a step summary as Markdown. GitHub shows ten
 * annotations of a kind for each step; the summary has them all.
 * @module
 */
import type { CaseResult, RunResult } from "../campaign/result.ts";
import { nameOf, outcomeOf, summaryOf } from "./outcome.ts";
import { replayOf } from "./replay.ts";
import { bySection, sectionTitle } from "./sections.ts";

/** Longest Markdown that a step summary may be given, in characters: well below GitHub's 1 MiB. */
const MOST_SUMMARY = 500_000;

/** Annotations, one workflow command on each line; empty when there is nothing to say. */
export function githubAnnotations(results: readonly RunResult[]): string {
  return results.flatMap((result) => [
    ...result.cases.flatMap((one) => annotation(one, result)),
    ...(result.stale ?? []).map((text) => command("error", "nonstick: stale entry", text)),
    ...(result.interrupted === undefined
      ? []
      : [command("error", "nonstick: interrupted", result.interrupted)]),
  ]).join("\n");
}

function annotation(one: CaseResult, result: RunResult): string[] {
  const kind = kindOf(one);
  if (kind === null) return [];
  const replay = replayOf(result, one);
  const message = [
    `${one.level}: ${one.requirement}`,
    summaryOf(one),
    ...(replay === undefined ? [] : [`replay: ${replay}`]),
  ];
  return [command(kind, `nonstick ${one.id} ${one.title}`, message.join("\n"))];
}

function kindOf(one: CaseResult): "error" | "warning" | "notice" | null {
  if (one.known !== undefined) return "notice";
  const outcome = outcomeOf(one);
  if (outcome === "failed") return "error";
  return outcome === "unsure" || one.verdict === "NONSTRICT" ? "warning" : null;
}

/** One workflow command: values escaped as the runner's own toolkit does it. */
function command(kind: "error" | "warning" | "notice", title: string, message: string): string {
  return `::${kind} title=${escapedProperty(title)}::${escapedData(message)}`;
}

function escapedData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** A step summary, for `$GITHUB_STEP_SUMMARY`. */
export function githubSummary(results: readonly RunResult[]): string {
  const text = results.map(runSummary).join("\n");
  if (text.length <= MOST_SUMMARY) return text;
  return `${text.slice(0, text.lastIndexOf("\n", MOST_SUMMARY))}\n\n… and more, see the report\n`;
}

const MARKS = { passed: "✅", failed: "❌", unsure: "❓", skipped: "➖" } as const;

function runSummary(result: RunResult): string {
  const { verdict, cases, certificate, interrupted, stale = [] } = result;
  const told = cases.filter((one) => kindOf(one) !== null);
  const sections = [...bySection(cases)].map(([section, list]) => {
    const count = (outcome: keyof typeof MARKS) =>
      list.filter((one) => outcomeOf(one) === outcome).length;
    return `| ${sectionTitle(section)} | ${count("passed")} | ${count("failed")} | ${
      count("unsure")
    } | ${count("skipped")} |`;
  });
  return [
    `### ${verdict === "PASS" ? "✅" : verdict === "FAIL" ? "❌" : "❓"} Framing: ${verdict}`,
    "",
    cell(nameOf(result)),
    "",
    ...(interrupted === undefined ? [] : [`**Interrupted:** ${cell(interrupted)}`, ""]),
    ...stale.map((text) => `- stale: ${cell(text)}`),
    "| section | passed | failed | unsure | not judged |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...sections,
    "",
    ...(told.length === 0 ? [] : ["| case | | what |", "| --- | --- | --- |"]),
    ...told.map((one) =>
      `| ${one.id} ${cell(one.title)} | ${MARKS[outcomeOf(one)]} ${one.cause ?? one.verdict} | ${
        cell(summaryOf(one))
      } |`
    ),
    ...(told.length === 0 ? [] : [""]),
    ...certificate.map(({ covers, proven, total }) =>
      `- ${cell(covers)}: **${proven} of ${total} proven**`
    ),
    "",
  ].join("\n");
}

/** Text that stays in its cell and is no markup. */
function cell(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").replace(/[\\`*_{}[\]<>|~#]/g, "\\$&");
}
