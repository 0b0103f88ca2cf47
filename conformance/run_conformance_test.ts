import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { hexBytes } from "../protocol/framing/hex.ts";
import { EndpointError } from "../protocol/transport/mod.ts";
import type { CaseResult, RunResult } from "./campaign/result.ts";
import { ConformanceUsageError, runConformance, type RunOptions, TargetStartError } from "./mod.ts";
import { echo, targetCommand, testServer, UNHURRIED } from "./testing.ts";

/** Whether edges can be proven here; elsewhere the same runs assume them. */
const PROVES = Deno.build.os === "linux";
const LOOPBACK = "tcp://127.0.0.1:0";
const ECHO = {
  ...UNHURRIED,
  framing: "u32be",
  expect: "echo",
  maxFrame: 65_536,
  seed: 1,
} as const;

const verdicts = ({ cases }: RunResult) => cases.map(({ id, verdict }) => `${id} ${verdict}`);
const failures = ({ cases }: RunResult) => cases.filter(({ verdict }) => verdict === "FAIL");

function caseOf({ cases }: RunResult, id: string): CaseResult {
  const found = cases.find((one) => one.id === id);
  assert(found, `case ${id} was run`);
  return found;
}

async function runEcho(options: Partial<RunOptions> = {}): Promise<RunResult> {
  await using server = await testServer(LOOPBACK, "u32be", echo);
  return await runConformance(server.endpoint, { ...ECHO, ...options });
}

Deno.test("a right server in this process passes everything, edges proven", async () => {
  const result = await runEcho({ exclude: ["1.2", "2.2"] });
  assertEquals(failures(result), []);
  assertEquals([result.verdict, result.exitCode], ["PASS", 0]);
  const edges = caseOf(result, "1.1").edges;
  assertEquals(edges, { proven: PROVES ? 299 : 0, requested: 299 });
  assertEquals(result.certificate[0], {
    covers: "all single cuts of 300 bytes",
    proven: PROVES ? 299 : 0,
    passed: 299,
    total: 299,
    set: { kind: "singles", length: 300 },
  });
});

