import { assert, assertEquals, assertThrows } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import type { CaseResult } from "../campaign/result.ts";
import type { Play } from "../player/play.ts";
import { refusedPlay } from "../player/play.ts";
import type { Contract } from "../stimulus/contract.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { framePart, type Part, Stimulus } from "../stimulus/stimulus.ts";
import { deliver } from "../strategy/delivery.ts";
import { History, HISTORY_FORMAT, type HistoryEvent } from "./history.ts";
import { HistoryError, readHistory, type RecordedRun } from "./read_history.ts";

const ABOUT = {
  version: "0.1.0",
  seed: 7,
  target: "tcp://127.0.0.1:7000",
  framing: "u16be",
  expect: "echo",
  maxFrame: 4096,
  shard: { index: 2, of: 3 },
  asked: ["1.1"],
};

const RESULT: CaseResult = {
  id: "1.1",
  title: "every single cut",
  level: "MUST",
  requirement: "The answers do not depend on where one cut falls.",
  verdict: "FAIL",
  cause: "CORRUPT",
  detail: "it is cut short",
  deliveries: { played: 1, total: 2 },
  edges: { proven: 1, requested: 1 },
  certificate: {
    covers: "all single cuts of 3 bytes",
    proven: 0,
    passed: 0,
    total: 2,
    set: { kind: "each", sets: [{ kind: "singles", length: 3 }, { kind: "subsets", places: [1] }] },
  },
  counterexample: {
    stream: "000161",
    cuts: [1],
    waits: [],
    end: "fin",
    play: 1,
    frames: [{ start: 0, body: 2, end: 3 }],
  },
  ms: 3.5,
};

const RUN: HistoryEvent = { event: "run", atMs: 0, format: HISTORY_FORMAT, about: ABOUT };

/** Writes events and reads them back. */
function recorded(events: readonly HistoryEvent[]): { run: RecordedRun; lines: string[] } {
  const lines: string[] = [];
  const history = new History((line) => lines.push(line));
  for (const event of events) {
    if (event.event === "play") history.append(event);
    else history.append(event);
  }
  return { run: readHistory(lines), lines };
}

function playOf(stimulus: Stimulus, more: Partial<Play> = {}): HistoryEvent {
  const delivery = deliver(stimulus, [1], { waits: [1], end: "fin" });
  const play: Play = {
    delivery,
    connection: 4,
    chunks: [{ end: 1, writtenMs: 1.25, edge: "proven" }],
    reads: [],
    answers: [],
    lateAt: [],
    state: "ended",
    startedMs: 1,
    finishedMs: 2.0004,
    ...more,
  };
  return { event: "play", atMs: 2.5, case: "1.1", role: "packed", play };
}

Deno.test("what was written is what is read", () => {
  const contract: Contract = { framing: framing("u16be"), expectation: EXPECTATIONS.echo };
  const stimulus = new Stimulus(contract, [framePart(contract, Uint8Array.of(97))]);
  const end = {
    verdict: "FAIL",
    exitCode: 1,
    edge: { method: "sock_diag", reason: "" },
    certificate: [],
    stderrTail: "oops\n",
  } as const;
  const { run, lines } = recorded([
    RUN,
    { event: "connection", atMs: 1, connection: 4, edge: "sock_diag", reason: "" },
    playOf(stimulus, {
      greeted: [Uint8Array.of(1, 2)],
      reads: [{ atMs: 1.5, bytes: Uint8Array.of(0, 1) }, { atMs: 1.6, bytes: Uint8Array.of(98) }],
      lateAt: [1],
      undecodable: "why",
      memoryGrowth: 5,
    }),
    { event: "ended", atMs: 3, how: "signal SIGSEGV" },
    {
      event: "play",
      atMs: 4,
      case: "1.1",
      role: "subject",
      play: refusedPlay(deliver(stimulus), 5, 4),
    },
    { event: "note", atMs: 4, case: "9.8", what: "growth", values: { ratio: 1.5, unit: "ms" } },
    { event: "verdict", atMs: 5, result: RESULT },
    { event: "end", atMs: 6, ...end },
  ]);
  assertEquals(run.about, ABOUT);
  assertEquals(run.cases, [RESULT]);
  assertEquals(run.end, { ...end, ms: 6 });
  assertEquals(run.notes[0]?.values, { ratio: 1.5, unit: "ms" });
  assertEquals(lines.filter((line) => line.includes('"event":"stimulus"')).length, 1);
  assertEquals(run.stimuli.get(1), {
    number: 1,
    bytes: stimulus.bytes,
    length: 3,
    parts: [{ kind: "frame", start: 0, body: 2, end: 3, payload: Uint8Array.of(97) }],
  });
  const [play, refused] = run.plays;
  assertEquals(play, {
    number: 1,
    case: "1.1",
    role: "packed",
    connection: 4,
    stimulus: 1,
    cuts: [1],
    waits: [1],
    end: "fin",
    chunks: [{ end: 1, writtenMs: 1.25, edge: "proven" }],
    greeted: [Uint8Array.of(1, 2)],
    reads: [
      { atMs: 1.5, bytes: Uint8Array.of(0, 1), length: 2 },
      { atMs: 1.6, bytes: Uint8Array.of(98), length: 1 },
    ],
    lateAt: [1],
    undecodable: "why",
    state: "ended",
    memoryGrowth: 5,
    startedMs: 1,
    finishedMs: 2,
    ended: "signal SIGSEGV",
  });
  assertEquals([refused?.number, refused?.state, refused?.end], [2, "refused", "none"]);
});

