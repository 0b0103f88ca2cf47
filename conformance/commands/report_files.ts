import type { RecordedRun } from "../history/recorded.ts";
import { replayFileOf, writeReplayFile } from "../replay/replay_file.ts";
import { REPORT_FILES, type Reported } from "../report/formats.ts";

/**
 * Writes every report file into a directory, and a replay file for each failure that has a smallest delivery. Returns
 * the paths of the replay files by id of the case.
 */
export async function writeReportFiles(
  directory: string,
  reported: Reported,
): Promise<ReadonlyMap<string, string>> {
  await Deno.mkdir(directory, { recursive: true });
  for (const { file, render } of Object.values(REPORT_FILES)) {
    await Deno.writeTextFile(`${directory}/${file}`, render(reported));
  }
  const several = reported.runs.length > 1;
  const written = new Map<string, string>();
  await removeFailures(`${directory}/failures`);
  for (const [i, run] of reported.runs.entries()) {
    const folder = `${directory}/failures${several ? `/${i + 1}` : ""}`;
    await writeFailures(folder, run, written);
  }
  return written;
}

async function writeFailures(
  folder: string,
  { about, cases }: RecordedRun,
  written: Map<string, string>,
): Promise<void> {
  for (const one of cases) {
    const file = one.cause === undefined ? undefined : replayFileOf(about, one);
    if (file === undefined) continue;
    await Deno.mkdir(folder, { recursive: true });
    const path = `${folder}/${one.id}.json`;
    await Deno.writeTextFile(path, writeReplayFile(file));
    written.set(one.id, path);
  }
}

/** Failures of an earlier run in the same directory are taken away, so that only those of this one are there. */
async function removeFailures(folder: string): Promise<void> {
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile && /^(\d+\.\d+|stream)\.json$/.test(name)) await Deno.remove(`${folder}/${name}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
