/**
 * Every report that is a file: what it is called, and the function that makes it. A new one is a new file beside this
 * one and a line here.
 * @module
 */
import type { RunResult } from "../campaign/result.ts";
import type { RecordedRun } from "../history/recorded.ts";
import { badgeReport } from "./badge.ts";
import { githubSummary } from "./github.ts";
import { htmlReport } from "./html/html_report.ts";
import { resultDocument } from "./json.ts";
import { junitReport } from "./junit.ts";
import { sarifReport } from "./sarif.ts";
import { tapReport } from "./tap.ts";

/** What reports are made from: the runs as they were recorded, and what each came to. */
export interface Reported {
  /** The runs. */
  readonly runs: readonly RecordedRun[];
  /** What each of them came to. */
  readonly results: readonly RunResult[];
}

/** A report that is a file. */
export interface ReportFile {
  /** Its name in the directory of `--out`. */
  readonly file: string;
  /** Makes it. Pure. */
  readonly render: (reported: Reported) => string;
}

/** Report files by format. */
export const REPORT_FILES: Readonly<Record<ReportFormat, ReportFile>> = {
  junit: { file: "junit.xml", render: ({ results }) => junitReport(results) },
  tap: { file: "report.tap", render: ({ results }) => tapReport(results) },
  sarif: { file: "report.sarif", render: ({ results }) => sarifReport(results) },
  badge: { file: "badge.svg", render: ({ results }) => badgeReport(results) },
  html: { file: "index.html", render: ({ runs }) => htmlReport(runs) },
  summary: { file: "summary.md", render: ({ results }) => githubSummary(results) },
  result: { file: "result.json", render: ({ results }) => results.map(resultDocument).join("") },
};

/** The formats that are files. */
export type ReportFormat = "junit" | "tap" | "sarif" | "badge" | "html" | "summary" | "result";

/** What `--format` takes. */
export const FORMATS = [
  "human",
  "json",
  "junit",
  "tap",
  "sarif",
  "github",
  "badge",
  "html",
] as const;

/** One of {@linkcode FORMATS}. */
export type Format = typeof FORMATS[number];
