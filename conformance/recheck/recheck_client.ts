import { hexBytes } from "../../protocol/framing/hex.ts";
import { isPlayOf, scriptOf } from "../datagram_clients/answer_script.ts";
import { AskReader } from "../datagram_clients/ask_reader.ts";
import { clientCases, GATE } from "../datagram_clients/client_cases.ts";
import { alikeOf, controlOf } from "../datagram_clients/client_control.ts";
import { sceneOf } from "../datagram_clients/client_plan.ts";
import type { ClientControl, ClientPlay } from "../datagram_clients/client_play.ts";
import { judgeClient, readOf } from "../datagram_clients/judge_client.ts";
import { type RightAnswer, rightAnswer } from "../datagram_clients/right_answer.ts";
import type { DatagramContract } from "../datagrams/due_answers.ts";
import type { DatagramFraming } from "../datagrams/volley.ts";
import { RAW } from "../exchange/stimuli.ts";
import type { Role } from "../history/history.ts";
import type { RecordedRun } from "../history/recorded.ts";
import type { Deliveries } from "../strategy/deliveries.ts";
import { type CheckedLine, checkedLine } from "./checked_line.ts";
import type { Covered } from "./covered.ts";
import { type RemadePlay, remadePlays } from "./recorded_plays.ts";

/** A play of a client, for which case and what for. */
interface CasePlay {
  readonly case: string;
  readonly role: Role;
  readonly play: ClientPlay;
}

/**
 * Counts the certificate of a run against a client of datagrams again. What the client does when nobody makes it hard is
 * learnt anew from the plays of the control; from that, and from the seed, follow the scripts of each case, and each is
 * looked for among the plays that are right when they are judged again.
 *
 * Null when the history does not have all that the client printed, or not what it was answered.
 */
export function recheckClient(
  run: RecordedRun,
  { framing, maxFrame }: Pick<DatagramContract, "framing" | "maxFrame">,
): CheckedLine[] | null {
  const { expect, answer: always, seed } = run.about;
  const answer = rightAnswer(expect, always === undefined ? undefined : hexBytes(always));
  const plays = casePlays(run, framing);
  if (answer === undefined || plays === null) return null;
  const control = recordedControl(plays, answer);
  if (control === null) return null;
  const contract = { framing, ...(maxFrame === undefined ? {} : { maxFrame }) };
  return run.cases.flatMap(({ id, certificate }) => {
    if (certificate === undefined) return [];
    const plan = clientCases().find((one) => one.id === id)
      ?.plan(sceneOf(id, control, { ...contract, seed }));
    const right = plays.filter(({ case: of, role, play }) =>
      of === id && role === "subject" && judgeClient(play, control, contract) === null
    ).map(({ play }) => play);
    const isProven = (play: ClientPlay) => {
      const { proven, requested } = readOf(play, control, framing);
      return proven === requested;
    };
    const found = plan?.kind === "scripts"
      ? coveredScripts(plan.scripts, right, isProven)
      : { proven: 0, passed: 0, total: 0 };
    return [checkedLine(id, certificate, { ...found, byScript: true })];
  });
}

/** The plays of a history as a judge of clients sees them; null when something that was printed is not there. */
function casePlays(run: RecordedRun, framing: DatagramFraming): CasePlay[] | null {
  const plays: CasePlay[] = [];
  for (const one of remadePlays(run, RAW)) {
    const play = remadeClientPlay(one, framing);
    if (play === null) return null;
    plays.push({ case: one.recorded.case, role: one.recorded.role, play });
  }
  return plays;
}

function remadeClientPlay(
  { recorded: { output, reads }, play }: RemadePlay,
  framing: DatagramFraming,
): ClientPlay | null {
  if (play === null || output === undefined || output.stdout.length < output.length) return null;
  const { stdout, length, end, over = end === undefined ? "silent" : "ended" } = output;
  const reader = new AskReader(framing);
  for (const read of reads) reader.push(read);
  const { undecodable, asked } = reader;
  return {
    ...play,
    ...(undecodable === undefined ? {} : { undecodable }),
    output: { stdout, length, end },
    redialled: false,
    asked,
    over,
    pauseMs: 0,
    arrived: output.arrived ?? true,
  };
}

/** What the client does when nobody makes it hard; null when the control did not show it. */
function recordedControl(plays: readonly CasePlay[], answer: RightAnswer): ClientControl | null {
  const own = plays.filter((one) => one.case === GATE);
  const of = (role: Role) => own.filter((one) => one.role === role).map(({ play }) => play);
  const [answered] = alikeOf(of("subject"));
  const [unanswered, wrong] = of("probe");
  if (answered === undefined || unanswered === undefined || wrong === undefined) return null;
  return controlOf({ answered, unanswered, wrong }, answer);
}

/** Counts the scripts that have a play of their own among those that are right. */
export function coveredScripts(
  scripts: Deliveries,
  plays: readonly ClientPlay[],
  isProven: (play: ClientPlay) => boolean,
): Covered {
  const played = plays.map((play) => ({
    script: scriptOf(play.delivery),
    isProven: isProven(play),
  }));
  const choices = Array.from({ length: scripts.count }, (_, i) => {
    const script = scriptOf(scripts.at(i));
    return played.flatMap((one, at) => isPlayOf(script, one.script) ? [at] : []);
  });
  return {
    proven: paired(choices.map((own) => own.filter((at) => played[at]?.isProven))),
    passed: paired(choices),
    total: scripts.count,
  };
}

/**
 * How many can be given one of their choices so that none is given twice. A client that gives up early plays several
 * scripts in the same way; each needs a play all the same.
 */
function paired(choices: readonly (readonly number[])[]): number {
  const takenBy = new Map<number, number>();
  const take = (who: number, asked: Set<number>): boolean =>
    (choices[who] ?? []).some((at) => {
      if (asked.has(at)) return false;
      asked.add(at);
      const other = takenBy.get(at);
      if (other !== undefined && !take(other, asked)) return false;
      takenBy.set(at, who);
      return true;
    });
  return choices.filter((_, who) => take(who, new Set())).length;
}
