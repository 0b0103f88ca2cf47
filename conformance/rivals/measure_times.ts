import { RunningServer } from "../../cli/testing.ts";
import { runConformance, type RunResult } from "../mod.ts";
import { table } from "./page.ts";

/** Most payload bytes of the server that is measured with. */
const MAX_FRAME = 65_536;

/** What is measured: the default run, and the case of all pairs for a stream of 300 bytes. */
const RUNS = [
  { name: "the whole default run", options: {} },
  { name: "all pairs of cuts of 300 bytes", options: { cases: ["1.2"], pairs: 300 } },
] as const;

/** One timed run against our own server, a process beside this one. */
export interface TimedRun {
  readonly name: string;
  readonly result: RunResult;
}

/** Measures how long runs against a local echo server take. */
export async function measureTimes(seed: number): Promise<TimedRun[]> {
  const listen = "tcp://127.0.0.1:0?speak=echo&framing=u32be";
  await using server = await RunningServer.start(
    ["--listen", listen, "--max-frame", String(MAX_FRAME), "--log", "json"],
    1,
    600_000,
  );
  const [url = ""] = server.urls;
  const [target = ""] = url.split("?");
  const runs: TimedRun[] = [];
  for (const { name, options } of RUNS) {
    const result = await runConformance(target, {
      framing: "u32be",
      expect: "echo",
      maxFrame: MAX_FRAME,
      seed,
      ...options,
    });
    runs.push({ name, result });
  }
  return runs;
}

/** The measured part of the page. */
export function timesPart(runs: readonly TimedRun[]): string[] {
  return table(
    ["run", "verdict", "deliveries", "edges proven", "s"],
    runs.map(({ name, result: { verdict, cases, ms } }) => {
      const sum = (of: (one: RunResult["cases"][number]) => number) =>
        cases.reduce((total, one) => total + of(one), 0);
      return [
        name,
        verdict,
        `${sum(({ deliveries }) => deliveries.played)}`,
        `${sum(({ edges }) => edges.proven)} of ${sum(({ edges }) => edges.requested)}`,
        (ms / 1000).toFixed(1),
      ];
    }),
  );
}
