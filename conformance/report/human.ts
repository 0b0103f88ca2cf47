/**
 * A run for people: a tree of sections and cases, then what failed and how to see it again, then the certificate.
 * @module
 */
import { printable, printableLines } from "../../cli/printable.ts";
import type { CaseResult, CertificateLine, RunResult } from "../campaign/result.ts";
import type { CheckedLine } from "../recheck/checked_line.ts";
import { CAUSES, type Verdict } from "../judge/verdict.ts";
import { isEverywhere } from "../shard/shard.ts";
import { type Paint, plain, styleOf } from "./paint.ts";
import { picture } from "./picture.ts";
import type { WireStory } from "./wire/wire_story.ts";
import { shellLine } from "../../cli/command_words.ts";
import { againCommand, replayCommand, replayOptions } from "./replay.ts";
import { sectionOf, sectionTitle } from "./sections.ts";

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

/** Cases as a tree: each section with its name, when it begins. */
export class CaseTree {
  readonly #paint: Paint;
  #section = "";

  /** Makes an empty tree. */
  constructor(paint: Paint = plain) {
    this.#paint = paint;
  }

  /** The lines of the next case, below the name of its section when that is another one. */
  add(result: CaseResult): string {
    // What all others depend on stands with the controls, wherever the book has it.
    const section = isEverywhere(result.id) ? "0" : sectionOf(result.id);
    const heading = section === this.#section
      ? ""
      : `${this.#paint("strong", sectionTitle(section))}\n`;
    this.#section = section;
    return heading + formatCase(result, this.#paint).replace(/^/gm, "  ");
  }
}

/** One case on one line; for a failure its requirement below. */
export function formatCase(result: CaseResult, paint: Paint = plain): string {
  const { verdict, cause, id, title, deliveries, edges, ms, detail, known } = result;
  const name = paint(styleOf(verdict), verdict.padEnd(12));
  const numbers = [
    deliveries.total > 0 ? `${deliveries.played} of ${deliveries.total}` : "",
    edges.requested > 0 ? `${edges.proven} of ${edges.requested} edges proven` : "",
    ms >= 100 ? `${(ms / 1000).toFixed(1)} s` : "",
  ].filter((text) => text !== "").join(", ");
  const note = known !== undefined
    ? `known (${known.at})${known.why === "" ? "" : `: ${printable(known.why)}`}`
    : verdict === "FAIL"
    ? ""
    : printable(detail);
  const what = [cause ?? "", numbers, note].filter((text) => text !== "").join(" · ");
  const line = `${name} ${id.padEnd(6)} ${title.padEnd(TITLE)} ${what}`.trimEnd();
  if (cause === undefined) return line;
  const { level, requirement } = result;
  return `${line}\n${" ".repeat(20)}${paint("quiet", `${level}: ${requirement}`)}`;
}

/** What else a report may say at the end of a run. */
export interface EndOptions {
  /** Colours. */
  readonly paint?: Paint;
  /** The replay files that were written, by id of the case. */
  readonly replayFiles?: ReadonlyMap<string, string>;
  /** What was seen when a failure was confirmed, where it is known. */
  readonly storyOf?: (result: CaseResult) => WireStory | undefined;
  /** The certificate, counted again from the history. */
  readonly checked?: readonly CheckedLine[];
}

/** What comes behind the cases. `command` is the command line of the run, up to its cases. */
export function formatEnd(result: RunResult, command: string, options: EndOptions = {}): string {
  const { paint = plain, checked } = options;
  const { stale = [] } = result;
  const blocks = [
    ...failures(result.cases).map((alike) => formatFailed(alike, command, result.seed, options)),
    ...stale.map((text) => `${paint("bad", "STALE")} ${printable(text)}`),
    ...result.stderrTail === undefined
      ? []
      : [`The target's standard error ends with:\n${lastLines(result.stderrTail)}`],
    checked === undefined ? formatCertificate(result.certificate) : formatChecked(checked, paint),
    interruption(result, paint),
    formatTotals(result, paint),
    `again: ${againCommand(command, result.seed, result.shard)}`,
  ];
  return `\n${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

/** What failed, cases with the same smallest delivery and cause together. */
function failures(cases: readonly CaseResult[]): CaseResult[][] {
  const groups = new Map<string, CaseResult[]>();
  for (const one of cases) {
    if (one.cause === undefined || one.known !== undefined) continue;
    const { counterexample } = one;
    const key = counterexample === undefined ? one.id : replayOptions(counterexample);
    const group = groups.get(`${one.cause} ${key}`);
    if (group === undefined) groups.set(`${one.cause} ${key}`, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

/** Cases that failed alike, with the smallest delivery that shows it and how to play it again. */
export function formatFailed(
  [first, ...others]: readonly CaseResult[],
  command: string,
  seed: number,
  { paint = plain, replayFiles, storyOf }: EndOptions = {},
): string {
  if (first === undefined) return "";
  const { id, title, level, requirement, verdict, cause, detail, counterexample } = first;
  const lines = [
    `${paint(styleOf(verdict), `${verdict} ${cause ?? ""}`.trimEnd())} ${
      paint("strong", `${id} ${title}`)
    }`,
    `  ${cause === undefined ? "" : CAUSES[cause]}`,
    `  ${level}: ${requirement}`,
    `  ${printable(detail)}`,
  ];
  if (counterexample !== undefined) {
    lines.push(...picture(counterexample, storyOf?.(first)).map((line) => `      ${line}`));
    const { cuts, stream } = counterexample;
    if (cuts.length === 0) lines.push(`  the ${stream.length / 2} bytes fail without any cut`);
  }
  lines.push(`  replay: ${replayCommand(command, first, seed)}`);
  const file = replayFiles?.get(id);
  if (file !== undefined) lines.push(`      or: nonstick-conformance replay ${shellLine([file])}`);
  lines.push(`  why: nonstick-conformance explain ${id}`);
  if (others.length > 0) lines.push(`  the same in: ${others.map(({ id }) => id).join(", ")}`);
  return lines.join("\n");
}

function formatCertificate(certificate: readonly CertificateLine[]): string {
  if (certificate.length === 0) return "";
  return `certificate\n${certificate.map(certificateLine).join("\n")}`;
}

/** The certificate as the history shows it, each line with what came of counting it again. */
export function formatChecked(checked: readonly CheckedLine[], paint: Paint = plain): string {
  if (checked.length === 0) return "";
  const lines = checked.map((one) => {
    const found = certificateLine({ ...one, covers: one.stored.covers });
    return one.mismatch === undefined
      ? `${found}${wholeness(one)}`
      : `${found}\n    ${paint("bad", "MISMATCH")} ${one.id}: ${one.mismatch}`;
  });
  return `certificate, counted again from the history\n${lines.join("\n")}`;
}

/** What is said of a set of which nothing is missing; without a rule only the number is known. */
function wholeness({ proven, total, stored, byScript = false }: CheckedLine): string {
  if (proven < total) return "";
  return stored.set === undefined && !byScript ? ", as many as it has" : ", the set is whole";
}

function certificateLine({ covers, proven, passed, total }: CertificateLine): string {
  const assumed = passed > proven ? `, ${passed - proven} more with assumed edges` : "";
  return `  ${covers}: ${proven} of ${total} proven${assumed}`;
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
  const counts = ORDER.map((one) => {
    const count = cases.filter((c) => c.verdict === one && c.known === undefined).length;
    return count > 0 ? `${count} ${one}` : "";
  });
  const known = cases.filter((one) => one.known !== undefined).length;
  const shown = [...counts, known > 0 ? `${known} known` : ""].filter((text) => text !== "");
  const proven = cases.reduce((sum, { edges }) => sum + edges.proven, 0);
  const requested = cases.reduce((sum, { edges }) => sum + edges.requested, 0);
  const how = edge.reason === "" ? edge.method : `${edge.method}: ${edge.reason}`;
  return [
    `edges proven: ${proven} of ${requested} (${how})`,
    `${paint(styleOf(verdict), verdict)}: ${shown.join(", ")} in ${(ms / 1000).toFixed(1)} s`,
  ].join("\n");
}

/** Why not everything was played, if so: the run was broken off, or its time was over. */
function interruption({ interrupted, cases }: RunResult, paint: Paint): string {
  const partly = cases.filter((one) => one.verdict === "INFO" && isPartly(one)).map(({ id }) => id);
  const why = [
    ...(interrupted === undefined ? [] : [printable(interrupted)]),
    ...(partly.length === 0
      ? []
      : [`the time budget was over; played in part: ${partly.join(", ")}`]),
  ];
  return why.map((text) => `${paint("unsure", "interrupted:")} ${text}`).join("\n");
}

function isPartly({ deliveries: { played, total }, detail }: CaseResult): boolean {
  return played < total && detail.startsWith("time budget");
}

function lastLines(text: string): string {
  const lines = printableLines(text).trimEnd().split("\n").slice(-STDERR_LINES);
  return lines.map((line) => `  ${line}`).join("\n");
}
