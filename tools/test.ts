/**
 * `deno task test`: all tests, several runs of deno side by side. Most of the time a test waits for a socket or a process, so
 * the runs hardly get in each other's way. With arguments it is one run of `deno test` with just these.
 *
 * @module
 */

import { runDeno } from "./child.ts";
import { testFlags } from "./programs.ts";
import { projectPath } from "./project.ts";
import { stdFlags } from "./std.ts";

/** Folders whose tests run together; the last run has what no other one has. About as long each as the others. */
const RUNS: readonly (readonly string[])[] = [
  ["conformance/cases", "conformance/campaign", "conformance/player"],
  ["conformance/exchange", "conformance/client_output", "conformance/decoder", "conformance/proxy"],
  ["conformance"],
  [""],
];
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
if (Deno.args.length > 0) Deno.exit(await runDeno([...flags, ...Deno.args]));

const started = performance.now();
const files = [...testFiles("")];
const sum: Sum = { passed: 0, steps: 0, failed: 0, ignored: 0 };
const codes = await Promise.all(RUNS.map(async (_, i) => {
  const own = files.filter((file) => runOf(file) === i).map(projectPath);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...flags, ...own],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stdout);
  // In one piece, when it is over: lines of several runs would say nothing.
  console.log(new TextDecoder().decode(stderr) + text);
  add(text);
  return code;
}));
const code = codes.find((code) => code !== 0) ?? 0;
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  `${
    code === 0 ? "ok" : "FAILED"
  } | ${sum.passed} passed (${sum.steps} steps) | ${sum.failed} failed | ` +
    `${sum.ignored} ignored (${Math.floor(seconds / 60)}m${seconds % 60}s)`,
);
Deno.exit(code);

/** The run that a file belongs to: that with the longest folder that holds it. */
function runOf(file: string): number {
  const holds = RUNS.map((folders) =>
    Math.max(...folders.map((one) => one === "" || file.startsWith(`${one}/`) ? one.length : -1))
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

function add(text: string): void {
  const last = [...text.matchAll(/^.*\| (\d+) passed(?: \((\d+) steps?\))? \| (\d+) failed(.*)$/gm)]
    .at(-1);
  sum.passed += Number(last?.[1] ?? 0);
  sum.steps += Number(last?.[2] ?? 0);
  sum.failed += Number(last?.[3] ?? 1);
  sum.ignored += Number(/(\d+) ignored/.exec(last?.[4] ?? "")?.[1] ?? 0);
}
