import { readHistory } from "../history/read_history.ts";
import type { RecordedRun } from "../history/recorded.ts";
import type { HistoryScope } from "../history/history.ts";
import { HISTORY_FILE, HistoryFile, readHistoryFile } from "../history/history_file.ts";
import type { CaseResult, RunResult } from "../campaign/result.ts";
import { messageOf } from "../../cli/message_of.ts";
import { UsageError } from "../../cli/options.ts";
import { githubAnnotations, githubSummary } from "../report/github.ts";
import { FailureStories } from "../report/failure_stories.ts";
import { CaseTree, formatEnd, formatStart } from "../report/human.ts";
import { caseRecord, endRecord, startRecord } from "../report/json.ts";
import { type Format, REPORT_FILES } from "../report/formats.ts";
import { type Paint, painted, plain } from "../report/paint.ts";
import { ProgressLine } from "../report/progress.ts";
import { recordedResult } from "../report/recorded_result.ts";
import type { RunStart } from "../run_options.ts";
import { writeReportFiles } from "./report_files.ts";

/** How a run is shown. */
export interface OutputOptions {
  /** The format on standard output. */
  readonly format: Format;
  /** Where the files go, if anywhere. */
  readonly directory: string | undefined;
  /** What is expected, in words: `framing u32be, expecting echo`. */
  readonly about: string;
  /** The command line that does the same again. */
  readonly command: string;
  /** When the run should be over, in ms. */
  readonly budgetMs: number;
  /** Writes a line to standard output. */
  readonly write: (line: string) => void;
}

/**
 * Shows a run while it goes on and writes its files. Standard output gets data only; a progress line goes to standard
 * error, when that is a terminal.
 */
export class RunOutput implements Disposable {
  readonly #options: OutputOptions;
  readonly #paint: Paint;
  readonly #tree: CaseTree;
  readonly #lines: string[] = [];
  readonly #stories = new FailureStories();
  #history: HistoryFile | null = null;
  #progress: ProgressLine | null = null;

  /**
   * Makes the directory, and the history in it.
   *
   * @throws {UsageError} if that cannot be done.
   */
  constructor(options: OutputOptions) {
    this.#options = options;
    this.#paint = outputPaint();
    this.#tree = new CaseTree(this.#paint);
    const { directory } = options;
    if (directory === undefined) return;
    try {
      Deno.mkdirSync(directory, { recursive: true });
      this.#history = new HistoryFile(`${directory}/${HISTORY_FILE}`);
    } catch (error) {
      throw new UsageError(`Cannot write to the directory of --out: ${messageOf(error)}.`);
    }
  }

  /** How much of the history is needed; null for nothing. */
  get records(): HistoryScope | null {
    const { format } = this.#options;
    if (this.#history !== null || format === "html") return "everything";
    return isText(format) ? "trials" : null;
  }

  /** The run begins. */
  start(start: RunStart): void {
    const { format, about, budgetMs, write } = this.#options;
    if (format === "json") write(startRecord(start));
    if (isText(format)) write(formatStart(start, about));
    if (!Deno.stderr.isTerminal()) return;
    const encoder = new TextEncoder();
    const draw = (text: string) => void Deno.stderr.writeSync(encoder.encode(text));
    this.#progress = new ProgressLine({ cases: start.cases, budgetMs, write: draw });
  }

  /** A case is done. */
  add(one: CaseResult): void {
    const { format, write } = this.#options;
    this.#progress?.clear();
    if (format === "json") write(caseRecord(one));
    if (isText(format)) write(this.#tree.add(one));
    this.#progress?.add(one);
  }

  /** A line of the history. */
  record(line: string): void {
    this.#history?.add(line);
    // The page alone shows what was played; without a directory its history is kept here.
    if (this.#history === null && this.#options.format === "html") this.#lines.push(line);
    if (isText(this.#options.format)) this.#stories.add(line);
  }

  /** The run is over: the last lines, or the whole report. */
  async end(result: RunResult): Promise<void> {
    const { format, command, write } = this.#options;
    const paint = this.#paint;
    this[Symbol.dispose]();
    const replayFiles = await this.#writeFiles();
    const shown = () => ({ paint, replayFiles, storyOf: this.#stories.stories() });
    switch (format) {
      case "json":
        return write(endRecord(result));
      case "human":
        return write(formatEnd(result, command, shown()));
      case "github":
        write(formatEnd(result, command, shown()));
        return await writeGithub([result], write);
      default: {
        const runs = format === "html" ? [this.#recorded()] : [];
        return write(REPORT_FILES[format].render({ results: [result], runs }).trimEnd());
      }
    }
  }

  /** The run was broken off: what there is of it is reported all the same. */
  async breakOff(): Promise<void> {
    this[Symbol.dispose]();
    await this.#writeFiles();
  }

  /** Ends the progress line and closes the history. */
  [Symbol.dispose](): void {
    this.#progress?.[Symbol.dispose]();
    this.#progress = null;
    this.#history?.[Symbol.dispose]();
    this.#history = null;
  }

  #recorded(): RecordedRun {
    const { directory } = this.#options;
    return directory === undefined ? readHistory(this.#lines) : readHistoryFile(directory);
  }

  async #writeFiles(): Promise<ReadonlyMap<string, string>> {
    const { directory } = this.#options;
    if (directory === undefined) return new Map();
    const run = readHistoryFile(directory);
    const results = [recordedResult({ run, missing: [] })];
    return await writeReportFiles(directory, { runs: [run], results });
  }
}

/** Colours, when standard output is a terminal and nobody asked for none. */
export function outputPaint(): Paint {
  return !Deno.noColor && Deno.stdout.isTerminal() ? painted : plain;
}

/** Writes annotations, and the step summary where GitHub Actions says. */
export async function writeGithub(
  results: readonly RunResult[],
  write: (line: string) => void,
): Promise<void> {
  const annotations = githubAnnotations(results);
  if (annotations !== "") write(annotations);
  const path = Deno.env.get("GITHUB_STEP_SUMMARY");
  if (path) await Deno.writeTextFile(path, githubSummary(results), { append: true });
}

function isText(format: Format): boolean {
  return format === "human" || format === "github";
}
