import { assertEquals } from "@std/assert";
import { projectPath } from "../../tools/project.ts";
import type { CaseResult } from "../campaign/result.ts";
import { runConformance } from "../run_conformance.ts";
import { runZooClient } from "./run_zoo_client.ts";
import { RIGHT_DATAGRAM_CLIENTS, RIGHT_ZOO_CLIENTS } from "./zoo.ts";

const TOLD = ["PASS", "INFO", "UNSUPPORTED"];
/** Time for each: of what does not fit in, a part is played. A program has to be started for each play. */
const BUDGET_MS = 30_000, PROGRAM_BUDGET_MS = 8000;
/** Programs at once; each is started two at a time. */
const AT_ONCE = 2;

/** What is not right in a run of a client that is. */
function blames(cases: readonly CaseResult[]): string[] {
  return cases.flatMap(({ id, verdict, cause, detail }) =>
    TOLD.includes(verdict) ? [] : [`${id} ${verdict} ${cause ?? ""} ${detail}`]
  );
}

for (const name of RIGHT_ZOO_CLIENTS) {
  Deno.test(`a right client is blamed for nothing: ${name}`, async () => {
    assertEquals(blames(await runZooClient(name, { budgetMs: BUDGET_MS })), []);
  });
}

/** What is not right in a run of a program that is. */
async function blamesOfProgram(name: string, command: string): Promise<string[]> {
  const { cases } = await runConformance("udp://127.0.0.1:0", {
    side: "client",
    expect: "upper",
    spawn: command.replace(/conformance\/\S+/, (path) => `'${projectPath(path)}'`),
    mask: ["in [0-9.]+ ms"],
    cases: ["12.*"],
    budgetMs: PROGRAM_BUDGET_MS,
    ...(command.includes("fragments") ? { framing: "fragment" } : {}),
  });
  return blames(cases).map((blame) => `${name}: ${blame}`);
}

Deno.test("right programs are blamed for nothing", async () => {
  const found: string[] = [];
  const left = [...RIGHT_DATAGRAM_CLIENTS];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      found.push(...await blamesOfProgram(...one));
    }
  }));
  assertEquals(found, []);
});
