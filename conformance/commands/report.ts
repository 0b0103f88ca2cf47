import { messageOf } from "../../cli/message_of.ts";
import { type OptionValues, parseOptions, type Source, UsageError } from "../../cli/options.ts";
import type { RunResult } from "../campaign/result.ts";
import { readHistoryFile } from "../history/history_file.ts";
import { HistoryError } from "../history/read_history.ts";
import type { RecordedRun } from "../history/recorded.ts";
import type { CheckedLine } from "../recheck/checked_line.ts";
import { recheckCertificate } from "../recheck/recheck_certificate.ts";
import { type Format, REPORT_FILES, type Reported } from "../report/formats.ts";
import { CaseTree, formatChecked, formatEnd, formatStart } from "../report/human.ts";
import { runRecord } from "../report/json.ts";
import { recordedResult } from "../report/recorded_result.ts";
import { sideBySide } from "../report/side_by_side.ts";
import { type MergedRun, mergeShards, ShardError } from "../shard/merge_shards.ts";
import { compareWith, readBaseline } from "./baseline.ts";
import type { Command } from "./command.ts";
import { EXIT_CODES, OUT_FILES } from "./exit_codes.ts";
import { REPORT_OPTIONS } from "./options.ts";
import { writeReportFiles } from "./report_files.ts";
import { outputPaint, writeGithub } from "./run_output.ts";

type Settings = OptionValues<typeof REPORT_OPTIONS>;
type Write = (line: string) => void;

const FAULT = 70;

/** `report PATH...`: any report from histories, without running anything. */
export const REPORT: Command = {
  name: "report",
  summary: "make reports from histories, put shards together, check certificates",
  page: {
    text: {
      usage: ["nonstick-conformance report HISTORY... [OPTION]..."],
      about:
        "Makes any report from histories of runs; HISTORY is a file, or the directory of --out. Shards of one\n" +
        "run are put together; different runs stand side by side. Every certificate is counted again from\n" +
        "what was played: the answers are judged anew, and each member of the covered set is looked for.",
      tables: {
        "Exit codes": [
          ...EXIT_CODES.filter(([code]) => code !== "4" && code !== "70"),
          ["70", "a certificate claims what its history does not show"],
        ],
        "Files of --out DIR": OUT_FILES.slice(1),
      },
      examples: [
        ["nonstick-conformance report out", "show a run again"],
        ["nonstick-conformance report shard1 shard2 shard3 --out all", "one run from three shards"],
        ["nonstick-conformance report before after --compare", "what is different"],
        ["nonstick-conformance report out --format junit", "the same as JUnit XML"],
      ],
    },
    options: REPORT_OPTIONS,
  },
  run: report,
};

async function report(
  args: readonly string[],
  write: Write,
  sources: readonly Source[] = [],
): Promise<number> {
  const { values, words } = parseOptions(REPORT_OPTIONS, args, sources);
  if (words.length === 0) {
    throw new UsageError("HISTORY is missing, such as the directory of --out.");
  }
  const format = values.json ? "json" : values.format;
  const baseline = await readBaseline(values.baseline);
  const merged = putTogether(words.map(readRun));
  const reported = { runs: merged.map(({ run }) => run), results: merged.map(recordedResult) };
  const pair = comparedPair(reported.results, baseline, values);
  const checked = reported.runs.map(recheckCertificate);
  const replayFiles = await writeFiles(values.out, reported);
  await show(reported, checked, replayFiles, format, write);
  if (checked.some((lines) => lines?.some(({ mismatch }) => mismatch !== undefined))) return FAULT;
  return pair === null ? worstExitCode(reported.results) : compareWith(...pair, format, write);
}

function readRun(path: string): RecordedRun {
  try {
    return readHistoryFile(path);
  } catch (error) {
    if (!(error instanceof HistoryError || error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`Cannot report ${path}: ${error.message}.`);
  }
}

function putTogether(runs: readonly RecordedRun[]): MergedRun[] {
  try {
    return mergeShards(runs);
  } catch (error) {
    if (!(error instanceof ShardError)) throw error;
    throw new UsageError(`Cannot put the shards together: ${error.message}.`);
  }
}

/** The earlier run and the later one, if two are to be compared. */
function comparedPair(
  results: readonly RunResult[],
  baseline: RunResult | null,
  { compare }: Settings,
): readonly [RunResult, RunResult] | null {
  const [first, second, ...more] = results;
  if (compare) {
    if (first !== undefined && second !== undefined && more.length === 0) return [first, second];
    throw new UsageError(
      `--compare takes two runs, the earlier one first; here are ${results.length}.`,
    );
  }
  if (baseline === null || first === undefined) return null;
  if (second === undefined) return [baseline, first];
  throw new UsageError(`--baseline takes one run; here are ${results.length}.`);
}

async function writeFiles(
  directory: string | undefined,
  reported: Reported,
): Promise<ReadonlyMap<string, string>> {
  if (directory === undefined) return new Map();
  try {
    return await writeReportFiles(directory, reported);
  } catch (error) {
    throw new UsageError(`Cannot write to the directory of --out: ${messageOf(error)}.`);
  }
}

async function show(
  reported: Reported,
  checked: readonly (readonly CheckedLine[] | null)[],
  replayFiles: ReadonlyMap<string, string>,
  format: Format,
  write: Write,
): Promise<void> {
  const { results } = reported;
  switch (format) {
    case "human": {
      const [only, ...others] = results;
      if (only === undefined || others.length > 0) return showSeveral(results, checked, write);
      return showOne(only, checked[0] ?? null, replayFiles, write);
    }
    case "json":
      return results.forEach((one, i) => write(runRecord(one, checked[i] ?? undefined)));
    case "github":
      return await writeGithub(results, write);
    default:
      return write(REPORT_FILES[format].render(reported).trimEnd());
  }
}

/** A run as `run` shows it, with the certificate as its history shows it. */
function showOne(
  result: RunResult,
  checked: readonly CheckedLine[] | null,
  replayFiles: ReadonlyMap<string, string>,
  write: Write,
): void {
  const paint = outputPaint();
  const tree = new CaseTree(paint);
  const { framing, expect, command = "nonstick-conformance run …" } = result;
  write(formatStart(result, `framing ${framing}, expecting ${expect}`));
  for (const one of result.cases) write(tree.add(one));
  write(formatEnd(result, command, { paint, replayFiles, ...(checked ? { checked } : {}) }));
}

function showSeveral(
  results: readonly RunResult[],
  checked: readonly (readonly CheckedLine[] | null)[],
  write: Write,
): void {
  const paint = outputPaint();
  write(sideBySide(results, paint));
  for (const lines of checked) {
    const wrong = lines?.filter(({ mismatch }) => mismatch !== undefined) ?? [];
    if (wrong.length > 0) write(`\n${formatChecked(wrong, paint)}`);
  }
}

/** A failure anywhere is one, then doubt, then a pass. */
function worstExitCode(results: readonly RunResult[]): number {
  return [1, 3].find((code) => results.some(({ exitCode }) => exitCode === code)) ?? 0;
}
