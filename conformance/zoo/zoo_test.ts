import { assert, assertEquals } from "@std/assert";
import { formatVerification, verifyDecoder } from "../verify/mod.ts";
import { killMatrix, problemsOf } from "./kill_matrix.ts";
import { matrixText } from "./matrix_text.ts";
import { BREEDS, SPECIMENS } from "./zoo.ts";

for (const { spec, reference } of BREEDS) {
  Deno.test(`the right decoder of ${spec} is not blamed`, () => {
    const verification = verifyDecoder(reference, { longest: 22 });
    assert(verification.ok, formatVerification(verification));
  });
}

Deno.test("every mutant is one change to a right decoder, and has a name of its own", () => {
  for (const { name, changed } of SPECIMENS) assertEquals(changed.length, 1, name);
  assertEquals(new Set(SPECIMENS.map(({ name }) => name)).size, SPECIMENS.length);
});

Deno.test("every mutant is killed, every check kills, and docs/KILL_MATRIX.md says so", async () => {
  const matrix = killMatrix();
  assertEquals(problemsOf(matrix), []);
  assert(matrix.kills.length >= 44);
  const page = new URL("../../docs/KILL_MATRIX.md", import.meta.url);
  const written = await Deno.readTextFile(page) === matrixText(matrix);
  assert(written, "docs/KILL_MATRIX.md is out of date: write it with `deno task zoo --write`");
});

Deno.test("a mutant that lives and a check that kills nothing are problems", () => {
  const [specimen] = SPECIMENS;
  assert(specimen !== undefined);
  const kill = { specimen, checks: [], laws: [], example: undefined };
  const problems = problemsOf({ checks: ["drip"], kills: [kill] });
  assertEquals(problems.length, 2);
  assert(problems[0]?.startsWith("Mutant header-only-eof of u32be lives: "));
  assertEquals(problems[1], 'Check "drip" kills no mutant');
});
