import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { hexBytes } from "../../protocol/framing/hex.ts";
import { ConformanceUsageError, runConformance, type RunOptions } from "../mod.ts";
import { parseScenario } from "./conversation.ts";
import type { Scenario } from "./scenario.ts";
import { UNHURRIED } from "../testing.ts";
import {
  bytes,
  caseOf,
  lengths,
  rawServer,
  scenarioPath,
  scenarioServer,
  type Talk,
  verdicts,
} from "./testing.ts";

const LOOPBACK = "tcp://127.0.0.1:0";
/** As much time as it takes to make failures small. */
const THOROUGH = { ...UNHURRIED, shrinkMs: 30_000 } as const;

async function sample(name: string): Promise<Scenario> {
  return parseScenario(await Deno.readTextFile(scenarioPath(`${name}.json`)));
}

/** The sample scenarios, their servers, and what is wrong with those. */
const SAMPLES:
  readonly (readonly [scenario: string, server: string, wrong: Record<string, string>])[] = [
    ["smtp", "smtp_right.py", {}],
    ["resp", "resp_right.mjs", {}],
    ["http", "http_right.py", {}],
    ["smtp", "smtp_command_per_recv.py", { "1.1": "FAIL CORRUPT", "1.4": "FAIL CORRUPT" }],
    ["smtp", "smtp_cut_dot.py", { "1.1": "FAIL HANG", "1.4": "FAIL HANG" }],
    ["resp", "resp_command_per_read.mjs", { "2.1": "FAIL HANG" }],
    ["resp", "resp_cut_delimiter.mjs", { "1.1": "FAIL CORRUPT", "1.4": "FAIL HANG" }],
    ["http", "http_body_with_header.py", {
      "1.1": "FAIL CORRUPT",
      "1.4": "FAIL CORRUPT",
      "2.1": "FAIL HANG",
    }],
  ];

const CASES = ["1.1", "1.4", "2.1", "8.2", "8.3", "8.4"];

for (const [name, server, wrong] of SAMPLES) {
  Deno.test(`scenario ${name}, ${server}: ${JSON.stringify(wrong)}`, async () => {
    const scenario = await sample(name);
    const result = await runConformance(LOOPBACK, {
      expect: "scenario",
      scenario,
      spawn: scenarioServer(server),
      cases: CASES,
      seed: 1,
      timeoutMs: 1000,
      ...THOROUGH,
    });
    const seen = verdicts(result);
    for (const id of CASES) {
      const expected = wrong[id] ?? (seen[id] === "UNSUPPORTED" ? "UNSUPPORTED" : "PASS");
      assertEquals(seen[id], expected, `${id}: ${caseOf(result, id).detail}`);
    }
    assertEquals(result.verdict, Object.keys(wrong).length > 0 ? "FAIL" : "PASS");
    for (const { cause, counterexample } of result.cases) {
      if (cause === undefined) continue;
      assert(counterexample);
      // Besides the cuts at which an answer is awaited, one cut is to blame, or that there is none.
      const { cuts, waits } = counterexample;
      assert(cuts.filter((at) => !waits.includes(at)).length <= 1, `${cuts}`);
    }
  });
}

Deno.test("a client that dials us is tested by the same scenarios: its greeting is expected first", async () => {
  const causesOf = async (file: string) => {
    const result = await runConformance(LOOPBACK, {
      expect: "scenario",
      scenario: await sample("client"),
      side: "client",
      spawn: scenarioServer(file),
      cases: ["1.1", "1.4", "8.4"],
      seed: 1,
      timeoutMs: 1000,
      ...UNHURRIED,
    });
    return [result.verdict, verdicts(result)["1.1"], verdicts(result)["8.4"]];
  };
  assertEquals(await causesOf("client_right.py"), ["PASS", "PASS", "PASS"]);
  assertEquals(await causesOf("client_line_per_recv.py"), ["FAIL", "FAIL CORRUPT", "PASS"]);
});

Deno.test("a failing step of a scenario is played again alone", async () => {
  const options = {
    expect: "scenario",
    scenario: await sample("smtp"),
    spawn: scenarioServer("smtp_command_per_recv.py"),
    cases: ["1.1"],
    seed: 1,
    ...THOROUGH,
  } as const;
  const { counterexample, detail } = caseOf(await runConformance(LOOPBACK, options), "1.1");
  assert(counterexample);
  const { stream, cuts, waits, end } = counterexample;
  const given = { bytes: hexBytes(stream) ?? new Uint8Array(), cuts, waits, end };
  const again = await runConformance(LOOPBACK, { ...options, stream: given });
  assertEquals(caseOf(again, "stream").cause, "CORRUPT");
  assertEquals(caseOf(again, "stream").detail, detail);
});

