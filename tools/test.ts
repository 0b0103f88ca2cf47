/**
 * `deno task test`: all tests, several runs of deno side by side. Most of the time a test waits for a socket or a process, so
 * the runs hardly get in each other's way. Where they do, a test that is about time may fail for want of it: the files of tests
 * that failed are run once more alone, and it is told which of them passed then. Types are left to `deno task check`. With
 * arguments it is one run of `deno test` with just these, their types checked before; with `--coverage` alone it is all tests,
 * and what those of `protocol/` reach is kept for `deno task coverage --measured`.
 *
 * @module
 */

import { runDeno } from "./child.ts";
import { coverageFlags, COVERED_FOLDER } from "./coverage_data.ts";
import { testFlags } from "./programs.ts";
import { projectPath } from "./project.ts";
import { stdFlags } from "./std.ts";

/**
 * What is a run of its own, the longest first, so that none is left alone at the end: a file or a folder, without what another
 * one of them has; `""` has the rest. Each run tells how long it took. The order matters to the time alone.
 */
const RUNS: readonly string[] = [
  "conformance",
  "conformance/datagram_clients",
  "server",
  "client",
  "conformance/targets_test.ts",
  "conformance/cases/section_9_pressure_test.ts",
  "",
  COVERED_FOLDER,
  "conformance/datagram_clients/truth_test.ts",
  "conformance/datagrams/zoo_test.ts",
  "server/conformance_test.ts",
  "conformance/run_conformance_test.ts",
  "conformance/exchange",
  "conformance/commands",
  "conformance/exchange/scenario_test.ts",
  "conformance/datagrams",
  "conformance/client_output",
  "conformance/cases/section_13_proxy_test.ts",
  "conformance/cases/sections_4_to_10_test.ts",
  "conformance/zoo",
  "conformance/decoder",
  "conformance/cases",
  "conformance/campaign",
];
/** How many of them at once: with so many two processors have always something to do. */
const ABREAST = 5;
/** Folders without tests of ours. */
const SKIPPED = ["node_modules", "dist", "coverage", "report/index", ".git"];

/** What one run came to: the figures of deno's last line. */
interface Sum {
  passed: number;
  steps: number;
  failed: number;
  ignored: number;
}

const flags = ["test", "--config", projectPath("deno.json"), ...await stdFlags(), ...testFlags];
const covers = Deno.args.join(" ") === "--coverage";
if (Deno.args.length > 0 && !covers) {
  const paths = Deno.args.filter(isPath);
  const types = paths.length > 0 ? await checkTypes(paths) : 0;
  Deno.exit(types !== 0 ? types : await runDeno([...flags, ...Deno.args]));
}

const started = performance.now();
const files = [...testFiles("")];
const sum: Sum = { passed: 0, steps: 0, failed: 0, ignored: 0 };
const broken = new Set<string>();
const codes: number[] = [];
const waiting = RUNS.entries();
await Promise.all(Array.from({ length: ABREAST }, async () => {
  for (const [i, what] of waiting) codes.push(await oneRun(i, what));
}));
let code = codes.find((code) => code !== 0) ?? 0;
if (broken.size > 0) {
  const again = await testsOf([...broken], "alone");
  const { failed } = sumOf(again.text) ?? { failed: sum.failed };
  const passed = [...broken].filter((file) => !failedFiles(again.text).has(file));
  console.log(`\nfailed beside other tests, passed alone: ${passed.join(", ") || "none"}`);
  sum.passed += Math.max(0, sum.failed - failed);
  sum.failed = failed;
  if (again.code !== 0) code = again.code;
}
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  `${
    code === 0 ? "ok" : "FAILED"
  } | ${sum.passed} passed (${sum.steps} steps) | ${sum.failed} failed | ` +
    `${sum.ignored} ignored (${Math.floor(seconds / 60)}m${seconds % 60}s)`,
);
Deno.exit(code);

/** Checks the types of some files and folders; 0 when they are right. */
async function checkTypes(paths: readonly string[]): Promise<number> {
  const config = ["--config", projectPath("deno.json")];
  return await runDeno(["check", "--quiet", ...config, ...await stdFlags(), ...paths]);
}

function isPath(argument: string): boolean {
  try {
    Deno.statSync(argument);
    return true;
  } catch {
    return false;
  }
}

/** Runs what belongs to one run; not 0 for what is not made good by running files of tests again. */
async function oneRun(i: number, what: string): Promise<number> {
  const own = files.filter((file) => runOf(file) === i);
  // Without a file deno would run all tests that it finds.
  if (own.length === 0) return 0;
  const { code, text } = await testsOf(own, what || "the rest", covers && what === COVERED_FOLDER);
  const last = add(text);
  const where = failedFiles(text);
  for (const file of where) broken.add(file);
  // It failed otherwise than by a test: a module does not load.
  return code !== 0 && (last === null || where.size === 0) ? code : 0;
}

/** Runs the tests of some files and prints what comes of them in one piece: lines of several runs would say nothing. */
async function testsOf(
  own: readonly string[],
  name: string,
  covered = false,
): Promise<{ code: number; text: string }> {
  const began = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...flags, ...covered ? coverageFlags : [], ...own.map(projectPath)],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stdout);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`${new TextDecoder().decode(stderr)}${text}${name}: ${seconds} s\n`);
  return { code, text };
}

/** The files of tests that failed, as deno lists them at the end: `NAME => ./FILE:LINE:COLUMN`. */
function failedFiles(text: string): Set<string> {
  const [, list = ""] = text.split(/^ ?FAILURES ?$/m);
  return new Set([...list.matchAll(/ => \.\/(\S+?):\d+:\d+$/gm)].map((found) => found[1] ?? ""));
}

/** The run that a file belongs to: that of the file itself, or of the longest folder that holds it. */
function runOf(file: string): number {
  const holds = RUNS.map((one) =>
    one === "" || one === file || file.startsWith(`${one}/`) ? one.length : -1
  );
  return holds.indexOf(Math.max(...holds));
}

function* testFiles(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(projectPath(folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory && !SKIPPED.includes(path)) yield* testFiles(path);
    else if (name.endsWith("_test.ts")) yield path;
  }
}

function add(text: string): Sum | null {
  const found = sumOf(text);
  sum.passed += found?.passed ?? 0;
  sum.steps += found?.steps ?? 0;
  sum.failed += found?.failed ?? 1;
  sum.ignored += found?.ignored ?? 0;
  return found;
}

/** The figures of deno's last line; null if there is none. */
function sumOf(text: string): Sum | null {
  const last = [...text.matchAll(/^.*\| (\d+) passed(?: \((\d+) steps?\))? \| (\d+) failed(.*)$/gm)]
    .at(-1);
  if (last === undefined) return null;
  const [, passed, steps, failed, more] = last;
  return {
    passed: Number(passed),
    steps: Number(steps ?? 0),
    failed: Number(failed),
    ignored: Number(/(\d+) ignored/.exec(more ?? "")?.[1] ?? 0),
  };
}
