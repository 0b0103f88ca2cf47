import { equals } from "@std/bytes/equals";
import type { Play } from "../player/play.ts";
import { describeEnd, type ProcessEnd } from "../player/spawned_process.ts";
import type { Contract } from "../stimulus/contract.ts";
import { judgePlay } from "./judge_play.ts";
import type { Finding } from "./verdict.ts";

/** A delivery on a connection of its own, and what shows how the target took it. */
export interface Trial {
  /** The delivery itself. */
  readonly subject: Play;
  /** A plain frame on the same connection, if that was still open. */
  readonly probe?: Play;
  /** A plain frame on a new connection, after a delivery that ends its own one. */
  readonly followUp?: Play;
  /** How the target's process ended, if it did. */
  readonly ended?: ProcessEnd;
  /** The first play of the same bytes in this case, cut in another way or not at all. */
  readonly control?: Play;
}

/** Whether an answer that came later is one that the subject has had already. */
function isAnswerTo({ delivery }: Play, answer: Uint8Array | undefined): boolean {
  return answer !== undefined && answer.length > 0 &&
    delivery.stimulus.frames.some((frame) => equals(frame.answer, answer));
}

/** Judges a trial: the delivery itself first, then what it left behind. Null when all is right. */
export function judgeTrial(trial: Trial, contract: Contract, skips: boolean): Finding | null {
  const { subject, probe, followUp, ended } = trial;
  if (ended !== undefined) {
    return { cause: "CRASH", detail: `the target's process ended: ${describeEnd(ended)}` };
  }
  const own = judgePlay(subject, { contract, skips, ...(probe ? { probe } : {}) }) ??
    judgeSameness(trial, contract, skips);
  if (own !== null) return own;
  const after = probe && judgePlay(probe, { contract });
  if (after) {
    const again = isAnswerTo(subject, probe.answers[0]);
    const cause = after.cause === "PHANTOM" && again ? "DUPLICATED" : after.cause;
    return { cause, detail: `the plain frame behind it: ${after.detail}` };
  }
  const next = followUp && judgePlay(followUp, { contract });
  if (!next) return null;
  const detail = `a new connection after it: ${next.detail}`;
  return { cause: next.cause === "CRASH" || next.cause === "HANG" ? next.cause : "DESYNC", detail };
}

/**
 * Where a target has a choice, as behind bytes that it may refuse or tolerate, it has to choose the same however the
 * bytes are cut. A control that was not right itself shows nothing.
 */
function judgeSameness(
  { subject, control }: Trial,
  contract: Contract,
  skips: boolean,
): Finding | null {
  if (control === undefined || !subject.delivery.stimulus.hasBad) return null;
  const own = control.answers, came = subject.answers;
  const told = toldBy(subject), before = toldBy(control);
  const same = own.length === came.length &&
    own.every((answer, i) => equals(answer, came[i] ?? answer));
  if (same && told === before) return null;
  const wrong = judgePlay(control, { contract, skips });
  if (wrong !== null && wrong.level === undefined) return null;
  const way = control.delivery.cuts.length === 0 ? "uncut" : "cut in another way";
  if (same) {
    return { cause: "DESYNC", detail: `it told ${told}, but of the same bytes ${way} ${before}` };
  }
  const count = (answers: readonly Uint8Array[]) =>
    `${answers.length} ${answers.length === 1 ? "answer" : "answers"}`;
  const detail = `${count(came)} came, of other bytes or number than the ${
    count(own)
  } to the same bytes ${way}`;
  return { cause: "DESYNC", detail };
}

/** What a decoder told besides frames, in words. */
function toldBy({ decoder }: Play): string {
  if (decoder === undefined) return "";
  const { reports, error } = decoder;
  return [...reports, error === undefined ? "of no error" : `of ${error}`].join(", ");
}
