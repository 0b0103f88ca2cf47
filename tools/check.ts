/**
 * `deno task check`: everything about the sources that needs no run. All steps are taken even if one
 * fails; a step that could not be taken is counted apart, never as passed.
 *
 * @module
 */

import { runDeno } from "./child.ts";
import { projectPath, readManifest } from "./project.ts";
import { dryRunPublish } from "./publish.ts";
import { stdFlags } from "./std.ts";

const std = await stdFlags();
const exports = Object.values(readManifest().exports).map(projectPath);

const steps: Readonly<Record<string, () => Promise<number>>> = {
  "format": () => deno("fmt", "--check"),
  "lint": () => deno("lint", "--quiet"),
  "types, examples included": async () =>
    deno("check", "--quiet", "--doc", ...std, ".", ...await documents()),
  "documentation of every export": () => deno("doc", "--lint", "--quiet", ...std, ...exports),
  "publish, dry run": dryRunPublish,
};

function deno(...args: string[]): Promise<number> {
  return runDeno(args, { cwd: projectPath("") });
}

/** Markdown has to be named: `deno check .` looks into code only. */
async function documents(): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ["", "docs/"]) {
    for await (const entry of Deno.readDir(projectPath(folder))) {
      if (entry.isFile && entry.name.endsWith(".md")) found.push(folder + entry.name);
    }
  }
  return found;
}

const failed: string[] = [];
for (const [name, step] of Object.entries(steps)) {
  console.log(`check: ${name}`);
  if (await step() !== 0) failed.push(name);
}
const passed = Object.keys(steps).length - failed.length;
console.log(`check: ${passed} passed, ${failed.length} failed`);
for (const name of failed) console.log(`check: failed: ${name}`);
Deno.exit(failed.length === 0 ? 0 : 1);
