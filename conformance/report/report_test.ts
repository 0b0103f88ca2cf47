import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { CaseResult, Counterexample, RunResult } from "../campaign/result.ts";
import { PASSED } from "./testing.ts";
import { CaseTree, formatCase, formatEnd, formatStart } from "./human.ts";
import { caseRecord, endRecord, startRecord } from "./json.ts";
import { painted } from "./paint.ts";
import { picture } from "./picture.ts";
import { replayCommand, replayOptions } from "./replay.ts";

const COUNTEREXAMPLE: Counterexample = {
  stream: "000000026869",
  cuts: [2, 5],
  waits: [],
  end: "none",
  frames: [{ start: 0, body: 4, end: 6 }],
};

const FAILED: CaseResult = {
  id: "1.2",
  title: "every pair of cuts",
  level: "MUST",
  requirement: "The answers do not depend on where two cuts fall.",
  verdict: "FAIL",
  cause: "CORRUPT",
  detail: "answer 1 is 1 byte 68, expected 2 bytes 6869: it is cut short",
  deliveries: { played: 7, total: 4851 },
  edges: { proven: 12, requested: 12 },
  certificate: { covers: "all pairs of cuts of 100 bytes", proven: 6, passed: 6, total: 4851 },
  counterexample: COUNTEREXAMPLE,
  ms: 1234,
};

const RESULT: RunResult = {
  version: "0.1.0",
  seed: 42,
  target: "tcp://127.0.0.1:7000",
  framing: "u32be",
  expect: "echo",
  edge: { method: "sock_diag", reason: "" },
  cases: [FAILED, { ...FAILED, id: "1.4", title: "byte drip" }],
  certificate: [{ covers: "all pairs of cuts of 100 bytes", proven: 6, passed: 8, total: 4851 }],
  verdict: "FAIL",
  exitCode: 1,
  ms: 1500,
  stderrTail: "a\nb\x1b[2J\n",
};

const COMMAND = "nonstick-conformance run tcp://127.0.0.1:7000 --framing u32be";

Deno.test("a small failing stream is drawn with its cuts and its frames", () => {
  assertEquals(picture(COUNTEREXAMPLE).slice(0, 2), [
    "00 00 | 00 02 68 | 69",
    "h  h  | h  h  b  | b",
  ]);
  const tail = { ...COUNTEREXAMPLE, stream: "0000", cuts: [], frames: [] };
  assertEquals(picture(tail).slice(0, 2), ["00 00", ".  ."]);
  assertEquals(picture({ ...COUNTEREXAMPLE, stream: "00".repeat(65) }), []);
});

Deno.test("a failure is one line to paste", () => {
  assertEquals(replayOptions(COUNTEREXAMPLE), "--stream 000000026869 --cuts 2,5");
  assertEquals(
    replayOptions({ ...COUNTEREXAMPLE, waits: [2], end: "fin" }),
    "--stream 000000026869 --cuts 2,5 --waits 2 --end fin",
  );
  assertEquals(
    replayCommand(COMMAND, FAILED, 42),
    `${COMMAND} --stream 000000026869 --cuts 2,5`,
  );
  const long = { ...COUNTEREXAMPLE, stream: "00".repeat(1000) };
  assertEquals(
    replayCommand(COMMAND, { ...FAILED, counterexample: long }, 42),
    `${COMMAND} --cases 1.2 --seed 42`,
  );
});

Deno.test("the report begins with the seed and ends with the command to repeat it", () => {
  assert(formatStart({ seed: 42, target: "tcp://x:1" }, "framing u32be").startsWith("seed 42\n"));
  const end = formatEnd(RESULT, COMMAND);
  assert(end.trimEnd().endsWith(`again: ${COMMAND} --seed 42`));
});

Deno.test("a failure is told once, with its cases, its requirement and its way back", () => {
  const end = formatEnd(RESULT, COMMAND);
  assertEquals(end.split("00 00 | 00 02 68 | 69").length, 2);
  for (
    const text of [
      "FAIL CORRUPT 1.2 every pair of cuts",
      "MUST: The answers do not depend on where two cuts fall.",
      "it is cut short",
      `replay: ${COMMAND} --stream 000000026869 --cuts 2,5`,
      "why: nonstick-conformance explain 1.2",
      "the same in: 1.4",
      "all pairs of cuts of 100 bytes: 6 of 4851 proven, 2 more with assumed edges",
      "edges proven: 24 of 24 (sock_diag)",
      "  b\\u001b[2J",
    ]
  ) assertStringIncludes(end, text);
});

Deno.test("a case is one line, a failure has its requirement, in colours only when asked", () => {
  const line = formatCase(FAILED);
  assertStringIncludes(line, "CORRUPT · 7 of 4851, 12 of 12 edges proven, 1.2 s");
  assertEquals(line.split("\n").length, 2, "the requirement stands below");
  assert(!line.includes("\x1b"));
  assert(!formatCase({ ...PASSED, detail: "a\nb" }).includes("\n"));
  assertStringIncludes(formatCase(FAILED, painted), "\x1b[31m");
});

Deno.test("JSON is one object per line", () => {
  const records = [
    startRecord({ seed: 42, target: "t", cases: 2 }),
    caseRecord(FAILED),
    endRecord(RESULT),
  ]
    .map((line): { type: string; cases?: unknown } => JSON.parse(line));
  assertEquals(records.map(({ type }) => type), ["start", "case", "result"]);
  assertEquals(records[2]?.cases, 2);
});

Deno.test("cases stand in a tree, those on which all depend with the controls", () => {
  const tree = new CaseTree();
  const lines = ["0.1", "3.1", "1.1", "1.2"].map((id) => tree.add({ ...PASSED, id }));
  const headings = lines.flatMap((text) =>
    text.split("\n").filter((line) => !line.startsWith(" "))
  );
  assertEquals(headings, ["0 controls", "1 splits"]);
});

Deno.test("known failures, stale entries and interruptions are said", () => {
  const known = { kind: "failing", glob: "1.*", cause: "CORRUPT", why: "old", at: "k:1" } as const;
  const end = formatEnd({
    ...RESULT,
    cases: [{ ...FAILED, known }],
    stale: ["k:2: 8.2 LOST is stale: 8.2 passed"],
    interrupted: "shard 2 is missing",
  }, COMMAND);
  assert(!end.includes("replay:"), "a known failure is not told again");
  assertStringIncludes(end, "STALE k:2: 8.2 LOST is stale: 8.2 passed");
  assertStringIncludes(end, "interrupted: shard 2 is missing");
  assertStringIncludes(end, "1 known");
  assertStringIncludes(formatCase({ ...FAILED, known }), "known (k:1): old");
});
