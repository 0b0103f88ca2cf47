import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { hexBytes } from "../../protocol/framing/hex.ts";
import { runConformance, type RunOptions, type RunResult } from "../mod.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { UNHURRIED } from "../testing.ts";
import {
  bytes,
  caseOf,
  lengths,
  lines,
  type RawServer,
  rawServer,
  scenarioServer,
  type Talk,
  verdicts,
} from "./testing.ts";

const LOOPBACK = "tcp://127.0.0.1:0";
/** As much time as it takes to make failures small. */
const THOROUGH = { ...UNHURRIED, shrinkMs: 30_000 } as const;
const unlike = (result: RunResult, ...usual: string[]) =>
  result.cases.filter(({ verdict }) => !["PASS", "UNSUPPORTED", ...usual].includes(verdict))
    .map(({ id, verdict, cause, detail }) => ({ id, verdict, cause, detail }));

async function invariance(
  { endpoint }: RawServer,
  stream: string | NonNullable<RunOptions["stream"]>,
  options: Partial<RunOptions> = {},
): Promise<RunResult> {
  const given = typeof stream === "string" ? { bytes: bytes(stream) } : stream;
  return await runConformance(endpoint, {
    ...UNHURRIED,
    expect: "invariance",
    seed: 1,
    stream: given,
    ...options,
  });
}

Deno.test("an unknown protocol that does not mind chunks passes everything, greeting and close included", async () => {
  await using server = await rawServer(lengths);
  const open = await invariance(server, "one\nthree\n\nbb\n", { exclude: ["1.2"] });
  assertEquals([unlike(open), open.verdict, open.exitCode], [[], "PASS", 0]);
  assertEquals(caseOf(open, "2.1").verdict, "PASS");
  assertEquals(caseOf(open, "1.1").certificate?.passed, 13);
  assertEquals([open.framing, open.expect], ["raw", "invariance"]);
  const closing = await invariance(server, "one\nbye\n", { exclude: ["1.2"] });
  assertEquals([unlike(closing), closing.verdict], [[], "PASS"]);
  assertEquals(caseOf(closing, "2.1").verdict, "UNSUPPORTED");
});

Deno.test("with a framing, edges are cut and differences are told in frames", async () => {
  // Takes what one read brings for whole lines.
  await using server = await rawServer(async (talk) => {
    for (let chunk; (chunk = await talk.read()) !== null;) {
      for (const line of new TextDecoder().decode(chunk).trimEnd().split("\n")) {
        await talk.write(`${line.length}\n`);
      }
    }
  });
  const result = await invariance(server, "one\nthree\n", {
    framing: "line",
    cases: ["1.7", "1.1"],
  });
  assertEquals(verdicts(result)["1.7"], "PASS"); // at the edges of frames it is right
  const { cause, detail, counterexample } = caseOf(result, "1.1");
  assert(cause !== undefined && counterexample);
  assertEquals(counterexample.cuts.length, 1);
  assertStringIncludes(detail, "answer");
  assertEquals(counterexample.frames, [{ start: 0, end: 4 }, { start: 4, end: 10 }]);
});

Deno.test("a target that does not answer alike is inconclusive, and the place is told; a mask hides it", async () => {
  await using server = await rawServer(async (talk) => {
    for await (const line of lines(talk)) {
      await talk.write(`id ${talk.number} len ${line.length}\n`);
    }
  });
  const result = await invariance(server, "one\n");
  assertEquals([result.verdict, result.exitCode], ["INCONCLUSIVE", 3]);
  const { verdict, detail } = caseOf(result, "0.1");
  assertEquals(verdict, "INCONCLUSIVE");
  assertStringIncludes(detail, "answer byte 4 of 11");
  assertStringIncludes(detail, "--mask");
  assertEquals(caseOf(result, "1.1").verdict, "INCONCLUSIVE");
  const masked = await invariance(server, "one\n", { mask: ["id [0-9]+"], exclude: ["1.2"] });
  assertEquals([unlike(masked), masked.verdict], [[], "PASS"]);
});

