import { projectPath } from "../project.ts";

/** A name where a test begins: `Deno.test("…"`, `Deno.test(\n  "…"`, `name: "…"`. */
const NAME =
  /(?:Deno\.test\(\s*|\bname:\s*)(?:"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`|'((?:[^'\\\n]|\\.)*)')/g;

/** The names of the tests in a source, as they are written there. */
export function testNames(source: string): ReadonlySet<string> {
  const found = [...source.matchAll(NAME)].map(([, ...quoted]) => quoted.find((one) => one) ?? "");
  return new Set(found.map((name) => name.replace(/\\(["'`])/g, "$1")));
}

/** The same of a file of the project; nothing when there is no such file. */
export async function testNamesOf(file: string): Promise<ReadonlySet<string>> {
  try {
    return testNames(await Deno.readTextFile(projectPath(file)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Set();
    throw error;
  }
}