Deno.test("every part comes back, whatever the framing does with payloads", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  const random = new RandomStream(seed, "parts");
  for (const spec of ["u8", "varint", "netstring", "slip", "cobs", "line"]) {
    const contract: Contract = { framing: framing(spec), expectation: EXPECTATIONS.echo };
    for (let round = 0; round < 20; round++) {
      const parts: Part[] = Array.from({ length: 1 + random.below(5) }, () => {
        const payload = Uint8Array.from(
          { length: 1 + random.below(9) },
          () => 97 + random.below(26),
        );
        return framePart(contract, payload);
      });
      parts.push({
        kind: "bad",
        wire: Uint8Array.of(1, 2),
        what: "it is wrong",
        payload: Uint8Array.of(3),
        readings: [{ payloads: [Uint8Array.of(4)], level: "MAY" }],
        refusal: "SHOULD",
        silence: "MAY",
        skippable: true,
      });
      parts.push({ kind: "tail", wire: Uint8Array.of(9) });
      const stimulus = new Stimulus(contract, parts);
      const { run } = recorded([RUN, playOf(stimulus)]);
      const read = run.stimuli.get(1);
      assertEquals(read?.bytes, stimulus.bytes, `${spec}, seed ${seed}`);
      assertEquals(
        read?.parts.map((part) => part.bad ?? part.payload),
        parts.map((part) => {
          if (part.kind !== "bad") return part.kind === "frame" ? part.payload : undefined;
          const { kind: _kind, wire: _wire, ...bad } = part;
          return bad;
        }),
        `${spec}, seed ${seed}`,
      );
    }
  }
});

Deno.test("what comes back as it was sent costs a few bytes; long streams are shortened", () => {
  const contract: Contract = { framing: framing("u32be"), expectation: EXPECTATIONS.echo };
  const stimulus = new Stimulus(contract, [framePart(contract, new Uint8Array(100_000).fill(7))]);
  const half = stimulus.bytes.subarray(0, 50_000);
  const { run, lines } = recorded([
    RUN,
    playOf(stimulus, {
      reads: [{ atMs: 1, bytes: half }, { atMs: 2, bytes: stimulus.bytes.subarray(50_000) }],
    }),
  ]);
  assert((lines[2]?.length ?? Infinity) < 500, "an echo is written as its length");
  assertEquals(run.plays[0]?.reads.map(({ length }) => length), [50_000, 50_004]);
  assertEquals(run.plays[0]?.reads[0]?.bytes, half);

  const long = new Stimulus(contract, [framePart(contract, new Uint8Array(2 ** 20 + 1))]);
  const shortened = recorded([RUN, playOf(long)]);
  assertEquals(shortened.run.stimuli.get(1)?.length, 2 ** 20 + 5);
  assertEquals(shortened.run.stimuli.get(1)?.bytes.length, 4096);
});

Deno.test("a history that was cut off is read as far as it goes, and has no end", () => {
  const { lines } = recorded([RUN, { event: "verdict", atMs: 5, result: RESULT }]);
  const run = readHistory([...lines, '{"event":"verd']);
  assertEquals([run.cases.length, run.end], [1, undefined]);
  assertThrows(() => readHistory(["{", ...lines]), HistoryError, "line 1: it is not JSON");
});

Deno.test("what is no history is refused with its line", () => {
  const head = JSON.stringify(RUN);
  const wrong: Record<string, string[]> = {
    "line 1: there is no run in it": [],
    "line 1: a history begins with the event run": ['{"event":"play"}'],
    "line 1: format 99 is unknown": [head.replace('"format":1', '"format":99')],
    "line 1: about.seed is not a number": [head.replace('"seed":7', '"seed":"7"')],
    "line 2: it is not an object": [head, "[]"],
    "line 2: there is no stimulus 5 before it": [head, '{"event":"play","stimulus":5}'],
    "line 2: a second run begins here": [head, head],
    "line 2: its bytes is not bytes in hex": [
      head,
      '{"event":"stimulus","number":1,"hex":"0","parts":[]}',
    ],
    "line 2: its parts have 2 bytes, not 1": [
      head,
      '{"event":"stimulus","number":1,"hex":"00","parts":[["tail",2]]}',
    ],
    "line 2: result.verdict is not one of": [
      head,
      JSON.stringify({ event: "verdict", result: { ...RESULT, verdict: "GOOD" } }),
    ],
  };
  for (const [message, lines] of Object.entries(wrong)) {
    assertThrows(() => readHistory(lines), HistoryError, message);
  }
});

Deno.test("what a client printed is kept whole, 8 MiB in all; then its beginning", () => {
  const contract: Contract = { framing: framing("u16be"), expectation: EXPECTATIONS.echo };
  const event = playOf(new Stimulus(contract, [framePart(contract, Uint8Array.of(97))]));
  const stdout = new Uint8Array(2 ** 20).fill(255);
  const ends = [
    { end: { code: 3, signal: null }, over: "ended" as const, arrived: false },
    { end: { code: null, signal: "SIGABRT" } },
    { end: undefined, over: "asking" as const, arrived: true },
  ];
  const outputs = [
    ...ends.map((one) => ({ stdout: stdout.subarray(0, 2), length: 2, ...one })),
    ...Array.from({ length: 9 }, () => ({ stdout, length: stdout.length, end: undefined })),
    // What was not kept in the first place.
    { stdout: stdout.subarray(0, 2), length: 3, end: undefined },
  ];
  const { run } = recorded([
    RUN,
    ...outputs.flatMap((output) => event.event === "play" ? [{ ...event, output }] : []),
  ]);
  const found = run.plays.map(({ output }) => output);
  assertEquals(found.slice(0, 10), outputs.slice(0, 10));
  const told = found.map((one) => [one?.stdout.length, one?.length]);
  assertEquals(told.slice(10), [[4096, 2 ** 20], [4096, 2 ** 20], [2, 3]]);
});
