/**
 * Histories for the tests of reports, made by hand, so that every fact in a report can be compared with what is here.
 * @module
 */
import { framing } from "../../../protocol/framing/mod.ts";
import type { CaseResult } from "../../campaign/result.ts";
import { History, HISTORY_FORMAT } from "../../history/history.ts";
import { readHistory, type RecordedRun } from "../../history/read_history.ts";
import type { Play } from "../../player/play.ts";
import type { Contract } from "../../stimulus/contract.ts";
import { EXPECTATIONS } from "../../stimulus/expectation.ts";
import { framePart, type Part, Stimulus } from "../../stimulus/stimulus.ts";
import { deliver } from "../../strategy/delivery.ts";

/** A contract to echo frames of a framing. */
export function echoContract(spec = "u32be"): Contract {
  return { framing: framing(spec), expectation: EXPECTATIONS.echo };
}

/** A frame for a contract. */
export function frameOf(text: string, contract: Contract = echoContract()): Part {
  return framePart(contract, new TextEncoder().encode(text));
}

/** A play of a stream cut at some places: a chunk each 2 ms from `startMs` on, all proven. */
export function playOf(
  parts: readonly Part[],
  cuts: readonly number[],
  more: Partial<Play> & { readonly startMs?: number; readonly end?: "fin" } = {},
): Play {
  const stimulus = new Stimulus(echoContract(), parts);
  const { startMs = 0, end, ...facts } = more;
  const ends = [...cuts, stimulus.bytes.length];
  return {
    delivery: deliver(stimulus, cuts, end === undefined ? {} : { end }),
    connection: 1,
    chunks: ends.map((end, i) => ({ end, writtenMs: startMs + 0.5 + 2 * i, edge: "proven" })),
    reads: [],
    answers: [],
    lateAt: [],
    state: "open",
    startedMs: startMs,
    finishedMs: startMs + 300,
    ...facts,
  };
}

/** What a case came to, by default a failure. */
export function resultOfCase(id: string, more: Partial<CaseResult> = {}): CaseResult {
  return {
    id,
    title: `case ${id}`,
    level: "MUST",
    requirement: "The answers do not depend on where one cut falls.",
    verdict: "FAIL",
    cause: "CORRUPT",
    detail: "answer 1 is 1 byte 68, expected 2 bytes 6869: it is cut short",
    deliveries: { played: 7, total: 9 },
    edges: { proven: 6, requested: 7 },
    ms: 1234,
    ...more,
  };
}

/** A result that is no failure. */
export function passOfCase(id: string): CaseResult {
  const { cause: _, ...passed } = resultOfCase(id, { verdict: "PASS", detail: "" });
  return passed;
}

/** What is written into a history by hand. */
export interface WrittenRun {
  /** Name of the target. */
  readonly target?: string;
  /** What was played: for which case, for what, and how it went. */
  readonly plays?:
    readonly (readonly [string, "packed" | "subject" | "probe" | "follow-up", Play])[];
  /** What the cases came to. */
  readonly cases: readonly CaseResult[];
  /** The last of the target's standard error. */
  readonly stderrTail?: string;
  /** The command that started the target. */
  readonly spawn?: string;
}

/** A run, written as a history and read back. */
export function recordedRun(
  { target = "tcp://127.0.0.1:7000", plays = [], cases, stderrTail, spawn }: WrittenRun,
): RecordedRun {
  const lines: string[] = [];
  const history = new History((line) => lines.push(line));
  const about = { version: "0.1.0", seed: 42, target, framing: "u32be", expect: "echo" };
  const command = `nonstick-conformance run ${target} --framing u32be`;
  history.append({
    event: "run",
    atMs: 0,
    format: HISTORY_FORMAT,
    about: { ...about, command, ...(spawn === undefined ? {} : { spawn }) },
  });
  for (const [id, role, play] of plays) {
    history.append({ event: "play", atMs: play.finishedMs, case: id, role, play });
  }
  for (const result of cases) history.append({ event: "verdict", atMs: 900, result });
  history.append({
    event: "end",
    atMs: 1000,
    verdict: cases.some(({ verdict }) => verdict === "FAIL") ? "FAIL" : "PASS",
    exitCode: 1,
    edge: { method: "sock_diag", reason: "" },
    certificate: [{ covers: "all single cuts of 300 bytes", proven: 9, passed: 9, total: 299 }],
    ...(stderrTail === undefined ? {} : { stderrTail }),
  });
  return readHistory(lines);
}

/** A target that cut an answer short when the frame was torn: the failing delivery, then a plain frame. */
export function failingRun(more: Partial<WrittenRun> = {}): RecordedRun {
  const torn = playOf([frameOf("hi")], [3, 5], {
    startMs: 100,
    reads: [{ atMs: 105.25, bytes: Uint8Array.of(0, 0, 0, 1, 104) }],
  });
  const edges = ["proven", "assumed", "proven"] as const;
  const subject: Play = {
    ...torn,
    chunks: torn.chunks.map((chunk, i) => ({ ...chunk, edge: edges[i] ?? "proven" })),
  };
  const probe = playOf([frameOf("plain")], [], {
    startMs: 400,
    reads: [{ atMs: 401, bytes: Uint8Array.of(0, 0, 0, 5, 112, 108, 97, 105, 110) }],
  });
  const counterexample = {
    stream: "000000026869",
    cuts: [3, 5],
    waits: [],
    end: "none",
    play: 2,
    frames: [{ start: 0, body: 4, end: 6 }],
  } as const;
  return recordedRun({
    plays: [
      ["1.1", "packed", playOf([frameOf("hi")], [1], { startMs: 10 })],
      ["1.1", "subject", subject],
      ["1.1", "probe", probe],
    ],
    cases: [passOfCase("0.1"), resultOfCase("1.1", { counterexample }), passOfCase("1.10")],
    ...more,
  });
}