Deno.test({
  name: "a right server passes over a Unix socket",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      await using server = await testServer(`unix://${folder}/s.sock`, "netstring", echo);
      const result = await runConformance(server.endpoint, {
        ...ECHO,
        framing: "netstring",
        cases: ["1.1", "1.4", "2.*", "3.*", "8.*"],
        exclude: ["2.2"],
      });
      assertEquals(failures(result), []);
      assertEquals(caseOf(result, "1.1").edges.proven, PROVES ? 299 : 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("a right server passes over TLS", async () => {
  const file = (name: string) =>
    Deno.readTextFile(new URL(`../protocol/transport/testdata/${name}`, import.meta.url));
  const cert = await file("cert.pem");
  const tls = { cert, key: await file("key.pem") };
  await using server = await testServer("tls://localhost:0", "varint", echo, { tls });
  const result = await runConformance(server.endpoint.replace("127.0.0.1", "localhost"), {
    ...ECHO,
    framing: "varint",
    cases: ["1.4", "1.6", "2.1", "8.2"],
    caCerts: [cert],
  });
  assertEquals(failures(result), []);
  assertEquals(caseOf(result, "1.4").edges.proven > 0, PROVES);
});

Deno.test("the same seed plays the same, another one does not", async () => {
  const streams = async (seed: number) => {
    const lines: string[] = [];
    const result = await runEcho({
      seed,
      cases: ["1.6", "1.12", "8.2"],
      onHistory: (line) => lines.push(line),
    });
    return {
      verdicts: verdicts(result),
      streams: lines.filter((line) => line.startsWith('{"event":"stimulus"')),
    };
  };
  const [one, same, other] = [await streams(5), await streams(5), await streams(6)];
  assertEquals(one, same);
  assert(one.streams.length > 0 && one.streams.join() !== other.streams.join());
});

Deno.test("the history is JSON lines in order: run, connections, plays, verdicts, end", async () => {
  const lines: string[] = [];
  await runEcho({ cases: ["2.1"], onHistory: (line) => lines.push(line) });
  const events = lines.map((line): { event: string } => JSON.parse(line));
  assertEquals(events[0]?.event, "run");
  assertEquals(events.at(-1)?.event, "end");
  const kinds = new Set(events.map(({ event }) => event));
  assertEquals([...kinds].sort(), ["connection", "end", "play", "run", "stimulus", "verdict"]);
});

Deno.test("what goes wrong only once is neither a failure nor a pass; what is slow once is a pass", async () => {
  const after = 300; // frames answered before it happens: amid the single cuts
  const once = (
    mishap: (frames: Parameters<typeof echo>[0], payload: Uint8Array) => Promise<void>,
  ) => {
    let answered = 0;
    return async (frames: Parameters<typeof echo>[0]) => {
      for await (const payload of frames) {
        if (++answered === after) await mishap(frames, payload);
        else await frames.send(payload);
      }
    };
  };
  const verdictWith = async (handle: typeof echo) => {
    await using server = await testServer(LOOPBACK, "u32be", handle);
    const result = await runConformance(server.endpoint, { ...ECHO, cases: ["1.1"] });
    return [caseOf(result, "1.1").verdict, result.exitCode];
  };
  const wrong = once((frames) => frames.send(Uint8Array.of(1, 2, 3)));
  assertEquals(await verdictWith(wrong), ["INCONCLUSIVE", 3]);
  const slow = once(async (frames, payload) => {
    await frames.flush();
    await new Promise((resolve) => setTimeout(resolve, 700)); // longer than what is usually waited
    await frames.send(payload);
  });
  assertEquals(await verdictWith(slow), ["PASS", 0]);
});

Deno.test("a server that skips over-long frames and goes on is right, too", async () => {
  const options = { overLimit: "skip", maxFrameLength: 1000 } as const;
  await using server = await testServer(LOOPBACK, "u32be", echo, options);
  const result = await runConformance(server.endpoint, {
    ...ECHO,
    maxFrame: 1000,
    cases: ["2.7", "3.*"],
  });
  assertEquals(failures(result), []);
  assertEquals(["3.3", "3.4", "3.5", "3.7", "3.9"].map((id) => caseOf(result, id).verdict), [
    "PASS",
    "PASS",
    "PASS",
    "PASS",
    "PASS",
  ]);
});

Deno.test("a server that serves one connection after the other is not blamed for it", async () => {
  await using server = await testServer(LOOPBACK, "u32be", echo, { oneAtATime: true });
  const result = await runConformance(server.endpoint, { ...ECHO, cases: ["1.4", "3.*", "8.*"] });
  assertEquals(failures(result), []);
  const { verdict, detail } = caseOf(result, "3.10");
  assertEquals(
    [verdict, detail],
    PROVES ? ["INFO", "the target serves one connection after the other"] : [verdict, detail],
  );
});

Deno.test("with nothing known of the answers only liveness is judged", async () => {
  const mute = async (frames: Parameters<typeof echo>[0]) => {
    while (await frames.receive() !== null);
  };
  await using server = await testServer(LOOPBACK, "u32be", mute);
  const result = await runConformance(server.endpoint, {
    ...ECHO,
    expect: "none",
    exclude: ["1.2", "1.3", "2.2", "2.5"],
  });
  assertEquals(failures(result), []);
  assertEquals(caseOf(result, "1.1").verdict, "PASS");
  assertEquals(caseOf(result, "0.5").verdict, "UNSUPPORTED");
});

Deno.test("silence, refusal to speak, and no target at all are never a pass", async () => {
  const silent = (frames: { receive(): Promise<unknown> }) => frames.receive().then(() => {});
  const hang = async (frames: Parameters<typeof echo>[0]) => {
    while (await frames.receive() !== null);
  };
  for (const handle of [silent, hang]) {
    await using server = await testServer(LOOPBACK, "u32be", handle);
    const result = await runConformance(server.endpoint, { ...ECHO, timeoutMs: 300 });
    assertEquals([result.verdict, result.exitCode], ["FAIL", 1]);
    assertEquals(failures(result).map(({ id }) => id), ["0.2"]);
    assertEquals(caseOf(result, "1.1").verdict, "INCONCLUSIVE");
  }
  const nobody = await testServer(LOOPBACK, "u32be", echo);
  await nobody[Symbol.asyncDispose]();
  await assertRejects(() => runConformance(nobody.endpoint, ECHO), TargetStartError, "not there");
});

Deno.test("a server that speaks no frames is found out, though it echoes every byte", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) {
      connection.readable.pipeTo(connection.writable).catch(() => {});
    }
  })();
  try {
    const target = `tcp://127.0.0.1:${listener.addr.port}`;
    const result = await runConformance(target, {
      ...UNHURRIED,
      framing: "u32be",
      expect: "echo",
      seed: 1,
      cases: ["1.1", "8.2"],
    });
    assertEquals(caseOf(result, "1.1").verdict, "PASS");
    assertEquals([caseOf(result, "8.2").verdict, caseOf(result, "8.2").cause], ["FAIL", "PHANTOM"]);
  } finally {
    listener.close();
    await serving;
  }
});

