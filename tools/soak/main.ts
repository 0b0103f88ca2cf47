/**
 * `deno task soak`: one server, everything that it can do and everything that goes wrong with it, for minutes; and what it holds by
 * then. Linux.
 *
 * ```
 * deno task soak [--minutes N] [--seed N]
 * ```
 *
 * The exit code is 1 if it leaks descriptors, processes, files or memory, or did something wrong.
 * @module
 */
import { parseOptions, wholeNumber, withDefault } from "../../cli/options.ts";
import { leftOver, runSoak, type SoakMoment } from "./soak.ts";

const OPTIONS = {
  minutes: withDefault("N", "how long; parts of a minute are fine", "10", minutes),
  seed: withDefault("N", "seed; by default another one each time", "0", wholeNumber(0, 2 ** 32)),
};

/** How much memory may grow in the second half, as a share of it. */
const PLATEAU = 0.05;
/** How many lines of the table there are, about. */
const LINES = 40;

const { values } = parseOptions(OPTIONS, Deno.args);
const seed = values.seed || Math.floor(Math.random() * 2 ** 32), seconds = 60 * values.minutes;
console.log(`seed ${seed}, ${values.minutes} min, load ${Deno.loadavg()[0]?.toFixed(1)}`);
console.log("    s  RSS MiB  sockets  files  pipes  other  children     done");
const every = Math.max(1, seconds / LINES);
const result = await runSoak({ seconds, seed, every }, show);
const { moments, done, wrong, before, after, slope, files, orphans, code } = result;
console.log(Object.entries(done).map(([name, count]) => `${name} ${count}`).join(", "));
const left = leftOver(before, after), rss = moments.at(-1)?.rss ?? NaN;
const checks: readonly [boolean, string][] = [
  [
    wrong.length === 0,
    `answers: ${wrong.length} wrong${wrong.slice(0, 5).map((one) => `; ${one}`).join("")}`,
  ],
  [
    slope * seconds / 120 <= PLATEAU * rss,
    `memory: ${mib(before.rss)} MiB before, ${mib(rss)} at the end; in the second half ${
      Math.round(slope)
    } KiB/min`,
  ],
  [
    left.length === 0,
    `descriptors and processes left over (before, after): ${left.join("; ") || "none"}`,
  ],
  [files.length === 0, `files left over: ${files.join(", ") || "none"}`],
  [orphans === 0, `programs left over: ${orphans}`],
  [code === 0, `the server: exit code ${code}`],
];
for (const [good, text] of checks) console.log(`${good ? "ok    " : "FAILED"} ${text}`);
Deno.exit(checks.every(([good]) => good) ? 0 : 1);

function show({ at, rss, open, children }: SoakMoment, done: Readonly<Record<string, number>>) {
  const { socket = 0, file = 0, pipe = 0, ...others } = open;
  const other = Object.values(others).reduce((sum, count) => sum + count, 0);
  const all = Object.values(done).reduce((sum, count) => sum + count, 0);
  const columns = [
    ...[[at, 5], [rss / 1024, 9], [socket, 9], [file, 7], [pipe, 7], [other, 7]],
    ...[[children, 10], [all, 9]],
  ];
  console.log(
    columns.map(([value = 0, width = 0]) => String(Math.round(value)).padStart(width)).join(""),
  );
}

function mib(kib: number): string {
  return (kib / 1024).toFixed(0);
}

function minutes(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 600) return value;
  throw new Error("it is a number up to 600");
}
