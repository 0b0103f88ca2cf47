import { runConformance } from "../run_conformance.ts";
import { isInstalled } from "../testdata/targets/start_target.ts";
import { HABITS, interpreterOf, type Target, TARGETS } from "../testdata/targets/targets.ts";
import { targetCommand } from "../testing.ts";
import { MutantHost } from "./mutant_server.ts";
import { runOurs } from "./ours.ts";
import { table } from "./page.ts";
import { RIGHT } from "./specimens.ts";

/** What the default run said of a right target. */
export interface Blame {
  /** The target, and what is unusual about it. */
  readonly target: string;
  /** Cases that found something wrong, or could not decide. */
  readonly wrong: readonly string[];
  /** How long it took, in ms. */
  readonly ms: number;
}

/** Runs the whole default case book against every right target. */
export async function measureBlames(
  seed: number,
  tell: (text: string) => void,
): Promise<Blame[]> {
  const blames: Blame[] = [];
  const note = (blame: Blame) => {
    blames.push(blame);
    tell(`${blame.target.padEnd(60)} ${verdict(blame)}`);
  };
  for (const target of TARGETS) {
    if (target.cause === null && await isInstalled(interpreterOf(target.file))) {
      note(await blameTarget(target, seed));
    }
  }
  await using host = new MutantHost();
  for (const server of RIGHT) {
    const run = await runOurs(host, server, { seed, stopAtKill: false });
    const wrong = [...run.kills.map(({ id, verdict }) => `${id} ${verdict}`), ...run.inconclusive];
    note({ target: `zoo: ${server.name}`, wrong, ms: run.ms });
  }
  return blames;
}

/** Right targets that were blamed, as problems. */
export function falseBlames(blames: readonly Blame[]): string[] {
  return blames.filter(({ wrong }) => wrong.length > 0).map(({ target, wrong }) =>
    `${target} is right and was blamed: ${wrong.join(", ")}`
  );
}

/** The measured part of the page. */
export function blamesPart(blames: readonly Blame[]): string[] {
  const blamed = falseBlames(blames).length;
  return [
    `**False blames: ${blamed} of ${blames.length} targets.**`,
    "",
    ...table(
      ["target", "verdict", "s"],
      blames.map((blame) => [blame.target, verdict(blame), (blame.ms / 1000).toFixed(1)]),
    ),
  ];
}

async function blameTarget({ file, habit }: Target, seed: number): Promise<Blame> {
  const { cases, ms } = await runConformance("tcp://127.0.0.1:0", {
    framing: "u32be",
    expect: "echo",
    maxFrame: 65_536,
    spawn: targetCommand(file, habit),
    seed,
  });
  const wrong = cases.filter(({ verdict }) =>
    verdict === "FAIL" || verdict === "NONSTRICT" || verdict === "INCONCLUSIVE"
  );
  return {
    target: habit === undefined ? file : `${file}: ${HABITS[habit]}`,
    wrong: wrong.map(({ id, verdict, cause = "" }) => `${id} ${verdict} ${cause}`.trim()),
    ms,
  };
}

function verdict({ wrong }: Blame): string {
  return wrong.length === 0 ? "PASS" : wrong.join(", ");
}
