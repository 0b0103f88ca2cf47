import { permissionFlags, programs } from "../tools/programs.ts";
import { projectPath } from "../tools/project.ts";
import { stdFlags } from "../tools/std.ts";

/** The command that runs one of our programs: compiled, from the directory `binaries`, or from the sources. */
export async function ourCommand(
  name: "server" | "client",
  binaries: string | undefined,
): Promise<string[]> {
  const program = programs[name];
  if (binaries !== undefined) return [`${binaries}/${program.binary}`];
  const flags = ["--config", projectPath("deno.json"), ...await stdFlags()];
  return [Deno.execPath(), "run", ...permissionFlags(program), ...flags, projectPath(program.main)];
}
