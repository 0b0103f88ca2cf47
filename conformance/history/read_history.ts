/**
 * Reads a history back: lines of JSON in, a {@linkcode RecordedRun} out.
 * @module
 */
import type { CaseResult } from "../campaign/result.ts";
import { asText, Fields, RecordError } from "./fields.ts";
import { HISTORY_FORMAT } from "./history.ts";
import { readCaseResult, readCertificateLine, readKnown } from "./read_case_result.ts";
import { readAskerGiven } from "./read_asker_given.ts";
import { readPolicies } from "./read_policies.ts";
import { readScenario } from "./read_scenario.ts";
import { readPlay } from "./read_play.ts";
import { readStimulusRecord } from "./read_stimulus_record.ts";
import type {
  RecordedEnd,
  RecordedNote,
  RecordedPlay,
  RecordedRun,
  RecordedStimulus,
  RunAbout,
} from "./recorded.ts";

export type {
  RecordedEnd,
  RecordedNote,
  RecordedPart,
  RecordedPlay,
  RecordedRead,
  RecordedRun,
  RecordedStimulus,
  RunAbout,
} from "./recorded.ts";

/** What was read is no history. The message names the line. */
export class HistoryError extends Error {
  /** The class of the error. */
  override readonly name = "HistoryError";
  /** Number of the line, 1 for the first. */
  readonly line: number;

  /** Makes an error from the line and what is wrong in it. */
  constructor(line: number, why: string) {
    super(`Cannot read the history: line ${line}: ${why}`);
    this.line = line;
  }
}

/**
 * Reads a history. One that was cut off in the middle of a line, as by a crash, is read as far as it goes; it has no
 * `end`. Empty lines and events of unknown kinds are passed over.
 *
 * @example
 * ```ts
 * import { readHistory } from "./read_history.ts";
 *
 * const about = { version: "1", seed: 7, target: "tcp://h:1", framing: "u8", expect: "echo" };
 * const run = readHistory([JSON.stringify({ event: "run", atMs: 0, format: 1, about })]);
 * console.log(run.about.seed, run.end); // 7 undefined
 * ```
 *
 * @throws {HistoryError} if it is no history.
 */
export function readHistory(lines: Iterable<string>): RecordedRun {
  const reader = new HistoryReader();
  let number = 0;
  let broken: HistoryError | null = null;
  for (const line of lines) {
    number++;
    if (line.trim() === "") continue;
    // A broken line is the end of a history that was cut off; in the middle it is an error.
    if (broken !== null) throw broken;
    const record = parsed(line);
    if (record === undefined) {
      broken = new HistoryError(number, "it is not JSON");
      continue;
    }
    try {
      reader.take(record);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      throw new HistoryError(number, error.message);
    }
  }
  const run = reader.run();
  if (run === null) throw broken ?? new HistoryError(number + 1, "there is no run in it");
  return run;
}

class HistoryReader {
  #about: RunAbout | undefined;
  readonly #cases: CaseResult[] = [];
  readonly #stimuli = new Map<number, RecordedStimulus>();
  readonly #plays: RecordedPlay[] = [];
  readonly #notes: RecordedNote[] = [];
  #end: RecordedEnd | undefined;

  take(record: unknown): void {
    const fields = new Fields(record);
    const event = fields.text("event");
    if (this.#about === undefined && event !== "run") {
      throw new RecordError("a history begins with the event run");
    }
    switch (event) {
      case "run":
        return this.#begin(fields);
      case "stimulus": {
        const stimulus = readStimulusRecord(fields);
        this.#stimuli.set(stimulus.number, stimulus);
        return;
      }
      case "play": {
        this.#plays.push(readPlay(fields, this.#stimuli));
        return;
      }
      case "ended": {
        const last = this.#plays.pop();
        if (last !== undefined) this.#plays.push({ ...last, ended: fields.text("how") });
        return;
      }
      case "note":
        this.#notes.push({
          atMs: fields.number("atMs"),
          case: fields.text("case"),
          what: fields.text("what"),
          values: fields.fields("values").entries(),
        });
        return;
      case "verdict":
        this.#cases.push(readCaseResult(fields.value("result"), "result"));
        return;
      case "end":
        this.#end = readEnd(fields);
        return;
    }
  }

  run(): RecordedRun | null {
    if (this.#about === undefined) return null;
    return {
      about: this.#about,
      cases: this.#cases,
      stimuli: this.#stimuli,
      plays: this.#plays,
      notes: this.#notes,
      ...(this.#end ? { end: this.#end } : {}),
    };
  }

  #begin(fields: Fields): void {
    if (this.#about !== undefined) throw new RecordError("a second run begins here");
    const format = fields.number("format");
    if (format !== HISTORY_FORMAT) {
      throw new RecordError(
        `format ${format} is unknown; this version reads format ${HISTORY_FORMAT}`,
      );
    }
    this.#about = readAbout(fields.fields("about"));
  }
}

function readAbout(fields: Fields): RunAbout {
  const number = (name: string) => fields.number(name);
  const text = (name: string) => fields.text(name);
  return {
    version: fields.text("version"),
    seed: fields.number("seed"),
    target: fields.text("target"),
    framing: fields.text("framing"),
    expect: fields.text("expect"),
    ...fields.maybe("maxFrame", number),
    ...readPolicies(fields),
    ...readAskerGiven(fields),
    ...fields.maybe("mask", (name) => fields.list(name, asText)),
    ...fields.maybe("scenario", (name) => readScenario(fields, name)),
    ...fields.maybe("shard", (name) => {
      const shard = fields.fields(name);
      return { index: shard.number("index"), of: shard.number("of") };
    }),
    ...fields.maybe("expiryMs", number),
    ...fields.maybe("pid", number),
    ...fields.maybe("endpoint", text),
    ...fields.maybe("spawn", text),
    ...fields.maybe("codec", (name) => fields.text(name)),
    ...fields.maybe("side", (name) => fields.word(name, ["server", "client", "decoder"])),
    ...fields.maybe(
      "known",
      (name) => fields.list(name, (value, where) => readKnown(new Fields(value, where))),
    ),
    ...fields.maybe("asked", (name) => fields.list(name, asText)),
    ...fields.maybe("command", text),
    ...fields.maybe("startedAt", text),
  };
}

function readEnd(fields: Fields): RecordedEnd {
  const edge = fields.fields("edge");
  return {
    verdict: fields.word("verdict", ["PASS", "FAIL", "INCONCLUSIVE"]),
    exitCode: fields.number("exitCode"),
    edge: {
      method: edge.word("method", ["sock_diag", "pipe", "proc", "none", "exact"]),
      reason: edge.text("reason"),
    },
    certificate: fields.list(
      "certificate",
      (value, where) => readCertificateLine(new Fields(value, where)),
    ),
    ms: fields.number("atMs"),
    ...fields.maybe("stale", (name) => fields.list(name, asText)),
    ...fields.maybe("stderrTail", (name) => fields.text(name)),
  };
}

function parsed(line: string): unknown {
  try {
    const record: unknown = JSON.parse(line);
    return record;
  } catch {
    return undefined;
  }
}
