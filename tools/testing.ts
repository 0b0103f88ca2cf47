/**
 * Runs the tools as their users do, for their tests.
 * @module
 */
import { projectPath } from "./project.ts";
import { stdFlags } from "./std.ts";

/** How a tool ended, and all that it wrote. */
export interface ToolEnded {
  readonly code: number;
  readonly said: string;
}

/** Runs a tool with all permissions, which reading of /proc needs; it is killed after ten minutes. */
export async function runTool(path: string, ...args: string[]): Promise<ToolEnded> {
  const config = ["--quiet", "--config", projectPath("deno.json"), ...await stdFlags()];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...config, projectPath(path), ...args],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(600_000),
  }).output();
  return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}
