import { assertEquals } from "@std/assert";
import { projectPath } from "../../tools/project.ts";
import { runConformance } from "../run_conformance.ts";
import { RIGHT_DATAGRAM_CLIENTS } from "./zoo.ts";

/** Runs at once; each starts its clients two at a time. */
const AT_ONCE = 2;
const TOLD = ["PASS", "INFO", "UNSUPPORTED"];

/** What is not right in a run of a client that is. */
async function blames(name: string, command: string): Promise<string[]> {
  const { cases } = await runConformance("udp://127.0.0.1:0", {
    side: "client",
    expect: "upper",
    spawn: command.replace(/conformance\/\S+/, (path) => `'${projectPath(path)}'`),
    mask: ["in [0-9.]+ ms"],
    cases: ["12.*"],
    budgetMs: 15_000,
    ...(command.includes("fragment.") ? { framing: "fragment" } : {}),
  });
  return cases.flatMap(({ id, verdict, cause, detail }) =>
    TOLD.includes(verdict) ? [] : [`${name}: ${id} ${verdict} ${cause ?? ""} ${detail}`]
  );
}

Deno.test("right clients of many styles are blamed for nothing", async () => {
  const found: string[] = [];
  const left = [...RIGHT_DATAGRAM_CLIENTS];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      found.push(...await blames(...one));
    }
  }));
  assertEquals(found, []);
});