Deno.test("a smallest delivery fails again when it is played alone", async () => {
  const spawn = targetCommand("body_single_recv.py");
  const found = await runConformance(LOOPBACK, {
    ...ECHO,
    spawn,
    cases: ["1.1"],
    timeoutMs: 500,
    shrinkMs: 30_000,
  });
  const { counterexample, cause } = caseOf(found, "1.1");
  assert(counterexample);
  assertEquals([counterexample.stream, counterexample.cuts], ["000000026161", [5]]);
  const { stream, cuts, waits, end } = counterexample;
  const bytes = hexBytes(stream) ?? new Uint8Array();
  const again = await runConformance(LOOPBACK, {
    ...ECHO,
    spawn,
    timeoutMs: 500,
    stream: { bytes, cuts, waits, end },
  });
  assertEquals(caseOf(again, "stream").cause, cause);
  const whole = await runConformance(LOOPBACK, { ...ECHO, spawn, stream: { bytes } });
  assertEquals([caseOf(whole, "stream").verdict, whole.exitCode], ["PASS", 0]);
});

Deno.test("assumed edges are never counted as proven, and strict runs do not pass on them", async () => {
  const options = { cases: ["1.4", "2.1"], edgeMethod: "none" } as const;
  const loose = await runEcho(options);
  assertEquals([loose.verdict, caseOf(loose, "1.4").edges.proven], ["PASS", 0]);
  assertStringIncludes(caseOf(loose, "1.4").detail, "assumed");
  assertEquals(caseOf(loose, "0.6").verdict, "INFO");
  const strict = await runEcho({ ...options, strict: true });
  assertEquals([strict.verdict, strict.exitCode], ["INCONCLUSIVE", 3]);
  assertEquals(caseOf(strict, "1.4").verdict, "INCONCLUSIVE");
  assertEquals(caseOf(strict, "2.1").verdict, "PASS"); // it needs no edge
});

Deno.test("a case that was played in part is not a pass", async () => {
  const result = await runEcho({ cases: ["1.2"], budgetMs: 1 });
  const { verdict, deliveries, certificate } = caseOf(result, "1.2");
  assertEquals([verdict, result.exitCode], ["INFO", 3]);
  assert(deliveries.played < deliveries.total);
  assertEquals(certificate?.passed, deliveries.played);
});

Deno.test("a run in which nothing was judged is inconclusive, one without cases is refused", async () => {
  const result = await runEcho({ cases: ["1.9", "0.4"] });
  assertEquals([result.verdict, result.exitCode], ["INCONCLUSIVE", 3]);
  await assertRejects(() => runEcho({ cases: ["99.*"] }), ConformanceUsageError, "99.*");
});

Deno.test("what cannot be run is refused before anything is started", async () => {
  const refuse = (target: string, options: Partial<RunOptions>, message: string) =>
    assertRejects(() => runConformance(target, { ...ECHO, ...options }), Error, message);
  await refuse(LOOPBACK, {}, "Port 0 needs");
  await refuse("stdio:", {}, "needs --spawn");
  await refuse(LOOPBACK, { spawn: "'x" }, "not closed");
  await refuse("tcp://127.0.0.1:1", { framing: "u33be" }, "u33be");
  await refuse("tcp://127.0.0.1:1", { framing: "fixed:5", expect: "hello" }, "fixed:5 cannot");
  const stream = { bytes: Uint8Array.of(1, 2), cuts: [2] };
  await refuse("tcp://127.0.0.1:1", { stream }, "2 is not a place from 1 to 1");
  await assertRejects(() => runConformance("nonsense", ECHO), EndpointError);
});

Deno.test("a target that does not start is told with the last of its standard error", async () => {
  const start = (spawn: string) =>
    assertRejects(
      () => runConformance(LOOPBACK, { ...ECHO, spawn, startTimeoutMs: 500 }),
      TargetStartError,
    );
  assertStringIncludes((await start("no-such-program-at-all {port}")).message, "Cannot start");
  const program = `${Deno.execPath()} eval`;
  const ended = await start(`${program} 'console.error("no luck"); Deno.exit(9)'`);
  assertStringIncludes(ended.message, "exit code 9");
  assertStringIncludes(ended.message, "no luck");
  const deaf = await start(`${program} 'setTimeout(() => {}, 60_000)'`);
  assertStringIncludes(deaf.message, "does not accept within 500 ms");
});

Deno.test("an aborted run ends its target and rejects", async () => {
  const controller = new AbortController();
  let pid = 0;
  const onHistory = (line: string) => {
    const { event, about }: { event: string; about?: { pid: number } } = JSON.parse(line);
    if (event === "run") pid = about?.pid ?? 0;
    if (event === "play") controller.abort(new Error("enough"));
  };
  const spawn = targetCommand("correct.py");
  await assertRejects(
    () => runConformance(LOOPBACK, { ...ECHO, spawn, signal: controller.signal, onHistory }),
    Error,
    "enough",
  );
  assert(pid > 0);
  // A process that has ended and was waited for is no more.
  assert(!await isAlive(pid));
});

async function isAlive(pid: number): Promise<boolean> {
  const { success } = await new Deno.Command("kill", { args: ["-0", `${pid}`], stderr: "null" })
    .output();
  return success;
}
