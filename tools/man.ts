/**
 * `deno task man [--output DIR]`: writes the manual pages of the programs, made from their options.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { manPage } from "../cli/man_page.ts";
import { MANUAL as CLIENT } from "../client/manual.ts";
import { MANUAL as CONFORMANCE } from "../conformance/manual.ts";
import { MANUAL as SERVER } from "../server/manual.ts";
import { projectPath, readManifest } from "./project.ts";

const { output } = parseArgs(Deno.args, {
  string: ["output"],
  default: { output: projectPath("dist/man") },
  unknown: (argument) => {
    console.error(`man: "${argument}" is not known; there is --output DIR`);
    Deno.exit(2);
  },
});

const manuals = [CLIENT, SERVER, CONFORMANCE];
await Deno.mkdir(output, { recursive: true });
for (const manual of manuals) {
  const others = manuals.map(({ name }) => name).filter((name) => name !== manual.name);
  const file = `${output}/${manual.name}.1`;
  await Deno.writeTextFile(file, manPage(manual, readManifest().version, others));
  console.log(file);
}
