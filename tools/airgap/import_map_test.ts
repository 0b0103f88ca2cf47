// What the project imports of @std, the stand-ins must have: a machine with JSR would never notice.

import { assertEquals } from "@std/assert";
import { projectPath, readStandInMap } from "../project.ts";

/** The values that the project imports from `@std`, by specifier; in examples of comments too. */
async function readUses(folder: string): Promise<[specifier: string, names: string[]][]> {
  const uses: [string, string[]][] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}${name}`;
    if (isDirectory && !/^(\.git|airgap|coverage|dist|node_modules|report)$/.test(name)) {
      uses.push(...await readUses(`${path}/`));
    }
    if (!/\.(ts|md)$/.test(name)) continue;
    const text = (await Deno.readTextFile(path)).replaceAll(/^\s*\*/gm, "");
    const imports = /import \{([^}]*)\} from "(@std\/[^"]+)"/g;
    for (const [, names = "", specifier = ""] of text.matchAll(imports)) {
      uses.push([specifier, names.split(",").map(valueName).filter(Boolean)]);
    }
  }
  return uses;
}

/** `a as b` imports `a`; types are deno's to check. */
function valueName(imported: string): string {
  return imported.trim().replace(/^type .*$| as .*$/, "");
}

const map = readStandInMap();
const uses = await readUses(projectPath(""));

Deno.test("the stand-ins cover what the project imports", async () => {
  const missing: string[] = [];
  for (const [specifier, names] of uses) {
    const file = map[specifier];
    const exported = file === undefined ? {} : await import(import.meta.resolve(file));
    missing.push(
      ...names.filter((name) => !(name in exported)).map((name) => `${specifier} ${name}`),
    );
  }
  assertEquals(missing, []);
});
