/**
 * Our programs under our own runner: nonstick/1 and everything in frames passes, however it is cut, and where the tutorials
 * have no frames it fails, as docs/DIALECTS.md says. `deno task prove` does the same with echo in every framing.
 * @module
 */
import { assertEquals } from "@std/assert";
import { RunningServer } from "../cli/testing.ts";
import {
  type CaseResult,
  parseScenario,
  runConformance,
  type RunOptions,
  type RunResult,
} from "../conformance/mod.ts";
import { UNHURRIED } from "../conformance/testing.ts";
import { permissionFlags, programs } from "../tools/programs.ts";
import { projectPath } from "../tools/project.ts";
import { stdFlags } from "../tools/std.ts";

const linux = { ignore: Deno.build.os !== "linux" };
const bytes = (text: string) => new TextEncoder().encode(text);

async function run(
  server: RunningServer,
  index: number,
  options: RunOptions,
): Promise<RunResult> {
  const target = (server.urls[index] ?? "").replace(/\?.*/, "");
  return await runConformance(target, {
    seed: 1,
    timeoutMs: 2000,
    shrinkMs: 500,
    ...UNHURRIED,
    ...options,
  });
}

async function withServer(
  listen: readonly string[],
  body: (server: RunningServer) => Promise<void>,
  ...flags: readonly string[]
): Promise<void> {
  const args = listen.flatMap((options) => ["--listen", `tcp://:0${options}`]);
  await using server = await RunningServer.start(
    [...args, ...flags],
    listen.length,
    UNHURRIED.budgetMs,
  );
  await body(server);
}

const caseOf = ({ cases }: RunResult, id: string): CaseResult | undefined =>
  cases.find((one) => one.id === id);
const told = ({ cases }: RunResult) =>
  cases.filter(({ verdict }) => verdict !== "PASS")
    .map(({ id, verdict, detail }) => `${id} ${verdict} ${detail}`).join("\n");

Deno.test("nonstick/1 passes: cut anywhere, joined, ended at every step", linux, async () => {
  const path = projectPath("server/testdata/nonstick1.json");
  const scenario = parseScenario(await Deno.readTextFile(path));
  await withServer([""], async (server) => {
    const cases = ["1.1", "1.4", "1.5", "1.6", "1.7", "2.1", "8.*"];
    const result = await run(server, 0, { expect: "scenario", scenario, cases });
    assertEquals(result.verdict, "PASS", told(result));
    assertEquals(caseOf(result, "1.1")?.edges.proven, caseOf(result, "1.1")?.edges.requested);
    assertEquals(told(result), "");
  });
});

Deno.test("upper and hello pass in frames", linux, async () => {
  const framings = ["u32be", "line", "netstring", "cobs"];
  const pairs = framings.flatMap((framing) =>
    (["upper", "hello"] as const).map((expect) => ({ expect, framing }))
  );
  const listen = pairs.map(({ expect, framing }) => `?speak=${expect}&framing=${framing}`);
  await withServer(listen, async (server) => {
    for (const [i, { expect, framing }] of pairs.entries()) {
      const cases = ["1.4", "1.5", "1.7", "2.1", "2.3", "3.1", "8.2", "8.3"];
      const result = await run(server, i, { expect, framing, cases });
      assertEquals(result.verdict, "PASS", `${expect} ${framing}\n${told(result)}`);
    }
  });
});

Deno.test(
  "raw: a request cut in two is another one, except where any byte is one",
  linux,
  async () => {
    const expected = [
      ["echo", "PASS"],
      ["upper", "PASS"],
      ["hello", "FAIL"],
      ["exec-raw", "FAIL"],
      ["exec-i32le", "FAIL"],
      ["exec-json", "FAIL"],
      ["exec-info", "FAIL"],
    ] as const;
    await withServer(
      expected.map(([speak]) => `?speak=${speak}`),
      async (server) => {
        for (const [i, [speak, verdict]] of expected.entries()) {
          const result = await run(server, i, {
            expect: "invariance",
            stream: { bytes: bytes(speak.startsWith("exec-") ? "echo 12" : "Michael") },
            cases: ["1.6"],
          });
          assertEquals(result.verdict, verdict, `${speak}\n${told(result)}`);
          if (verdict === "FAIL") assertEquals(caseOf(result, "1.6")?.counterexample?.cuts, [1]);
        }
      },
      "--allow-exec",
      "echo",
    );
  },
);

Deno.test("files-json passes: it is framed in both directions", linux, async () => {
  const root = await Deno.makeTempDir();
  await Deno.writeTextFile(`${root}/a.txt`, "hello");
  const request = '{"cmd":"get","filename":"a.txt"}';
  await withServer(
    ["?speak=files-json"],
    async (server) => {
      const result = await run(server, 0, {
        expect: "invariance",
        stream: { bytes: Uint8Array.of(request.length, 0, 0, 0, ...bytes(request)) },
        cases: ["1.1", "1.4", "2.1", "8.2"],
      });
      assertEquals(result.verdict, "PASS", told(result));
    },
    "--root",
    root,
  );
  await Deno.remove(root, { recursive: true });
});

Deno.test("our client reads exec-i32le right in any pieces", linux, async () => {
  const flags = [...permissionFlags(programs.client), "--config", projectPath("deno.json")];
  const words = [Deno.execPath(), "run", ...flags, ...await stdFlags()];
  const client = [...words, projectPath(programs.client.main)].map((word) => `'${word}'`).join(" ");
  const result = await runConformance("tcp://127.0.0.1:0", {
    side: "client",
    expect: "output",
    answer: Uint8Array.of(2, 0, 0, 0, 0x31, 0x32),
    spawn: `${client} --to tcp://{host}:{port}?speak=exec-i32le exec -- x`,
    cases: ["1.1", "1.4"],
    seed: 1,
    ...UNHURRIED,
  });
  assertEquals(result.verdict, "PASS", told(result));
});
