/**
 * `deno task abuse`: a server with few open files, beset by everything that peers do wrong at once, and a client that does nothing
 * wrong. Linux, with python3.
 *
 * ```
 * deno task abuse [--files N] [--seconds N] [--seed N] [--from ADDRESS] [-- SERVER OPTIONS…]
 * ```
 *
 * By default 2 × N connections, 1,000 slow peers, 100 that never read, 100,000 frames of one byte; who is closed comes again. The
 * exit code is 1 if the good client waited longer than a second even once, if memory goes on growing, or if something stays open.
 * @module
 */
import { parseOptions, text, wholeNumber, withDefault } from "../../cli/options.ts";
import { type AbuseResult, type Answer, type Moment, runAbuse } from "./abuse.ts";

const OPTIONS = {
  files: withDefault("N", "ulimit -n of the server", "1024", wholeNumber(128, 65_536)),
  seconds: withDefault("N", "how long", "60", wholeNumber(5, 600)),
  from: withDefault("ADDRESS", "where they come from, in 127.0.0.0/8", "127.0.0.2", text),
  seed: withDefault("N", "seed; by default another one each time", "0", wholeNumber(0, 2 ** 32)),
  flood: withDefault("N", "silent connections; 0: twice --files", "0", wholeNumber(0, 1e5)),
  slow: withDefault("N", "slow peers, a quarter of each kind", "1000", wholeNumber(0, 1e5)),
  greedy: withDefault("N", "peers that never read", "100", wholeNumber(0, 1e4)),
  pings: withDefault("N", "peers that send pings as fast as they can", "0", wholeNumber(0, 1e4)),
  frames: withDefault("N", "frames of one byte", "100000", wholeNumber(1, 1e7)),
  within: withDefault("MS", "what the good client waits at most", "1000", wholeNumber(1, 1e5)),
  again: withDefault("N", "most that come again each second", "500", wholeNumber(0, 10_000)),
};

/** How much memory may still grow in the second half, as a share of it. */
const PLATEAU = 0.1;

const { values, words } = parseOptions(OPTIONS, Deno.args);
const { seconds } = values;
const seed = values.seed || Math.floor(Math.random() * 2 ** 32);
const options = words.map(String);
console.log(
  `seed ${seed}, ulimit -n ${values.files}, from ${values.from}, load ${
    Deno.loadavg()[0]?.toFixed(1)
  }, server options: ${options.join(" ") || "none"}`,
);
console.log(
  "   s   RSS MiB  open files  storm: open   opened    ended   frames  answers  slowest ms" +
    "  server ran, waited  client ran, waited",
);
const flood = values.flood || 2 * values.files;
const result = await runAbuse({ ...values, flood, seed, options }, show);
Deno.exit(conclude(result) ? 0 : 1);

function show({ at, rss, open, storm, answers, slowest, server, client }: Moment): void {
  const columns: [number, number][] = [
    ...[[at, 4], [rss / 1024, 10], [open, 12], [storm.open, 13], [storm.opened, 9]],
    ...[[storm.ended, 9], [storm.frames, 9], [answers, 9], [slowest, 12]],
    ...[[server.ran, 12], [server.waited, 8], [client.ran, 12], [client.waited, 8]],
  ] as [number, number][];
  console.log(columns.map(([value, width]) => String(Math.round(value)).padStart(width)).join(""));
}

function conclude(result: AbuseResult): boolean {
  const { moments, answers, failures, before, after, slope, logged, code } = result;
  const sorted = answers.toSorted((a, b) => a.ms - b.ms), slowest = sorted.at(-1);
  const at = (share: number) =>
    Math.round(sorted[Math.floor(share * (sorted.length - 1))]?.ms ?? NaN);
  const rss = Math.max(...moments.map(({ rss }) => rss));
  const growth = slope * seconds / 2 / 60;
  const checks: [boolean, string][] = [
    [
      failures.length === 0 && at(1) <= values.within,
      `the good client: ${answers.length} answers, median ${at(0.5)} ms, 99 % within ${
        at(0.99)
      } ms, ` +
      `slowest ${slowest ? dissected(slowest) : "none"}, ${failures.length} failures${
        failures.length ? `: ${failures[0]}` : ""
      }`,
    ],
    [
      growth <= PLATEAU * rss,
      `memory: ${mib(before.rss)} MiB before, ${mib(rss)} at most, ${mib(after.rss)} after; ` +
      `in the second half ${Math.round(slope)} KiB/min`,
    ],
    [
      (moments.at(-1)?.storm.frames ?? 0) === values.frames,
      `frames of one byte: ${moments.at(-1)?.storm.frames} of ${values.frames} came back`,
    ],
    [after.open <= before.open, `open files: ${before.open} before, ${after.open} after`],
    [code === 0, `the server: ${logged} lines in its log, exit code ${code}`],
  ];
  for (const [good, text] of checks) console.log(`${good ? "ok    " : "FAILED"} ${text}`);
  return checks.every(([good]) => good);
}

/** How long an answer took, and what is to blame for it: the listen queue, the server, or the cores that others had. */
function dissected({ ms, dialled, server, client }: Answer): string {
  const rounded = [ms, dialled, server.ran, server.waited, client.ran, client.waited].map(
    Math.round,
  );
  const [all, dial, ran, waited, clientRan, clientWaited] = rounded;
  return `${all} ms (${dial} to be connected; the server ran ${ran} and waited ${waited} for a core, ` +
    `the client ${clientRan} and ${clientWaited})`;
}

function mib(kib: number): string {
  return (kib / 1024).toFixed(0);
}
