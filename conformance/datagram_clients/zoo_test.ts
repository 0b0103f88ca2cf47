import { assertEquals, assertMatch } from "@std/assert";
import { projectPath } from "../../tools/project.ts";
import { runConformance } from "../run_conformance.ts";
import { CLIENT_ZOO, type ClientBug } from "./zoo.ts";

/** Runs at once; each starts its clients two at a time. */
const AT_ONCE = 3;

const text = (text: string) => new TextEncoder().encode(text);

/** What the clients of the zoo are to send. */
const SENDS: Readonly<Record<string, readonly Uint8Array[]>> = {
  three: ["1 what is it", "2 that comes", "3 back to me"].map(text),
  empty: ["something", ""].map(text),
};

async function blameOf({ name, shownBy }: ClientBug): Promise<string> {
  const file = projectPath("conformance/testdata/datagrams/client_zoo.py");
  const [kind = ""] = name.split(".");
  const sends = SENDS[kind];
  const { cases } = await runConformance("udp://127.0.0.1:0", {
    side: "client",
    expect: "upper",
    spawn: `python3 '${file}' {port} ${name}`,
    cases: [shownBy],
    seed: 1,
    shrinkMs: 300,
    budgetMs: 300_000,
    timeoutMs: 1000,
    ...(kind === "fragment" ? { framing: "fragment" } : {}),
    ...(sends === undefined ? {} : { sends }),
  });
  const one = cases.find(({ id }) => id === shownBy);
  return `${name} ${one?.verdict} ${one?.cause ?? one?.detail}`;
}

Deno.test("every planted bug of the clients' zoo is killed, by the case that the table names", async () => {
  const blames: string[] = [];
  const left = [...CLIENT_ZOO];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let bug = left.shift(); bug !== undefined; bug = left.shift()) {
      blames.push(await blameOf(bug));
    }
  }));
  assertEquals(
    blames.toSorted(),
    CLIENT_ZOO.map(({ name, cause }) => `${name} FAIL ${cause}`).toSorted(),
  );
});

Deno.test("the table of clients' kills in the docs is the zoo's", async () => {
  const text = await Deno.readTextFile(projectPath("docs/DATAGRAMS.md"));
  for (const { name, shownBy, cause } of CLIENT_ZOO) {
    assertMatch(
      text,
      new RegExp(`\\| client \`${name}\` +\\| .+ \\| ${shownBy} +\\| ${cause} +\\|`),
    );
  }
  const rows = text.match(/^\| client `/gm) ?? [];
  assertEquals(rows.length, CLIENT_ZOO.length);
});
