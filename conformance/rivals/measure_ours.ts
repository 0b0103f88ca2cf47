import type { MutantHost } from "./mutant_server.ts";
import { type OurRun, runOurs } from "./ours.ts";
import { table } from "./page.ts";
import type { SocketSpecimen } from "./specimen.ts";

/** Runs the default case book against each mutant until its first kill. */
export async function measureOurs(
  host: MutantHost,
  mutants: readonly SocketSpecimen[],
  seed: number,
  tell: (text: string) => void,
): Promise<OurRun[]> {
  const runs: OurRun[] = [];
  for (const mutant of mutants) {
    const run = await runOurs(host, mutant, { seed, stopAtKill: true });
    tell(`${mutant.name.padEnd(32)} ${describe(run)}`);
    runs.push(run);
  }
  return runs;
}

/** The mutants that live, as problems. */
export function livingMutants(runs: readonly OurRun[]): string[] {
  return runs.filter(({ kills }) => kills.length === 0).map(({ specimen }) =>
    `Mutant ${specimen.name} of ${specimen.spec} lives: ${specimen.flaw}`
  );
}

/** The measured part of the page. */
export function oursPart(runs: readonly OurRun[]): string[] {
  const dead = runs.filter(({ kills }) => kills.length > 0).length;
  const sum = (of: (run: OurRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  const seconds = Math.round(sum(({ ms }) => ms) / 1000);
  return [
    `**Killed: ${dead} of ${runs.length}**, with ${
      sum(({ chunks }) => chunks)
    } chunks in ${seconds} s.`,
    "",
    ...table(
      ["mutant", "framing", "copies", "what is wrong", "first killed by"],
      runs.map((run) => [
        run.specimen.name,
        `\`${run.specimen.spec}\``,
        run.specimen.copies,
        run.specimen.flaw,
        describe(run),
      ]),
    ),
  ];
}

function describe({ kills: [kill] }: OurRun): string {
  if (kill === undefined) return "lives";
  return [kill.id, kill.cause, ...kill.verdict === "NONSTRICT" ? ["(SHOULD)"] : []].join(" ");
}
