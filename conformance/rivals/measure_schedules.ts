import { openEdgeProbe } from "../edge/edge_probe.ts";
import type { MutantHost } from "./mutant_server.ts";
import { table } from "./page.ts";
import { type RivalRun, runRival } from "./run_rival.ts";
import { type Schedule, SCHEDULES } from "./schedules.ts";
import type { SocketSpecimen } from "./specimen.ts";

/** What one schedule did to all servers, as it is and with our edge proof lent to it. */
export interface ScheduleRuns {
  readonly schedule: Schedule;
  /** By name of the server. */
  readonly plain: ReadonlyMap<string, RivalRun>;
  /** The same with our edge proof. */
  readonly proven: ReadonlyMap<string, RivalRun>;
}

/** Runs all schedules against each server. */
export async function measureSchedules(
  host: MutantHost,
  servers: readonly SocketSpecimen[],
  seed: number,
  tell: (text: string) => void,
  schedules: readonly Schedule[] = SCHEDULES,
): Promise<ScheduleRuns[]> {
  using probe = openEdgeProbe();
  const all: ScheduleRuns[] = [];
  for (const schedule of schedules) {
    const plain = new Map<string, RivalRun>(), proven = new Map<string, RivalRun>();
    for (const server of servers) {
      plain.set(server.name, await runRival(host, server, schedule, seed));
      proven.set(server.name, await runRival(host, server, schedule, seed, probe));
    }
    all.push({ schedule, plain, proven });
    tell(`${schedule.name.padEnd(16)} ${killed(plain)} killed, ${killed(proven)} with proof`);
  }
  return all;
}

/** The measured part of the page: `mutants` by schedule, and what was said of `right` servers. */
export function schedulesPart(
  runs: readonly ScheduleRuns[],
  mutants: readonly SocketSpecimen[],
  blamed: readonly ScheduleRuns[],
): string[] {
  const right = blamed[0]?.plain.size ?? 0;
  return [
    ...table(
      ["schedule", "habit of", "killed", "chunks", "s", "with our proof", "chunks", "s", "blames"],
      runs.map(({ schedule, plain, proven }, i) => [
        schedule.name,
        schedule.habitOf,
        `**${killed(plain)}** of ${mutants.length}`,
        `${total(plain, ({ chunks }) => chunks)}`,
        seconds(plain),
        `**${killed(proven)}** of ${mutants.length}`,
        `${total(proven, ({ chunks }) => chunks)}`,
        seconds(proven),
        `${killed(blamed[i]?.plain) + killed(blamed[i]?.proven)} of ${2 * right}`,
      ]),
    ),
    "",
    "x: killed; n: only without our proof; p: only with it.",
    "",
    ...table(
      ["mutant", ...runs.map(({ schedule }) => schedule.name)],
      mutants.map(({ name }) => [
        name,
        ...runs.map(({ plain, proven }) => mark(plain.get(name), proven.get(name))),
      ]),
    ),
  ];
}

function mark(plain: RivalRun | undefined, proven: RivalRun | undefined): string {
  if (plain?.found === undefined) return proven?.found === undefined ? "" : "p";
  return proven?.found === undefined ? "n" : "x";
}

function killed(runs: ReadonlyMap<string, RivalRun> = new Map()): number {
  return [...runs.values()].filter(({ found }) => found !== undefined).length;
}

function total(runs: ReadonlyMap<string, RivalRun>, of: (run: RivalRun) => number): number {
  return [...runs.values()].reduce((sum, run) => sum + of(run), 0);
}

function seconds(runs: ReadonlyMap<string, RivalRun>): string {
  return `${Math.round(total(runs, ({ ms }) => ms) / 1000)}`;
}
