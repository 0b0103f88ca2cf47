import { assertEquals, assertMatch } from "@std/assert";
import { projectPath } from "../../tools/project.ts";
import { runZooClient } from "./run_zoo_client.ts";
import { CLIENT_ZOO, type ClientBug } from "./zoo.ts";

/** Clients whose cases are played at the same time. More of them would take the time from each other. */
const AT_ONCE = 3;

async function blameOf({ name, shownBy }: ClientBug): Promise<string> {
  const cases = await runZooClient(name, { cases: [shownBy] });
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
