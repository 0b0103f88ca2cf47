import { equals } from "@std/bytes/equals";
import { describeOutput, endedSame, printedSame } from "../client_output/output.ts";
import type { ClientControl, ClientPlay } from "./client_play.ts";

/** Messages within this time of the first one are sent at once, in ms. */
const AT_ONCE_MS = 50;

/** What is played to learn what a client does when nobody makes it hard. */
export interface ControlPlays {
  /** Everything answered as it should be. */
  readonly answered: ClientPlay;
  /** Nothing answered. */
  readonly unanswered: ClientPlay;
  /** Everything answered with something else. */
  readonly wrong: ClientPlay;
}

/** What a client does, by the plays of its control. `answer` is the right answer to a message. Pure. */
export function controlOf(
  { answered: { asked, output }, unanswered, wrong }: ControlPlays,
  answer: (message: Uint8Array) => Uint8Array,
): ClientControl {
  const messages = asked.map(({ bytes }) => bytes);
  return {
    asked: messages,
    answers: messages.map((message) => answer(message)),
    output,
    unanswered: unanswered.output.stdout,
    atOnce: sentAtOnce(unanswered),
    shows: !endedSame(output, wrong.output) || !printedSame(output, wrong.output),
  };
}

/** Those of several controls that are alike: the largest such group. */
export function alikeOf(plays: readonly ClientPlay[]): readonly ClientPlay[] {
  return plays.map((one) => plays.filter((other) => differenceOf(one, other) === ""))
    .reduce((most, own) => own.length > most.length ? own : most, []);
}

/** How two controls differ; in no words when they do not. */
export function differenceOf(one: ClientPlay, other: ClientPlay): string {
  const same = one.asked.length === other.asked.length &&
    one.asked.every(({ bytes }, i) => equals(bytes, other.asked[i]?.bytes ?? new Uint8Array(0)));
  if (!same) return "the client does not ask the same each time";
  if (printedSame(one.output, other.output) && endedSame(one.output, other.output)) return "";
  const both = `${describeOutput(one.output)}, then ${describeOutput(other.output)}`;
  return `the same answers came to different ends (--mask hides what may differ): ${both}`;
}

/** How many different messages were sent right behind each other. */
function sentAtOnce({ asked }: ClientPlay): number {
  const until = (asked[0]?.atMs ?? 0) + AT_ONCE_MS;
  const burst = asked.filter(({ atMs }) => atMs <= until).map(({ bytes }) => bytes);
  return burst.filter((one, i) => burst.findIndex((other) => equals(one, other)) === i).length;
}
