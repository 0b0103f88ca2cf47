import { CHECK_NAMES, type Law, LAW_NUMBERS, verifyDecoder } from "../verify/mod.ts";
import type { Specimen } from "./family.ts";
import { SPECIMENS } from "./zoo.ts";

/** The same for all mutants on all days; streams are short, because there are many mutants. */
const OPTIONS = { seed: 1, longest: 22, stopAtFailure: true } as const;

/** How a mutant fared. */
export interface Kill {
  readonly specimen: Specimen;
  /** Names of the checks that killed it, in the order of reports. */
  readonly checks: readonly string[];
  /** The laws that it was seen to break. */
  readonly laws: readonly Law[];
  /** The smallest way to see it: what showed, and the line to see it again. None for a mutant that lives. */
  readonly example: { readonly text: string; readonly replay: string } | undefined;
}

/** Which check kills which mutant. */
export interface KillMatrix {
  /** Names of the checks that can be made on decoders of the zoo. */
  readonly checks: readonly string[];
  readonly kills: readonly Kill[];
}

/** Verifies every mutant with all checks. */
export function killMatrix(): KillMatrix {
  // Tens of thousands of errors are thrown and caught here, and nobody looks at where they were made.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const made = new Set<string>();
    const kills = SPECIMENS.map((specimen) => kill(specimen, made));
    return { checks: CHECK_NAMES.filter((name) => made.has(name)), kills };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Verifies one mutant, and adds the names of the checks that could be made. */
function kill(specimen: Specimen, made: Set<string>): Kill {
  const { subject } = specimen;
  const { checks, failures } = verifyDecoder(subject, { ...OPTIONS, shrink: false });
  for (const { name, notChecked } of checks) if (notChecked === undefined) made.add(name);
  const [best] = failures.toSorted((a, b) => rank(a.replay) - rank(b.replay));
  return {
    specimen,
    checks: failures.map(({ check }) => check),
    laws: LAW_NUMBERS.filter((law) => failures.some((failure) => failure.law === law)),
    example: best && verifyDecoder(subject, { ...OPTIONS, checks: [best.check] }).failures[0],
  };
}

/** Short streams first, and descriptions in words last. */
function rank(replay: string): number {
  return replay.length + (replay.startsWith("--stream") && !replay.includes(", then ") ? 0 : 1e6);
}

/** What is wrong with the matrix: mutants that live, and checks that kill nothing. */
export function problemsOf({ checks, kills }: KillMatrix): string[] {
  return [
    ...kills.filter((kill) => kill.checks.length === 0).map(({ specimen }) =>
      `Mutant ${specimen.name} of ${specimen.spec} lives: ${specimen.flaw}`
    ),
    ...checks.filter((name) => !kills.some((kill) => kill.checks.includes(name))).map((name) =>
      `Check "${name}" kills no mutant`
    ),
  ];
}
