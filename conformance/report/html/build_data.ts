import { printable, printableLines } from "../../../cli/printable.ts";
import type { CaseResult } from "../../campaign/result.ts";
import { findCase } from "../../cases/case_book.ts";
import type { RecordedRun } from "../../history/recorded.ts";
import type { Verdict } from "../../judge/verdict.ts";
import { againCommand, replayCommand } from "../replay.ts";
import { sectionOf, sectionTitle } from "../sections.ts";
import { PlayedCases } from "../wire/wire_story.ts";
import {
  type CaseStory,
  type ReportData,
  type ResultTuple,
  type RowTuple,
  type RunCard,
  VERDICT_LETTERS,
} from "./report_data.ts";
import { runNames } from "./run_names.ts";

/** Plays that are shown of a case that failed, besides the failure, and of any other. */
const SAMPLES = 2;
/** Characters of JSON that the plays of all cases may take together: 16 million. */
const ROOM = 16_000_000;
/** Verdicts whose plays are shown even when room is short. */
const TELLING: readonly Verdict[] = ["FAIL", "NONSTRICT", "INCONCLUSIVE"];

/** Texts, each stored once. */
class Strings {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of a text; it is made harmless to whoever shows it. -1 for none. */
  number(text: string | undefined): number {
    if (text === undefined || text === "") return -1;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.list.length);
    return this.list.push(printable(text).toWellFormed()) - 1;
  }
}

/** Everything that the page shows, from the histories of some runs. */
export function buildData(runs: readonly RecordedRun[]): ReportData {
  const strings = new Strings();
  const cases = new Map<string, CaseResult>();
  for (const run of runs) {
    for (const one of run.cases) if (!cases.has(one.id)) cases.set(one.id, one);
  }
  const ordered = [...cases.values()].sort((a, b) => compareIds(a.id, b.id));
  const numbers = new Map(ordered.map(({ id }, row) => [id, row]));
  const stories = new Stories();
  const results = runs.flatMap((run, i) => {
    const tell = stories.of(run);
    return run.cases.map((one) =>
      resultTuple(strings, one, numbers.get(one.id) ?? 0, i, tell(one))
    );
  });
  return {
    runs: runNames(runs).map((name, i) => runCard(runs[i], name)),
    strings: strings.list,
    rows: ordered.map((one) => rowTuple(strings, one)),
    results,
    stories: stories.list,
  };
}

function rowTuple(strings: Strings, { id, title, level, requirement }: CaseResult): RowTuple {
  const book = findCase(id);
  const heading = sectionTitle(sectionOf(id));
  const texts = [id, title, level, requirement, book?.why, book?.fix, book?.issue, heading];
  const [a, b, c, d, e, f, g, h] = texts.map((text) => strings.number(text));
  return [a ?? -1, b ?? -1, c ?? -1, d ?? -1, e ?? -1, f ?? -1, g ?? -1, h ?? -1];
}

function resultTuple(
  strings: Strings,
  one: CaseResult,
  row: number,
  run: number,
  story: number,
): ResultTuple {
  const { cause, detail, deliveries, edges, ms } = one;
  const verdict = one.known === undefined ? one.verdict : "KNOWN";
  return [
    row,
    run,
    VERDICT_LETTERS.findIndex(([name]) => name === verdict),
    strings.number(cause),
    strings.number(detail),
    deliveries.played,
    deliveries.total,
    edges.proven,
    edges.requested,
    Math.round(ms),
    story,
  ];
}

/** The stories of the cases, as many as there is room for. */
class Stories {
  readonly list: CaseStory[] = [];
  #room = ROOM;

  /** Tells the stories of one run: gives the number of each, or -1 when there is nothing to tell. */
  of(run: RecordedRun): (result: CaseResult) => number {
    const played = new PlayedCases(run);
    const notes = Map.groupBy(run.notes, (note) => note.case);
    return (result) => {
      const { id, verdict } = result;
      const failed = TELLING.includes(verdict);
      const plays = played.count(id);
      const measured = notes.get(id) ?? [];
      if (!failed && plays === 0 && measured.length === 0) return -1;
      const failure = failed && this.#room > 0 ? played.failure(result) ?? [] : [];
      const except = failure[0]?.play ?? 0;
      const told: CaseStory = {
        replay: failed ? printable(replayOf(run, result)) : "",
        failure,
        samples: this.#room > (failed ? 0 : ROOM / 2) ? played.samples(id, SAMPLES, except) : [],
        plays,
        notes: [
          ...knownNote(result),
          ...measured.map(({ what, values }) => [printable(what), valuesText(values)] as const),
        ],
      };
      this.#room -= JSON.stringify(told).length;
      return this.list.push(told) - 1;
    };
  }
}

function knownNote({ known }: CaseResult): (readonly [string, string])[] {
  return known === undefined ? [] : [["known failure", printable(`${known.at} ${known.why}`)]];
}

function replayOf({ about: { command, seed } }: RecordedRun, result: CaseResult): string {
  return command === undefined ? "" : replayCommand(command, result, seed);
}

function valuesText(values: Readonly<Record<string, number | string>>): string {
  return Object.entries(values).map(([name, value]) => printable(`${name} ${value}`)).join(", ");
}

function runCard(run: RecordedRun | undefined, name: string): RunCard {
  if (run === undefined) return { name, verdict: "", facts: [], certificate: [], stderr: "" };
  const { about, cases, end } = run;
  const proven = cases.reduce((sum, { edges }) => sum + edges.proven, 0);
  const requested = cases.reduce((sum, { edges }) => sum + edges.requested, 0);
  const how = end === undefined
    ? ""
    : [end.edge.method, end.edge.reason].filter(Boolean).join(": ");
  const facts: [string, string][] = [
    ["target", about.target],
    ["framing", about.framing],
    ["expects", about.expect],
    ["seed", String(about.seed)],
    ["edges proven", `${proven} of ${requested}${how === "" ? "" : ` (${how})`}`],
    ["took", end === undefined ? "interrupted" : `${(end.ms / 1000).toFixed(1)} s`],
    ["began", about.startedAt ?? ""],
    ["shard", about.shard === undefined ? "" : `${about.shard.index} of ${about.shard.of}`],
    ["stale", (end?.stale ?? []).join("; ")],
    ["version", about.version],
    ["again", about.command === undefined ? "" : againCommand(about.command, about.seed)],
  ];
  return {
    name,
    verdict: end?.verdict ?? "INTERRUPTED",
    facts: facts.filter(([, value]) => value !== "")
      .map(([what, value]) => [what, printable(value).toWellFormed()]),
    certificate: (end?.certificate ?? []).map((line) => [
      printable(line.covers),
      line.proven,
      line.passed,
      line.total,
    ]),
    stderr: printableLines(end?.stderrTail ?? "").toWellFormed(),
  };
}

/** `1.2` before `1.10`. */
function compareIds(a: string, b: string): number {
  const left = a.split(".").map(Number), right = b.split(".").map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}
