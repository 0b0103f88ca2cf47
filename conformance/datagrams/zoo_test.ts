import { assertEquals, assertMatch } from "@std/assert";
import { projectPath } from "../../tools/project.ts";
import { runConformance } from "../run_conformance.ts";
import { UNHURRIED } from "../testing.ts";
import { DATAGRAM_ZOO, type DatagramBug } from "./zoo.ts";

/** Servers that run at once: mostly an answer is awaited that does not come. */
const AT_ONCE = 8;
/** After how long the zoo's servers forget an unfinished message, in ms. */
const EXPIRY_MS = 1000;

async function blameOf({ name, shownBy }: DatagramBug): Promise<string> {
  const file = projectPath("conformance/testdata/datagrams/zoo.py");
  const result = await runConformance("udp://127.0.0.1:0", {
    ...UNHURRIED,
    expect: "echo",
    spawn: `python3 '${file}' {port} ${name}`,
    cases: [shownBy],
    seed: 1,
    shrinkMs: 300,
    timeoutMs: 1000,
    ...(name.startsWith("fragment.") ? { framing: "fragment", expiryMs: EXPIRY_MS } : {}),
  });
  const one = result.cases.find(({ id }) => id === shownBy);
  return `${name} ${one?.verdict} ${one?.cause ?? one?.detail}`;
}

Deno.test("every planted bug of the datagram zoo is killed, by the case that the table names", async () => {
  const blames: string[] = [];
  // Expiry and floods take longest, so they begin first.
  const isLong = ({ shownBy }: DatagramBug) => shownBy === "12.9";
  const left = [
    ...DATAGRAM_ZOO.filter(isLong),
    ...DATAGRAM_ZOO.filter((bug) => !isLong(bug)),
  ];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let bug = left.shift(); bug !== undefined; bug = left.shift()) {
      blames.push(await blameOf(bug));
    }
  }));
  assertEquals(
    blames.toSorted(),
    DATAGRAM_ZOO.map(({ name, cause }) => `${name} FAIL ${cause}`).toSorted(),
  );
});

Deno.test("the table of kills in the docs is the zoo's", async () => {
  const text = await Deno.readTextFile(projectPath("docs/DATAGRAMS.md"));
  for (const { name, shownBy, cause, issue } of DATAGRAM_ZOO) {
    const seenIn = issue === undefined ? "–" : `\\[[^\\]]+\\]\\(${issue}\\)`;
    assertMatch(
      text,
      new RegExp(`\\| \`${name}\` +\\| .+ \\| ${shownBy} +\\| ${cause} +\\| ${seenIn} +\\|\n`),
    );
  }
  const rows = text.match(/^\| `(plain|fragment)\./gm) ?? [];
  assertEquals(rows.length, DATAGRAM_ZOO.length);
});
