/**
 * `deno task coverage`: runs the tests of `protocol/` alone and says what they reach there; exits with
 * 1 below 95 % of lines or of branches. `deno task coverage --measured` only reads what
 * `deno task test --coverage` has kept.
 *
 * The figures are V8's, summed over all files. V8 knows the branches only of functions that ran; a
 * function that never ran shows as missing lines, which is why both limits count. A file that no test
 * loads would not show at all, so it is looked for and counts as a failure.
 *
 * @module
 */

import { runDeno } from "./child.ts";
import { COVERAGE_DATA, coverageFlags, COVERED_FOLDER } from "./coverage_data.ts";
import { type FileCoverage, parseLcov, percent, type Reached, sum } from "./lcov.ts";
import { testFlags } from "./programs.ts";
import { projectPath } from "./project.ts";
import { stdFlags } from "./std.ts";

/** Per cent of lines and of branches. */
const LEAST = 95;

const folder = projectPath(`${COVERED_FOLDER}/`);

if (Deno.args[0] !== "--measured") {
  const flags = [...testFlags, ...await stdFlags(), ...coverageFlags, ...Deno.args];
  const tests = await runDeno(["test", ...flags, folder], { cwd: projectPath("") });
  if (tests !== 0) Deno.exit(tests);
}

const files = await readCoverage();
printTable(files);
const missing = (await sources(folder)).filter((path) => !files.some((file) => file.path === path));
for (const path of missing) console.log(`never loaded by a test: ${path.slice(folder.length)}`);
const lines = percent(sum(files.map((file) => file.lines)));
const branches = percent(sum(files.map((file) => file.branches)));
const enough = lines >= LEAST && branches >= LEAST && missing.length === 0;
console.log(
  `coverage of protocol/: ${lines.toFixed(2)} % of lines, ${branches.toFixed(2)} % of branches, ${
    enough ? "enough" : "too little"
  } (at least ${LEAST} % of both, and no file unseen)`,
);
Deno.exit(enough ? 0 : 1);

async function readCoverage(): Promise<FileCoverage[]> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["coverage", COVERAGE_DATA, "--lcov", "--include=/protocol/"],
    cwd: projectPath(""),
    stderr: "inherit",
  }).output();
  if (!success) Deno.exit(70);
  return parseLcov(new TextDecoder().decode(stdout)).filter((file) =>
    file.path.startsWith(folder) && isSource(file.path)
  );
}

/** The sources that hold code; one that declares types alone leaves nothing to reach. */
async function sources(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await sources(`${folder}${name}/`));
    else if (isSource(folder + name) && hasCode(await Deno.readTextFile(folder + name))) {
      found.push(folder + name);
    }
  }
  return found;
}

/** Not the tests, nor what only they use. */
function isSource(path: string): boolean {
  return path.endsWith(".ts") && !/(_test|\/testing|^testing)\.ts$|\/testdata\//.test(path);
}

function hasCode(source: string): boolean {
  return /^(export )?(default )?(async )?(abstract )?(function|class|const|let|enum)\b/m.test(
    source,
  );
}

function printTable(files: readonly FileCoverage[]): void {
  const show = (reached: Reached): string =>
    `${percent(reached).toFixed(1).padStart(6)} % ${
      `${reached.hit}/${reached.found}`.padStart(10)
    }`;
  const width = Math.max(...files.map((file) => file.path.length - folder.length), 0);
  console.log(`${"".padEnd(width)}  ${"lines".padStart(19)}  ${"branches".padStart(19)}`);
  for (const file of files) {
    const path = file.path.slice(folder.length).padEnd(width);
    console.log(`${path}  ${show(file.lines)}  ${show(file.branches)}`);
  }
}
