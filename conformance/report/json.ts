/**
 * A run as JSON: line by line while it goes on, or whole as one document. `run.schema.json` beside this file describes
 * both.
 * @module
 */
import type { CaseResult, RunResult } from "../campaign/result.ts";
import type { CheckedLine } from "../recheck/checked_line.ts";
import type { RunStart } from "../run_options.ts";
import { asText, Fields, RecordError } from "../history/fields.ts";
import { readCaseResult, readCertificateLine } from "../history/read_case_result.ts";

/** The form of result documents; another one gets another number. */
const FORMAT = 1;

/** The first line of a run as JSON. */
export function startRecord(start: RunStart): string {
  return JSON.stringify({ type: "start", ...start });
}

/** One case as one line of JSON. */
export function caseRecord(result: CaseResult): string {
  return JSON.stringify({ type: "case", ...result });
}

/** The last line: everything but the cases, which have their own lines. */
export function endRecord(result: RunResult): string {
  return JSON.stringify({ type: "result", ...result, cases: result.cases.length });
}

/** A whole run as one document: `result.json`. */
export function resultDocument(result: RunResult): string {
  return `${JSON.stringify({ type: "run", format: FORMAT, ...result }, null, 1)}\n`;
}

/** A whole run as one line, as `report --json` writes it, with the certificate as the history shows it. */
export function runRecord(result: RunResult, checked?: readonly CheckedLine[]): string {
  return JSON.stringify({
    type: "run",
    format: FORMAT,
    ...result,
    ...(checked ? { checked } : {}),
  });
}

/** What was read is no result document. The message says why. */
export class ResultDocumentError extends Error {
  /** The class of the error. */
  override readonly name = "ResultDocumentError";
}

/**
 * Reads a {@linkcode resultDocument} back.
 *
 * @throws {ResultDocumentError} if it is none.
 */
export function readResultDocument(text: string): RunResult {
  try {
    const document: unknown = JSON.parse(text);
    return readResult(new Fields(document));
  } catch (error) {
    if (!(error instanceof RecordError || error instanceof SyntaxError)) throw error;
    throw new ResultDocumentError(`It is no result.json of a run: ${error.message}`);
  }
}

function readResult(fields: Fields): RunResult {
  const format = fields.number("format");
  if (format !== FORMAT) throw new RecordError(`format ${format} is unknown`);
  const edge = fields.fields("edge");
  const exitCode = fields.number("exitCode");
  const text = (name: string) => fields.text(name);
  return {
    version: fields.text("version"),
    seed: fields.number("seed"),
    target: fields.text("target"),
    framing: fields.text("framing"),
    expect: fields.text("expect"),
    ...fields.maybe("maxFrame", (name) => fields.number(name)),
    ...fields.maybe("shard", (name) => {
      const shard = fields.fields(name);
      return { index: shard.number("index"), of: shard.number("of") };
    }),
    edge: {
      method: edge.word("method", ["sock_diag", "pipe", "proc", "none", "exact"]),
      reason: edge.text("reason"),
    },
    cases: fields.list("cases", readCaseResult),
    certificate: fields.list(
      "certificate",
      (value, where) => readCertificateLine(new Fields(value, where)),
    ),
    verdict: fields.word("verdict", ["PASS", "FAIL", "INCONCLUSIVE"]),
    exitCode: exitCode === 0 || exitCode === 1 ? exitCode : 3,
    ms: fields.number("ms"),
    ...fields.maybe("stderrTail", text),
    ...fields.maybe("command", text),
    ...fields.maybe("startedAt", text),
    ...fields.maybe("stale", (name) => fields.list(name, asText)),
    ...fields.maybe("interrupted", text),
  };
}
