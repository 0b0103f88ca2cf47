/**
 * The data of the page, ready to be asked: which cases there are, what they came to, which of them are shown. Sent to
 * the page as text; see `page_script.ts`.
 * @module
 */
import type { ReportData, ResultTuple, RowTuple } from "./report_data.ts";

/** A line of the matrix: a case, or the heading of a section. */
export interface Line {
  /** Number of the case; -1 for a heading. */
  readonly row: number;
  /** The heading; empty for a case. */
  readonly heading: string;
}

/** The data with what is looked up often. */
export interface Model {
  /** As it was embedded. */
  readonly data: ReportData;
  /** Numbers of results, by row times runs plus run; -1 for none. */
  readonly places: Int32Array;
  /** For each row the verdicts that it has, one bit each. */
  readonly verdicts: Uint8Array;
  /** What is searched, for each row; made when it is first asked for. */
  readonly texts: string[];
}

/** Prepares the data. */
export function makeModel(data: ReportData): Model {
  const { rows, runs, results } = data;
  const places = new Int32Array(rows.length * runs.length).fill(-1);
  const verdicts = new Uint8Array(rows.length);
  for (let i = 0; i < results.length; i++) {
    const result = results[i];
    if (result === undefined) continue;
    const [row, run, verdict] = result;
    places[row * runs.length + run] = i;
    verdicts[row] = (verdicts[row] ?? 0) | (1 << verdict);
  }
  return { data, places, verdicts, texts: [] };
}

/** The text with a number; empty for none. */
export function textOf({ data }: Model, number: number): string {
  return data.strings[number] ?? "";
}

/** What a case came to in a run. */
export function resultOf(
  { data, places }: Model,
  row: number,
  run: number,
): ResultTuple | undefined {
  return data.results[places[row * data.runs.length + run] ?? -1];
}

/** How many cases have each verdict, over all runs. */
export function verdictCounts({ data }: Model): number[] {
  const counts: number[] = [];
  for (const [, , verdict] of data.results) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

/**
 * The lines to show: cases with at least one of the verdicts (one bit each; 0 for all) and all words of the query,
 * under the headings of their sections.
 */
export function chosenLines(model: Model, wanted: number, query: string): Line[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const lines: Line[] = [];
  let section = -2;
  for (const [row, tuple] of model.data.rows.entries()) {
    if (wanted !== 0 && ((model.verdicts[row] ?? 0) & wanted) === 0) continue;
    if (words.length > 0) {
      const text = searchText(model, row, tuple);
      if (!words.every((word) => text.includes(word))) continue;
    }
    if (tuple[7] !== section) lines.push({ row: -1, heading: textOf(model, tuple[7]) });
    section = tuple[7];
    lines.push({ row, heading: "" });
  }
  return lines;
}

/** Everything of a case that can be searched, in lower case. */
export function searchText(
  model: Model,
  row: number,
  [id, title, , requirement]: RowTuple,
): string {
  const known = model.texts[row];
  if (known !== undefined) return known;
  const said = [id, title, requirement];
  for (let run = 0; run < model.data.runs.length; run++) {
    const result = resultOf(model, row, run);
    if (result !== undefined) said.push(result[3], result[4]);
  }
  const text = said.map((number) => textOf(model, number)).join(" ").toLowerCase();
  model.texts[row] = text;
  return text;
}

/** The first result with the worst verdict: where a reader wants to begin. */
export function worstPlace(
  { data }: Model,
): { readonly row: number; readonly run: number } | undefined {
  let worst: ResultTuple | undefined;
  for (const result of data.results) {
    const better = worst === undefined || result[2] < worst[2] ||
      (result[2] === worst[2] && (result[0] < worst[0]));
    if (better) worst = result;
  }
  return worst === undefined ? undefined : { row: worst[0], run: worst[1] };
}
