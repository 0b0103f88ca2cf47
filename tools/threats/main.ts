/**
 * Attacks the naive port and our programs, and writes down what came of it.
 *
 * ```
 * main.ts [S8 S12 …]   attack with all, or with these; print what was found
 * main.ts --write      write docs/THREATS.md, too
 * main.ts --check      compare it with docs/THREATS.md
 * ```
 *
 * Exit code 1 if a threat has no test, a test is not there, an attack leaves the naive port whole or breaks ours, or
 * (`--check`) the page on disk is another one.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { projectPath } from "../project.ts";
import { NAIVE } from "./naive_target.ts";
import { OURS } from "./our_target.ts";
import { page, type Result } from "./page.ts";
import { problemsOf } from "./problems.ts";
import { THREATS } from "./table.ts";
import type { Finding, Target } from "./target.ts";
import type { Threat } from "./threat.ts";

const PAGE = projectPath("docs/THREATS.md");
/** Threats that are tried at the same time: most of the time each waits. */
const AT_ONCE = 4;

const { _: wanted, ...flags } = parseArgs(Deno.args, { boolean: ["write", "check"] });
const unknown = [
  ...Object.keys(flags).filter((flag) => flag !== "write" && flag !== "check"),
  ...wanted.filter((id) => !THREATS.some((threat) => threat.id === id)),
];
const partly = wanted.length > 0;
if (unknown.length > 0 || partly && (flags.write || flags.check)) {
  console.error("There are --write, --check, or the numbers of threats, S1 to S25.");
  Deno.exit(2);
}

const problems = await problemsOf(THREATS);
const chosen = THREATS.filter(({ id }) => !partly || wanted.includes(id));
const results = new Map<string, Result>();
const waiting = [...chosen];
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
  for (let threat = waiting.shift(); threat !== undefined; threat = waiting.shift()) {
    await attack(threat);
  }
}));
if (!partly) {
  const text = await formatted(page(THREATS, results));
  if (flags.write) await Deno.writeTextFile(PAGE, text);
  else if (flags.check && await onDisk() !== text) {
    problems.push("docs/THREATS.md is out of date: write it with `deno task threats --write`");
  }
}
for (const problem of problems) console.error(problem);
const tests = new Set(
  THREATS.flatMap(({ covered }) => covered.flatMap(([, ...tests]) => tests))
    .values().map(({ file, name }) => `${file} ${name}`),
);
console.error(
  `${results.size} threats tried, ${tests.size} tests named, ${problems.length} problems`,
);
Deno.exit(problems.length > 0 ? 1 : 0);

/** Tries a threat on both targets, and tells. */
async function attack(threat: Threat): Promise<void> {
  const naive = await tried(threat, NAIVE), ours = await tried(threat, OURS);
  results.set(threat.id, { naive, ours });
  console.log(`${threat.id} ${threat.title}`);
  for (const [name, { safe, says }] of [["naive", naive], ["ours", ours]] as const) {
    console.log(`  ${name.padEnd(5)} ${safe ? "green" : "red  "} ${says}`);
  }
  if (naive.safe) problems.push(`${threat.id}: the naive port stays whole: ${naive.says}`);
  if (!ours.safe) problems.push(`${threat.id}: ours breaks: ${ours.says}`);
}

/** What a probe found; one that fails has shown nothing, which is right for neither target. */
async function tried({ probe }: Threat, target: Target): Promise<Finding> {
  try {
    return await probe(target);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { safe: target === NAIVE, says: `the probe failed: ${why}` };
  }
}

async function onDisk(): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(PAGE);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** As `deno fmt` would have it. */
async function formatted(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--config", projectPath("deno.json"), "--ext", "md", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}
