import type { DatagramContract } from "../datagrams/due_answers.ts";
import { judgeVolley } from "../datagrams/judge_volley.ts";
import { RAW } from "../exchange/stimuli.ts";
import type { RecordedRun, RunAbout } from "../history/recorded.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import type { PassingPlay } from "./passing_plays.ts";
import { remadePlays } from "./recorded_plays.ts";

/** What the target of a recorded run was taken to promise, if that was one of datagrams; null for others. */
export function recordedDatagrams(about: RunAbout): DatagramContract | null {
  const { framing, expect, maxFrame, expiryMs } = about;
  if (framing !== "datagram" && framing !== "fragment") return null;
  const expectation = Object.values(EXPECTATIONS).find(({ name }) => name === expect);
  if (expectation === undefined) return null;
  return {
    framing,
    expectation,
    ...(maxFrame === undefined ? {} : { maxFrame }),
    ...(expiryMs === undefined ? {} : { expiryMs }),
  };
}

/** Every volley in a history that is right when it is judged again, by case. */
export function passingVolleys(
  run: RecordedRun,
  contract: DatagramContract,
): ReadonlyMap<string, readonly PassingPlay[]> {
  const passing = new Map<string, PassingPlay[]>();
  for (const { recorded, play } of remadePlays(run, RAW)) {
    const { case: id, role, ended } = recorded;
    if (play === null || ended !== undefined || role !== "packed" && role !== "subject") continue;
    if (judgeVolley(play, contract) !== null) continue;
    const list = passing.get(id) ?? [];
    list.push({ play, proven: play.chunks.every(({ edge }) => edge === "proven") });
    passing.set(id, list);
  }
  return passing;
}
