import { assertEquals, assertStringIncludes } from "@std/assert";
import { projectPath } from "../../tools/project.ts";
import { serveDatagrams } from "../../server/mod.ts";
import { runConformance } from "../run_conformance.ts";
import type { RunOptions } from "../run_options.ts";
import { RIGHT_DATAGRAM_SERVERS } from "./zoo.ts";

/** Cases but the flood of 12.9, which takes longer than all others together. */
const QUICK = ["12.*"], LONG = ["12.9"];
const TOLD = ["PASS", "INFO", "UNSUPPORTED"];

/** What is not right in a run of a server that is. */
async function blames(target: string, options: Partial<RunOptions>): Promise<string[]> {
  const { cases } = await runConformance(target, {
    expect: "echo",
    cases: QUICK,
    exclude: LONG,
    budgetMs: 300_000,
    ...options,
  });
  return cases.flatMap(({ id, verdict, cause, detail }) =>
    TOLD.includes(verdict) ? [] : [`${id} ${verdict} ${cause ?? ""} ${detail}`]
  );
}

for (const [name, command] of RIGHT_DATAGRAM_SERVERS) {
  Deno.test(`a right server is not blamed: ${name}`, async () => {
    const spawn = command.replace(/conformance\/\S+/, (path) => `'${projectPath(path)}'`)
      .replace(/^deno /, `'${Deno.execPath()}' `);
    const framing = command.includes("fragment.") ? { framing: "fragment" } : {};
    assertEquals(await blames("udp://127.0.0.1:0", { ...framing, spawn }), []);
  });
}

Deno.test("a right server is not blamed: ours, each datagram a message, and in fragments", async () => {
  await using whole = await serveDatagrams((message) => message, { listen: "udp://127.0.0.1:0" });
  assertEquals(await blames(whole.endpoint, {}), []);
  await using parts = await serveDatagrams((message) => message, {
    listen: "udp://127.0.0.1:0",
    fragments: {},
    error: () => {},
  });
  assertEquals(await blames(parts.endpoint, { framing: "fragment" }), []);
});

Deno.test("a right server of Unix datagrams is not blamed", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const folder = await Deno.makeTempDir();
  {
    const listen = `unixgram://${folder}/s`;
    await using server = await serveDatagrams((message) => message, { listen });
    assertEquals(await blames(server.endpoint, {}), []);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what the system dropped is not the target's fault", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const file = projectPath("conformance/testdata/datagrams/zoo.py");
  const { cases, verdict } = await runConformance("udp://127.0.0.1:0", {
    expect: "echo",
    spawn: `python3 '${file}' {port} plain.no-room`,
    cases: ["0.1"],
    timeoutMs: 500,
  });
  const burst = cases.find(({ id }) => id === "0.1");
  assertEquals([verdict, burst?.verdict], ["INCONCLUSIVE", "INCONCLUSIVE"]);
  assertStringIncludes(burst?.detail ?? "", "may have lost them");
});