Deno.test("sends between which nothing is expected are also joined; delays are kept", async () => {
  // Takes each chunk for one line.
  await using server = await rawServer(async (talk) => {
    for (let chunk; (chunk = await talk.read()) !== null;) {
      const text = new TextDecoder().decode(chunk);
      if (text.startsWith("b")) await talk.write(`${text.length}\n`);
    }
  });
  const scenario: Scenario = {
    name: "two lines",
    steps: [
      { send: { text: "a\n" } },
      { delay: 30 },
      { send: { text: "bbb\n" } },
      { expect: { text: "4\n" } },
      { expect: "quiet" },
    ],
  };
  const result = await runConformance(server.endpoint, {
    expect: "scenario",
    scenario,
    cases: ["2.1"],
    timeoutMs: 500,
    ...THOROUGH,
  });
  const { verdict, cause, counterexample } = caseOf(result, "2.1");
  assertEquals([verdict, cause, counterexample?.cuts], ["FAIL", "HANG", []]);
  assert(caseOf(result, "0.1").ms >= 5 * 30);
});

Deno.test("an answer too many, and one that is missing, are told with their step", async () => {
  const scenario: Scenario = {
    name: "one line",
    framing: { answers: "line" },
    steps: [{ expect: { frames: ["hi"] } }, { send: { text: "abc\n" } }, {
      expect: { pattern: "[0-9]" },
    }],
  };
  const findingWith = async (handle: (talk: Talk) => Promise<void>) => {
    await using server = await rawServer(handle);
    const result = await runConformance(server.endpoint, {
      ...UNHURRIED,
      expect: "scenario",
      scenario,
      cases: ["1.4"],
      timeoutMs: 300,
    });
    const { cause, detail } = result.cases.find(({ cause }) => cause !== undefined) ??
      caseOf(result, "0.1");
    return [cause, detail];
  };
  const dripped = (answer: string) => async (talk: Talk) => {
    await talk.write("hi\n");
    let chunks = 0, text = "";
    for (let chunk; (chunk = await talk.read()) !== null;) {
      text += new TextDecoder().decode(chunk);
      chunks++;
      if (text.endsWith("\n")) await talk.write(chunks > 1 ? answer : "3\n");
    }
  };
  assertEquals(await findingWith((talk) => lengths(talk)), [undefined, "alike each time"]);
  const [twice, told = ""] = await findingWith(dripped("3\n3\n"));
  assertEquals(twice, "DUPLICATED");
  assertStringIncludes(told, "behind the last step");
  assertEquals((await findingWith(dripped("3\n?\n")))[0], "PHANTOM");
  assertEquals((await findingWith(dripped("no\n")))[0], "CORRUPT");
  const [cause, detail = ""] = await findingWith((talk) => lengths(talk, "hello\n"));
  assertEquals(cause, "CORRUPT");
  assertStringIncludes(detail, "$.steps[0].expect.frames[0]");
});

Deno.test("what cannot be run is refused before anything is started", async () => {
  const refuse = (options: Partial<RunOptions>, message: string) =>
    assertRejects(
      () => runConformance("tcp://127.0.0.1:1", { expect: "invariance", ...options }),
      Error,
      message,
    );
  await refuse({}, "needs --stream");
  await refuse({ stream: { bytes: bytes("ab"), cuts: [2] } }, "not a place");
  await refuse({ stream: { bytes: bytes("ab") }, mask: ["("] }, "--mask");
  await refuse({ stream: { bytes: bytes("ab") }, cases: ["3.*"] }, "No case of an exchange");
  await refuse({ stream: { bytes: bytes("ab") }, framing: "u33" }, "u33");
  await refuse({ expect: "scenario" }, "A scenario is missing");
  await refuse({ expect: "echo" }, "A framing is missing");
  const scenario = await sample("resp");
  await refuse({ expect: "scenario", scenario, framing: "u8" }, "in its file");
  const stream = { bytes: bytes("*1\r\n") };
  await assertRejects(
    () => runConformance("tcp://127.0.0.1:1", { expect: "scenario", scenario, stream }),
    ConformanceUsageError,
    "not the beginning",
  );
});
