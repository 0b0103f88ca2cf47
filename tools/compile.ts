/**
 * `deno task compile [--target TRIPLE] [--output DIR]`: builds the programs, each with its own
 * permissions and no prompt for more baked in. `COMPILE_DENO` names another deno to build with than the
 * one running.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { runDeno } from "./child.ts";
import { permissionFlags, programs } from "./programs.ts";
import { projectPath } from "./project.ts";
import { stdFlags } from "./std.ts";

const { target, output } = parseArgs(Deno.args, {
  string: ["target", "output"],
  default: { output: projectPath("dist") },
  unknown: (argument) => {
    console.error(`compile: "${argument}" is not known; there are --target TRIPLE, --output DIR`);
    Deno.exit(2);
  },
});

const deno = Deno.env.get("COMPILE_DENO") ?? Deno.execPath();
const cwd = projectPath("");
for (const program of Object.values(programs)) {
  const file = `${output}/${program.binary}`;
  // Types are left to `deno task check`; here they would be checked for each program.
  const flags = ["--no-check", ...await stdFlags(), ...permissionFlags(program), "--output", file];
  for (const worker of program.workers ?? []) flags.push("--include", worker);
  if (target !== undefined) flags.push("--target", target);
  const code = await runDeno(["compile", ...flags, program.main], { deno, cwd });
  if (code !== 0) {
    console.error(`compile: ${program.binary} was not built`);
    Deno.exit(code);
  }
  console.log(file);
}
