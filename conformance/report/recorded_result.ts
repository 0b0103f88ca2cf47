import { conclude, type RunResult } from "../campaign/result.ts";
import type { RecordedRun } from "../history/recorded.ts";
import type { MergedRun } from "../shard/merge_shards.ts";

/**
 * What a recorded run came to. One without its last line was interrupted; it, and one of which shards are missing, is
 * never a pass: exit code 3, or 1 when shards are missing and the others show a failure.
 */
export function recordedResult({ run, missing }: MergedRun): RunResult {
  const { about, cases, end } = run;
  const { version, seed, target, framing, expect, maxFrame, shard, command, startedAt } = about;
  const { verdict, exitCode, stale } = conclude(cases, about.asked ?? [], about.known);
  const interrupted = interruption(run, missing);
  const whole = interrupted === null;
  return {
    version,
    seed,
    target,
    framing,
    expect,
    ...(maxFrame === undefined ? {} : { maxFrame }),
    ...(shard === undefined ? {} : { shard }),
    ...(command === undefined ? {} : { command }),
    ...(startedAt === undefined ? {} : { startedAt }),
    edge: end?.edge ?? { method: "none", reason: "the run was interrupted" },
    cases,
    certificate: cases.flatMap(({ certificate }) => certificate ?? []),
    verdict: whole || verdict === "FAIL" ? verdict : "INCONCLUSIVE",
    exitCode: end === undefined ? 3 : whole || exitCode === 1 ? exitCode : 3,
    ...(stale ? { stale } : {}),
    ms: end?.ms ?? run.plays.at(-1)?.finishedMs ?? 0,
    ...(end?.stderrTail === undefined ? {} : { stderrTail: end.stderrTail }),
    ...(interrupted === null ? {} : { interrupted }),
  };
}

function interruption({ end, cases }: RecordedRun, missing: readonly number[]): string | null {
  if (missing.length > 0) {
    const which = missing.length === 1 ? "shard" : "shards";
    return `${which} ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing`;
  }
  return end === undefined ? `the history ends after ${cases.length} cases` : null;
}
