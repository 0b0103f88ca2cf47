/**
 * Runs the case book and its rivals over sockets on the servers with planted bugs.
 *
 * ```
 * main.ts [PART...]            measure and print
 * main.ts --write [PART...]    and put it into docs/RIVALS.md
 * main.ts --check              every mutant dies, every case kills, and the page names them all
 * ```
 *
 * Parts: unseen, ours, schedules, cases, blames, edges, times; by default all of them. Exit code 1 if a mutant lives, a case
 * kills nothing, or a right target is blamed.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { edgesPart, measureEdges } from "../../bench/edge_truth.ts";
import { UNSEEN } from "./decoder_mutants.ts";
import { blamesPart, falseBlames, measureBlames } from "./measure_blames.ts";
import { casesPart, idleCases, measureCases } from "./measure_cases.ts";
import { livingMutants, measureOurs, oursPart } from "./measure_ours.ts";
import { measureSchedules, schedulesPart } from "./measure_schedules.ts";
import { measureTimes, timesPart } from "./measure_times.ts";
import { MutantHost } from "./mutant_server.ts";
import { partOf, table, withPart } from "./page.ts";
import { MUTANTS, RIGHT } from "./specimens.ts";

const PAGE = new URL("../../docs/RIVALS.md", import.meta.url);
const SEED = 1;

/** What a part of the page comes to. */
interface Measured {
  readonly lines: readonly string[];
  readonly problems: readonly string[];
}

const PARTS: Readonly<Record<string, (host: MutantHost) => Promise<Measured>>> = {
  unseen() {
    const lines = table(["mutant", "why nobody can see it"], Object.entries(UNSEEN));
    return Promise.resolve({ lines, problems: [] });
  },
  async ours(host) {
    const runs = await measureOurs(host, MUTANTS, SEED, console.error);
    return { lines: oursPart(runs), problems: livingMutants(runs) };
  },
  async schedules(host) {
    const runs = await measureSchedules(host, MUTANTS, SEED, console.error);
    const blamed = await measureSchedules(host, RIGHT, SEED, console.error);
    return { lines: schedulesPart(runs, MUTANTS, blamed), problems: [] };
  },
  async cases(host) {
    const measured = await measureCases(host, SEED, console.error);
    return { lines: casesPart(measured), problems: idleCases(measured) };
  },
  async blames() {
    const blames = await measureBlames(SEED, console.error);
    return { lines: blamesPart(blames), problems: falseBlames(blames) };
  },
  async edges() {
    return { lines: edgesPart(await measureEdges()), problems: [] };
  },
  async times() {
    return { lines: timesPart(await measureTimes(SEED)), problems: [] };
  },
};

const flags = parseArgs(Deno.args, {
  boolean: ["write", "check"],
  unknown: (argument, option) => option === undefined || usage(argument),
});
const named = flags._.map(String);
const asked = flags.check ? ["ours", "cases"] : named.length > 0 ? named : Object.keys(PARTS);

await using host = new MutantHost();
const problems: string[] = [];
for (const part of asked) {
  const measure = PARTS[part];
  if (measure === undefined) usage(part);
  const { lines, problems: found } = await measure(host);
  problems.push(...found);
  if (flags.write) {
    await Deno.writeTextFile(PAGE, withPart(await Deno.readTextFile(PAGE), part, lines));
  } else if (!flags.check) console.log(lines.join("\n"));
}
if (flags.check) problems.push(...unnamed(partOf(await Deno.readTextFile(PAGE), "ours")));

for (const problem of problems) console.error(problem);
if (problems.length > 0) Deno.exitCode = 1;

/** Mutants that the page does not name. */
function unnamed(part: string): string[] {
  return MUTANTS.filter(({ name }) => !part.includes(`| ${name} |`)).map(({ name }) =>
    `docs/RIVALS.md does not name ${name}: write it with \`deno task rivals --write ours\``
  );
}

function usage(argument: string): never {
  console.error(
    `Cannot use "${argument}": there are --write, --check and ${Object.keys(PARTS).join(", ")}.`,
  );
  Deno.exit(2);
}
