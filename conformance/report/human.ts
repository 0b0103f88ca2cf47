/**
 * A run for people: one line for each case, then what failed and how to see it again, then the certificate.
 * @module
 */
import { printable, printableLines } from "../../cli/printable.ts";
import type { CaseResult, CertificateLine, RunResult } from "../campaign/result.ts";
import { CAUSES, type Verdict } from "../judge/verdict.ts";
import { type Paint, plain, styleOf } from "./paint.ts";
import { picture } from "./picture.ts";
import { againCommand, replayCommand, replayOptions } from "./replay.ts";

/** Widest title that still has its numbers on the same line, in characters. */
const TITLE = 52;
/** Lines of the target's standard error that are shown. */
const STDERR_LINES = 8;

/** The first lines: with the seed nothing of the run is lost. */
export function formatStart(
  start: { readonly seed: number; readonly target: string },
  about: string,
): string {
  return `seed ${start.seed}\ntarget ${start.target}, ${about}\n`;
}

/** One case on one line. */
export function formatCase(result: CaseResult, paint: Paint = plain): string {
  const { verdict, cause, id, title, deliveries, edges, ms, detail } = result;
  const name = paint(styleOf(verdict), verdict.padEnd(12));
  const numbers = [
    deliveries.total > 0 ? `${deliveries.played} of ${deliveries.total}` : "",
    edges.requested > 0 ? `${edges.proven} of ${edges.requested} edges proven` : "",
    ms >= 100 ? `${(ms / 1000).toFixed(1)} s` : "",
  ].filter((text) => text !== "").join(", ");
  const note = verdict === "FAIL" ? "" : printable(detail);
  const what = [cause ?? "", numbers, note].filter((text) => text !== "").join(" · ");
  return `${name} ${id.padEnd(6)} ${title.padEnd(TITLE)} ${what}`.trimEnd();
}

/** What comes behind the cases. `command` is the command line of the run, up to its cases. */
export function formatEnd(result: RunResult, command: string, paint: Paint = plain): string {
  const blocks = [
    ...failures(result.cases).map((alike) => formatFailure(alike, result, command, paint)),
    ...result.stderrTail === undefined
      ? []
      : [`The target's standard error ends with:\n${lastLines(result.stderrTail)}`],
    formatCertificate(result.certificate),
    formatTotals(result, paint),
    `again: ${againCommand(command, result.seed)}`,
  ];
  return `\n${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

/** What failed, cases with the same smallest delivery and cause together. */
function failures(cases: readonly CaseResult[]): CaseResult[][] {
  const groups = new Map<string, CaseResult[]>();
  for (const one of cases) {
    if (one.cause === undefined) continue;
    const { counterexample } = one;
    const key = counterexample === undefined ? one.id : replayOptions(counterexample);
    const group = groups.get(`${one.cause} ${key}`);
    if (group === undefined) groups.set(`${one.cause} ${key}`, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function formatFailure(
  [first, ...others]: readonly CaseResult[],
  run: RunResult,
  command: string,
  paint: Paint,
): string {
  if (first === undefined) return "";
  const { id, title, level, requirement, verdict, cause, detail, counterexample } = first;
  const lines = [
    `${paint(styleOf(verdict), `${verdict} ${cause}`)} ${paint("strong", `${id} ${title}`)}`,
    `  ${cause === undefined ? "" : CAUSES[cause]}`,
    `  ${level}: ${requirement}`,
    `  ${printable(detail)}`,
  ];
  if (counterexample !== undefined) {
    lines.push(...picture(counterexample).map((line) => `      ${line}`));
    const { cuts, stream } = counterexample;
    if (cuts.length === 0) lines.push(`  the ${stream.length / 2} bytes fail without any cut`);
  }
  lines.push(`  replay: ${replayCommand(command, first, run.seed)}`);
  lines.push(`  why: nonstick-conformance explain ${id}`);
  if (others.length > 0) lines.push(`  the same in: ${others.map(({ id }) => id).join(", ")}`);
  return lines.join("\n");
}

function formatCertificate(certificate: readonly CertificateLine[]): string {
  if (certificate.length === 0) return "";
  const lines = certificate.map(({ covers, proven, passed, total }) => {
    const assumed = passed > proven ? `, ${passed - proven} more with assumed edges` : "";
    return `  ${covers}: ${proven} of ${total} proven${assumed}`;
  });
  return `certificate\n${lines.join("\n")}`;
}

const ORDER: readonly Verdict[] = [
  "PASS",
  "FAIL",
  "NONSTRICT",
  "INCONCLUSIVE",
  "INFO",
  "UNSUPPORTED",
];

function formatTotals({ cases, verdict, edge, ms }: RunResult, paint: Paint): string {
  const counts = ORDER.map((one) => [one, cases.filter((c) => c.verdict === one).length] as const);
  const shown = counts.filter(([, count]) => count > 0).map(([one, count]) => `${count} ${one}`);
  const proven = cases.reduce((sum, { edges }) => sum + edges.proven, 0);
  const requested = cases.reduce((sum, { edges }) => sum + edges.requested, 0);
  const how = edge.reason === "" ? edge.method : `${edge.method}: ${edge.reason}`;
  return [
    `edges proven: ${proven} of ${requested} (${how})`,
    `${paint(styleOf(verdict), verdict)}: ${shown.join(", ")} in ${(ms / 1000).toFixed(1)} s`,
  ].join("\n");
}

function lastLines(text: string): string {
  const lines = printableLines(text).trimEnd().split("\n").slice(-STDERR_LINES);
  return lines.map((line) => `  ${line}`).join("\n");
}
