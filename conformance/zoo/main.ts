/**
 * Runs the verifier on the zoo and prints the kill matrix.
 *
 * ```
 * main.ts            print it
 * main.ts --write    write it to docs/KILL_MATRIX.md
 * main.ts --check    compare it with docs/KILL_MATRIX.md
 * main.ts --clients  play all cases of every client of datagrams in the zoo, and compare with the table of its kills
 * ```
 *
 * Exit code 1 if a mutant or a client lives, a check kills nothing, or (`--check`) the page on disk is another one.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { clientKills, killProblem } from "../datagram_clients/client_kills.ts";
import { CLIENT_ZOO } from "../datagram_clients/zoo.ts";
import { killMatrix, problemsOf } from "./kill_matrix.ts";
import { matrixText } from "./matrix_text.ts";

const PAGE = new URL("../../docs/KILL_MATRIX.md", import.meta.url);

const flags = parseArgs(Deno.args, { boolean: ["write", "check", "clients"], unknown: usage });

if (flags.clients) {
  const problems = (await clientKills()).map(killProblem).filter((problem) => problem !== "");
  for (const problem of problems) console.error(problem);
  console.error(`${CLIENT_ZOO.length} clients of datagrams, ${problems.length} other than told`);
  Deno.exit(problems.length === 0 ? 0 : 1);
}

const matrix = killMatrix();
const text = matrixText(matrix);
const problems = problemsOf(matrix);
if (flags.check) {
  if (await pageOnDisk() !== text) {
    problems.push("docs/KILL_MATRIX.md is out of date: write it with `deno task zoo --write`");
  }
} else if (flags.write) await Deno.writeTextFile(PAGE, text);
else console.log(text);

for (const problem of problems) console.error(problem);
const dead = matrix.kills.filter((kill) => kill.checks.length > 0).length;
console.error(`${dead} of ${matrix.kills.length} mutants killed by ${matrix.checks.length} checks`);
if (problems.length > 0) Deno.exitCode = 1;

async function pageOnDisk(): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(PAGE);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function usage(argument: string): never {
  console.error(`Cannot use "${argument}": there are --write, --check and --clients.`);
  Deno.exit(2);
}