Deno.test("answers that begin to differ later are not blamed on chunks", async () => {
  let count = 0;
  await using server = await rawServer(async (talk) => {
    const odd = ++count > 20;
    for await (const line of lines(talk)) {
      await talk.write(odd ? `${Math.random()}\n` : `${line.length}\n`);
    }
  });
  const result = await invariance(server, "some line\nand another\n", { cases: ["1.1", "1.4"] });
  assertEquals(caseOf(result, "1.1").verdict, "INCONCLUSIVE");
  assertStringIncludes(caseOf(result, "1.1").detail, "so does the unsplit stream");
  assertStringIncludes(caseOf(result, "1.4").detail, "since 1.1");
  assertEquals(result.cases.filter(({ id, verdict }) => id !== "0.8" && verdict === "FAIL"), []);
});

Deno.test("a slow target is not blamed, nor one that is slow once", async () => {
  let answered = 0;
  await using server = await rawServer(async (talk) => {
    for await (const line of lines(talk)) {
      const ms = ++answered === 20 ? 2000 : 10;
      await new Promise((resolve) => setTimeout(resolve, ms));
      await talk.write(`${line.length}\n`);
    }
  });
  const result = await invariance(server, "one\ntwo\n", { cases: ["1.1", "1.4", "1.5", "2.1"] });
  assertEquals([unlike(result, "INFO"), result.verdict], [[], "PASS"]);
});

Deno.test("silence and refusal are no pass", async () => {
  await using silent = await rawServer(async (talk) => {
    while (await talk.read() !== null);
  });
  const mute = await invariance(silent, "one\n", { timeoutMs: 300 });
  assertEquals([mute.verdict, caseOf(mute, "0.1").verdict], ["INCONCLUSIVE", "INCONCLUSIVE"]);
  assertStringIncludes(caseOf(mute, "0.1").detail, "answers nothing");
});

Deno.test("the kind of end is part of the answer: a target that closes after a cut is found", async () => {
  await using server = await rawServer(async (talk) => {
    const chunks: Uint8Array[] = [];
    for (let chunk; (chunk = await talk.read()) !== null;) {
      chunks.push(chunk);
      const text = chunks.map((one) => new TextDecoder().decode(one)).join("");
      if (!text.endsWith("\n")) continue;
      await talk.write("ok\n");
      if (chunks.length > 1) return;
    }
  });
  const result = await invariance(server, "one two\n", { cases: ["1.1"] });
  const { verdict, cause, detail } = caseOf(result, "1.1");
  assertEquals([verdict, cause], ["FAIL", "LOST"]);
  assertStringIncludes(detail, "closes it (FIN)");
});

Deno.test("what is said twice, too late, or not at a half-close has its name", async () => {
  /** Answers each line; in which way depends on whether it came in pieces. */
  const answering = (how: (talk: Talk, pieces: number) => Promise<void>) => async (talk: Talk) => {
    let text = "", pieces = 0;
    for (let chunk; (chunk = await talk.read()) !== null;) {
      text += new TextDecoder().decode(chunk);
      pieces++;
      if (!text.endsWith("\n")) continue;
      await how(talk, pieces);
      text = "";
      pieces = 0;
    }
  };
  const causeWith = async (how: (talk: Talk, pieces: number) => Promise<void>, id = "1.1") => {
    await using server = await rawServer(answering(how));
    return caseOf(await invariance(server, "one two\n", { cases: [id], timeoutMs: 500 }), id).cause;
  };
  assertEquals(
    await causeWith(async (talk, pieces) => {
      await talk.write("ok\n");
      if (pieces > 1) await talk.write("ok\n");
    }),
    "DUPLICATED",
  );
  assertEquals(
    await causeWith(async (talk, pieces) => {
      if (pieces > 1) { while (await talk.read() !== null); // answers once nothing more comes
       }
      await talk.write("ok\n");
    }),
    "LATE",
  );
  await using dropping = await rawServer(async (talk) => {
    for (let chunk; (chunk = await talk.read()) !== null;) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const ended = await Promise.race([talk.read(), undefined]);
      if (ended === null) return; // FIN came: the answer is thrown away
      await talk.write(`${chunk.length}\n`);
      if (ended === undefined) return;
    }
  });
  const half = await invariance(dropping, "one\n", { cases: ["8.3"], halfClose: "any" });
  assertEquals(caseOf(half, "8.3").verdict, "UNSUPPORTED");
});

