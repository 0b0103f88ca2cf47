/**
 * `deno task fuzz [ENTRY…] [--seed N] [--budget S] [--count N] [--replay HEX|FILE]`: random and mutated inputs at every
 * place where bytes of strangers come in. Exit code 1 when an input does what none may do; it is printed as a line that
 * replays it, as small as it could be made.
 * @module
 */
import { helpText } from "../../cli/help.ts";
import { nearest } from "../../cli/nearest.ts";
import { parseOptions, UsageError } from "../../cli/options.ts";
import { globPattern } from "../../conformance/cases/glob.ts";
import { ENTRIES } from "./entries.ts";
import type { Entry } from "./entry.ts";
import { OPTIONS, replayedInput } from "./options.ts";
import { findingText, resultText } from "./report.ts";
import { fuzz, type FuzzPlan, replay } from "./watch.ts";

const HELP = helpText({
  usage: ["deno task fuzz [ENTRY…] [OPTIONS]"],
  about: "Gives random and mutated inputs to the entry points (names or globs; all by default).",
  examples: [
    ["deno task fuzz --count 10000", "a quick run of everything"],
    ["deno task fuzz 'framing/*' --seed 7 --budget 60", "every framing, a minute each"],
    ["deno task fuzz spec --replay 7538", "one input again"],
  ],
}, OPTIONS);

try {
  Deno.exitCode = await main(Deno.args);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  Deno.exitCode = 2;
}

async function main(args: readonly string[]): Promise<number> {
  const { values, words } = parseOptions(OPTIONS, args);
  if (values.help) return say(HELP);
  if (values.list) return say(ENTRIES.map(({ name, about }) => `${name}: ${about}`).join("\n"));
  const entries = words.length === 0 ? ENTRIES : words.flatMap(entriesOf);
  const plan = (entry: Entry): FuzzPlan => ({
    entries: new URL("./entries.ts", import.meta.url).href,
    entry: entry.name,
    seed: values.seed,
    count: values.count,
    budgetMs: values.budget,
    hangMs: values.hang,
    memory: values.memory * 2 ** 20,
  });
  if (values.replay !== undefined) {
    const [entry, ...more] = entries;
    if (entry === undefined || more.length > 0) {
      throw new UsageError("--replay needs one entry: deno task fuzz ENTRY --replay HEX");
    }
    const failure = await replay(plan(entry), await replayedInput(values.replay));
    return failure === null ? say("Nothing wrong.") : say(`${failure.name}: ${failure.text}`, 1);
  }
  let code = 0;
  for (const entry of entries) {
    const result = await fuzz(plan(entry));
    console.log(
      values.json
        ? JSON.stringify({ entry: entry.name, ...result })
        : resultText(entry.name, result),
    );
    if (result.finding === null) continue;
    console.error(findingText(entry.name, values.seed, result.finding));
    code = 1;
  }
  return code;
}

function say(text: string, code = 0): number {
  console.log(text);
  return code;
}

function entriesOf(glob: string): Entry[] {
  const pattern = globPattern(glob);
  const found = ENTRIES.filter(({ name }) => pattern.test(name));
  if (found.length > 0) return found;
  const near = nearest(glob, ENTRIES.map(({ name }) => name));
  throw new UsageError(
    `There is no entry ${glob}; ${
      near === undefined ? "--list shows all" : `did you mean ${near}?`
    }`,
  );
}
