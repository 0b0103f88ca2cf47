/**
 * The dry run of `deno publish`, with and without JSR.
 *
 * `deno publish` takes no import map: it wants `@std/*` from JSR even to try. Where that cannot be, a
 * copy of the project is tried in which `deno.json` itself names the stand-ins. Everything is checked
 * as it would be (slow types, licence, excluded and missing modules), but for one thing, which is said:
 * that JSR has the versions asked for.
 *
 * @module
 */

import { runDeno } from "./child.ts";
import { projectPath, readJson, readManifest, readStandInMap } from "./project.ts";
import { stdSource } from "./std.ts";

/** Folders at the root of the project that are made, not written. */
const MADE = new Set([".git", "coverage", "dist", "node_modules", "report"]);

/** Where the copy keeps the stand-ins: not under `tools/`, which is not published. */
const STAND_INS = "stand-ins";

/** Tries to publish; resolves to deno's exit code. */
export async function dryRunPublish(): Promise<number> {
  const args = ["publish", "--dry-run", "--allow-dirty", "--quiet"];
  if (await stdSource() === "jsr") return await runDeno(args, { cwd: projectPath("") });
  const unversioned = Object.entries(readManifest().imports)
    .filter(([, target]) =>
      !/^(jsr:@[\w-]+\/|npm:(@[\w-]+\/)?)[\w.-]+@[\^~]?\d+\.\d+\.\d+$/.test(target)
    );
  if (unversioned.length > 0) {
    console.error(
      `deno.json: "imports" must name packages of JSR or npm with a version: ${unversioned}`,
    );
    return 1;
  }
  console.log(
    "check: with the stand-ins: that JSR has the versions of @std asked for is not checked",
  );
  const copy = await Deno.makeTempDir();
  try {
    await copyFolder(projectPath(""), copy, MADE);
    await copyFolder(projectPath("tools/airgap"), `${copy}/${STAND_INS}`);
    await Deno.writeTextFile(`${copy}/deno.json`, standInManifest());
    return await runDeno(args, { cwd: copy });
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

/** `deno.json` with the imports of the stand-ins' import map. */
function standInManifest(): string {
  const imports = Object.entries(readStandInMap())
    .map(([name, path]) => [name, path.replace("./", `./${STAND_INS}/`)]);
  return JSON.stringify({ ...readJson("deno.json"), imports: Object.fromEntries(imports) });
}

async function copyFolder(
  from: string,
  to: string,
  without: ReadonlySet<string> = new Set(),
): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (isDirectory && !without.has(name)) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    if (isFile) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