Deno.test("requests apart: waits say where, joined they are only SHOULD, and what fails is cut off behind", async () => {
  // Reads one line for each chunk; what stands behind it is lost.
  await using server = await rawServer(async (talk) => {
    let text = "";
    for (let chunk; (chunk = await talk.read()) !== null;) {
      text += new TextDecoder().decode(chunk);
      if (!text.includes("\n")) continue;
      await talk.write(`${text.indexOf("\n")}\n`);
      text = "";
    }
  });
  const stream = { bytes: bytes("one\nthree\nfive5\n"), waits: [4, 10] };
  const result = await invariance(server, stream, { cases: ["1.1", "2.1"], timeoutMs: 500 });
  assertEquals(verdicts(result)["1.1"], "PASS");
  const { verdict, cause, counterexample } = caseOf(result, "2.1");
  assertEquals([verdict, cause], ["NONSTRICT", "HANG"]);
  assertEquals(counterexample?.stream.length, 2 * 10);
});

Deno.test("a program over stdio is a target as any other", async () => {
  const result = await runConformance("stdio:", {
    ...UNHURRIED,
    expect: "invariance",
    stream: { bytes: bytes("abc\nde\n") },
    spawn: scenarioServer("stdio_lengths.py"),
    cases: ["1.1", "8.3", "8.4"],
  });
  assertEquals(verdicts(result)["1.1"], "PASS");
  assertEquals([verdicts(result)["8.3"], verdicts(result)["8.4"]], ["PASS", "UNSUPPORTED"]);
});

Deno.test("a smallest delivery fails again when it is played alone", async () => {
  const spawn = scenarioServer("resp_cut_delimiter.mjs");
  const stream = { bytes: bytes("*1\r\n$4\r\nPING\r\n") };
  const run = (stream: NonNullable<RunOptions["stream"]>) =>
    runConformance(LOOPBACK, {
      expect: "invariance",
      spawn,
      stream,
      seed: 1,
      cases: ["1.4"],
      timeoutMs: 500,
      ...THOROUGH,
    });
  const found = caseOf(await run(stream), "1.4");
  const { counterexample } = found;
  assert(counterexample);
  assertEquals(counterexample.cuts.length, 1);
  const { cuts, waits, end } = counterexample;
  const again = await run({
    bytes: hexBytes(counterexample.stream) ?? new Uint8Array(),
    cuts,
    waits,
    end,
  });
  assertEquals(caseOf(again, "stream").cause, found.cause);
});

for (let round = 0; round < 2; round++) {
  const seed = Math.floor(Math.random() * 2 ** 31);
  Deno.test(`a right server passes whatever is sent to it (seed ${seed})`, async () => {
    const random = new RandomStream(seed, "requests");
    const request = () => "abc\r d".slice(0, random.below(7)) + "\n";
    const requests = Array.from({ length: 1 + random.below(6) }, request);
    let at = 0;
    const waits = requests.slice(0, -1).map((one) => at += one.length);
    await using server = await rawServer(lengths);
    const stream = { bytes: bytes(requests.join("")), waits: random.below(2) === 0 ? waits : [] };
    const result = await invariance(server, stream, { seed, exclude: ["1.2", "1.12"] });
    assertEquals([unlike(result), result.verdict], [[], "PASS"]);
  });
}
