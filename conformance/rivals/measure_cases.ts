import { CASE_BOOK, CLOSING, OPENING } from "../cases/case_book.ts";
import type { MutantHost } from "./mutant_server.ts";
import { type OurRun, runOurs } from "./ours.ts";
import { table } from "./page.ts";
import { specimenNamed } from "./specimens.ts";
import { JUDGES_NO_SERVER, WITNESSES } from "./witnesses.ts";

/** A case of the book, and what it did to the mutant that it must kill. */
export interface CaseWitness {
  /** Number of the case. */
  readonly id: string;
  /** Name of the mutant. */
  readonly witness: string;
  /** The run of this case against it. */
  readonly run: OurRun;
}

/** Plays each case of the book against its witness. */
export async function measureCases(
  host: MutantHost,
  seed: number,
  tell: (text: string) => void,
  witnesses: Readonly<Record<string, string>> = WITNESSES,
): Promise<CaseWitness[]> {
  const all: CaseWitness[] = [];
  for (const [id, witness] of Object.entries(witnesses)) {
    const control = [...OPENING, ...CLOSING].includes(id);
    const run = await runOurs(host, specimenNamed(witness), {
      seed,
      stopAtKill: false,
      cases: [control ? "1.1" : id],
    });
    const found = { id, witness, run };
    tell(`${id.padEnd(6)} ${witness.padEnd(32)} ${kills(found) ? "killed" : "LIVES"}`);
    all.push(found);
  }
  return all;
}

/** Cases that kill nothing, and cases that nobody thought of, as problems. */
export function idleCases(measured: readonly CaseWitness[]): string[] {
  return [
    ...measured.filter((one) => !kills(one)).map(({ id, witness }) =>
      `Case ${id} does not kill ${witness}`
    ),
    ...CASE_BOOK.filter(({ id }) => !(id in WITNESSES) && !(id in JUDGES_NO_SERVER)).map(({ id }) =>
      `Case ${id} kills no mutant: plant one, and name it in rivals/witnesses.ts`
    ),
  ];
}

/** The measured part of the page. */
export function casesPart(measured: readonly CaseWitness[]): string[] {
  return table(
    ["case", "kills", "as"],
    measured.map(({ id, witness, run }) => {
      const kill = run.kills.find((one) => one.id === id);
      return [id, witness, kill === undefined ? "lives" : `${kill.verdict} ${kill.cause}`.trim()];
    }),
  );
}

function kills({ id, run }: CaseWitness): boolean {
  return run.kills.some((kill) => kill.id === id);
}
