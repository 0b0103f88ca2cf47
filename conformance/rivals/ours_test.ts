import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CASE_BOOK } from "../cases/case_book.ts";
import { idleCases } from "./measure_cases.ts";
import { livingMutants } from "./measure_ours.ts";
import { MutantHost } from "./mutant_server.ts";
import { runOurs } from "./ours.ts";
import { partOf } from "./page.ts";
import { MUTANTS, RIGHT, specimenNamed } from "./specimens.ts";
import { JUDGES_NO_SERVER, WITNESSES } from "./witnesses.ts";

const SEED = 1;

/** One mutant of each kind, and the case that it was planted for. */
const SAMPLE: Readonly<Record<string, string>> = {
  "carry-of-one-chunk": "1.2",
  "skip-forgets-across-cut": "3.7",
  "cut-delimiter-counts": "6.6",
  "body-as-header": "1.1",
  "short-ones-first": "2.1",
  "half-close-is-close": "8.3",
  "split-frame-lost-at-close": "8.6",
  "decoder-used-again-after-reset": "8.4",
};

for (const [name, id] of Object.entries(SAMPLE)) {
  Deno.test(`case ${id} kills ${name}`, async () => {
    await using host = new MutantHost();
    const options = { seed: SEED, stopAtKill: true, cases: [id] };
    const run = await runOurs(host, specimenNamed(name), options);
    assertEquals(livingMutants([run]), []);
    // A control may see it first.
    assert(run.kills.some((kill) => kill.id === id || kill.id.startsWith("0.")), name);
    assert(run.chunks > 0 && run.ms > 0);
  });
}

Deno.test("a right server lives, and where it should have died that is a problem", async () => {
  await using host = new MutantHost();
  const [right] = RIGHT;
  assert(right !== undefined);
  const cases = ["1.1", "2.1", "8.3"];
  const run = await runOurs(host, right, { seed: SEED, stopAtKill: true, cases });
  assertEquals([run.kills, run.inconclusive], [[], []]);
  assertStringIncludes(livingMutants([run])[0] ?? "", `Mutant ${right.name} of u32be lives`);
  const problems = idleCases([{ id: "1.1", witness: right.name, run }]);
  assertEquals(problems[0], `Case 1.1 does not kill ${right.name}`);
});

Deno.test("every case has a mutant to kill, or a reason why it judges no server", () => {
  assertEquals(idleCases([]), []);
  const ids = CASE_BOOK.map(({ id }) => id);
  for (const id of [...Object.keys(WITNESSES), ...Object.keys(JUDGES_NO_SERVER)]) {
    assert(ids.includes(id), `there is no case ${id}`);
  }
  for (const name of Object.values(WITNESSES)) assert(specimenNamed(name).kind !== "none", name);
});

Deno.test("docs/RIVALS.md names every mutant, and says that all of them die", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/RIVALS.md", import.meta.url));
  const part = partOf(page, "ours");
  assertStringIncludes(part, `**Killed: ${MUTANTS.length} of ${MUTANTS.length}**`);
  for (const { name } of MUTANTS) assertStringIncludes(part, `| ${name} |`);
});
