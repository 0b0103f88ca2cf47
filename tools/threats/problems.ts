import { testNamesOf } from "./test_names.ts";
import type { Threat } from "./threat.ts";

/** How many threats there are (docs/THREATS.md). */
const COUNT = 25;

/** What is wrong with the table itself: threats that are missing, and tests that are not there. */
export async function problemsOf(threats: readonly Threat[]): Promise<string[]> {
  const problems: string[] = [];
  for (let i = 1; i <= COUNT; i++) {
    const count = threats.filter(({ id }) => id === `S${i}`).length;
    if (count !== 1) problems.push(`S${i} is in the table ${count} times`);
  }
  for (const { id, covered } of threats) {
    if (covered.length === 0) problems.push(`${id} has no test`);
    for (const [element, ...tests] of covered) {
      if (tests.length === 0) problems.push(`${id}: "${element}" has no test`);
      for (const { file, name } of tests) {
        if (!(await testNamesOf(file)).has(name)) {
          problems.push(`${id}: ${file} has no test "${name}"`);
        }
      }
    }
  }
  return problems;
}
