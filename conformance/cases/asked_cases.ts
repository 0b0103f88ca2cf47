import { ConformanceUsageError, type GivenStream, type RunOptions } from "../run_options.ts";
import type { Contract } from "../stimulus/contract.ts";
import type { ConformanceCase } from "./case.ts";
import { CLOSING, findCase, OPENING, selectCases } from "./case_book.ts";
import { givenStream, PlacesError } from "./given_stream.ts";

/** The cases that the options ask for; at least one. */
export function askedCases(contract: Contract, options: RunOptions): ConformanceCase[] {
  const { cases = [], exclude = [], stream } = options;
  const selected = stream === undefined ? selectCases(cases, exclude) : [given(contract, stream)];
  if (selected.length === 0) {
    throw new ConformanceUsageError(
      `No case matches ${cases.join(",") || "*"}${
        exclude.length === 0 ? "" : ` without ${exclude.join(",")}`
      }; see \`list\``,
    );
  }
  return selected;
}

/** The opening, what was asked for, the closing. */
export function withControls(asked: readonly ConformanceCase[]): ConformanceCase[] {
  const named = (ids: readonly string[]) => ids.flatMap((id) => findCase(id) ?? []);
  const controls = [...OPENING, ...CLOSING];
  return [
    ...named(OPENING),
    ...asked.filter(({ id }) => !controls.includes(id)),
    ...named(CLOSING),
  ];
}

/** The stream that a user gives, as a case. */
function given(contract: Contract, stream: GivenStream): ConformanceCase {
  try {
    return givenStream(contract, stream);
  } catch (error) {
    if (error instanceof PlacesError) throw new ConformanceUsageError(error.message);
    throw error;
  }
}
