/**
 * A result with everything in it that reports have to cope with, for their tests.
 * @module
 */
import type { CaseResult, RunResult } from "../campaign/result.ts";

/** Text that breaks formats which do not escape: markup, line ends, directives, a control, a lone surrogate. */
export const NASTY = `<b>"it's" & 100% #1, a:b\r\n]]> \u0000\u001b[2J \ud800 | \\ 😀`;

const base: CaseResult = {
  id: "1.1",
  title: "every single cut",
  level: "MUST",
  requirement: "The answers do not depend on where one cut falls.",
  verdict: "PASS",
  detail: "",
  deliveries: { played: 299, total: 299 },
  edges: { proven: 299, requested: 299 },
  certificate: {
    covers: "all single cuts of 300 bytes",
    proven: 299,
    passed: 299,
    total: 299,
    set: { kind: "singles", length: 300 },
  },
  ms: 1234.5,
};

/** A case that passed. */
export const PASSED: CaseResult = base;

const { certificate: _certificate, ...bare } = base;

/** One case for each way in which a case can end. */
export const CASES: readonly CaseResult[] = [
  base,
  {
    ...bare,
    id: "1.2",
    title: "every pair of cuts",
    verdict: "FAIL",
    cause: "CORRUPT",
    detail: NASTY,
    counterexample: {
      stream: "000000026869",
      cuts: [2, 5],
      waits: [],
      end: "none",
      play: 7,
      frames: [{ start: 0, body: 4, end: 6 }],
    },
  },
  { ...bare, id: "1.9", title: "empty chunk", verdict: "INFO", detail: "in process only" },
  { ...bare, id: "2.1", title: "two frames", verdict: "INCONCLUSIVE", detail: "did not repeat" },
  {
    ...bare,
    id: "3.3",
    title: "limit",
    level: "SHOULD",
    verdict: "NONSTRICT",
    cause: "LOST",
    detail: "closed",
  },
  { ...bare, id: "3.4", title: "huge", verdict: "UNSUPPORTED", detail: "no limit" },
  {
    ...bare,
    id: "8.2",
    title: "FIN at every offset",
    verdict: "FAIL",
    cause: "PHANTOM",
    detail: "answered",
    known: { kind: "failing", glob: "8.*", cause: "PHANTOM", why: "issue 17", at: "k.txt:3" },
  },
];

/** A run that fails. */
export const FAILING: RunResult = {
  version: "0.1.0",
  seed: 42,
  target: "tcp://127.0.0.1:7000",
  framing: "u32be",
  expect: "echo",
  maxFrame: 4096,
  edge: { method: "sock_diag", reason: "" },
  cases: CASES,
  certificate: CASES.flatMap(({ certificate }) => certificate ?? []),
  verdict: "FAIL",
  exitCode: 1,
  ms: 1500,
  command: "nonstick-conformance run tcp://127.0.0.1:7000 --framing u32be --max-frame 4096",
  startedAt: "2025-01-02T03:04:05.678Z",
};

/** A run that passes. */
export const PASSING: RunResult = {
  ...FAILING,
  cases: [PASSED],
  verdict: "PASS",
  exitCode: 0,
};
