/**
 * Adapters for the tests: the samples and those that are wrong on purpose, as commands.
 * @module
 */
import { shellLine } from "../../cli/command_words.ts";
import type { RunResult } from "../campaign/result.ts";
import { runConformance } from "../run_conformance.ts";
import type { RunOptions } from "../run_options.ts";
import { UNHURRIED } from "../testing.ts";

/** The command that runs an adapter, by its path from `conformance/`. */
export function adapterCommand(file: string, ...args: string[]): string {
  const path = decodeURIComponent(new URL(`../${file}`, import.meta.url).pathname);
  return shellLine([...interpreterOf(file), path, ...args]);
}

/** Runs cases against a decoder behind an adapter. */
export function runAdapter(
  spawn: string,
  framing: string,
  cases: readonly string[],
  options: Partial<RunOptions> = {},
): Promise<RunResult> {
  return runConformance("stdio:", {
    ...UNHURRIED,
    side: "decoder",
    framing,
    expect: "echo",
    spawn,
    cases,
    seed: 1,
    timeoutMs: 20_000,
    shrinkMs: 500,
    ...options,
  });
}

function interpreterOf(file: string): string[] {
  if (file.endsWith(".py")) return ["python3"];
  if (file.endsWith(".mjs")) return ["node"];
  // Where `@std` comes from the stand-ins, it does so for adapters in TypeScript as well.
  const stands = import.meta.resolve("@std/bytes/concat").startsWith("file:");
  const map = new URL("../../tools/airgap/import_map.json", import.meta.url).pathname;
  const flags = stands ? ["--import-map", decodeURIComponent(map)] : [];
  return [Deno.execPath(), "run", "--quiet", "--no-check", ...flags];
}
