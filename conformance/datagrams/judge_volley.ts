import { concat } from "@std/bytes/concat";
import { equals } from "@std/bytes/equals";
import { showBytes } from "../judge/show_bytes.ts";
import type { Finding } from "../judge/verdict.ts";
import type { Play } from "../player/play.ts";
import { AnswerReader, type CameAnswer } from "./came_answers.ts";
import { type DatagramContract, type DueAnswer, dueAnswers } from "./due_answers.ts";

/** Answers paired with what was due. */
export interface Paired {
  /** Due, and not come. */
  readonly missing: readonly DueAnswer[];
  /** Come, and due. */
  readonly met: readonly DueAnswer[];
  /** Come, and not due. */
  readonly strange: readonly CameAnswer[];
}

/** Pairs each answer with one that is right at its socket; their order is nobody's promise. */
export function pairAnswers(due: readonly DueAnswer[], came: readonly CameAnswer[]): Paired {
  const open = new Set(due);
  const met: DueAnswer[] = [];
  const strange = came.filter(({ socket, bytes }) => {
    for (const one of open) {
      if (one.socket !== socket || !equals(one.answer, bytes)) continue;
      open.delete(one);
      met.push(one);
      return false;
    }
    return true;
  });
  return { missing: [...open].filter(({ must }) => must), met, strange };
}

/** Judges what came of a volley; null when it is right. Pure. */
export function judgeVolley(play: Play, contract: DatagramContract): Finding | null {
  const unread = play.chunks.findIndex(({ edge }) => edge === "timeout");
  if (unread >= 0) {
    return { cause: "HANG", detail: "it stopped reading: datagrams lie in its receive queue" };
  }
  if (!contract.expectation.answers) return null;
  if (play.undecodable !== undefined) return { cause: "CORRUPT", detail: play.undecodable };
  const reader = new AnswerReader(contract.framing);
  for (const datagram of cameOf(play)) reader.push(datagram);
  if (reader.undecodable !== undefined) return { cause: "CORRUPT", detail: reader.undecodable };
  const due = dueAnswers(play.delivery, contract);
  const paired = pairAnswers(due, reader.answers);
  const [strange] = paired.strange;
  if (strange !== undefined) {
    return inPieces(paired) ?? strangeAnswer(strange, paired, due);
  }
  const [missing] = paired.missing;
  if (missing === undefined) return null;
  const others = paired.missing.length - 1;
  const more = others === 0 ? "" : `, and ${others} others are missing`;
  return { cause: "LOST", detail: `no answer to ${missing.to}${more}` };
}

/** The datagrams that came back, each with the socket it came to. */
export function cameOf({ reads, cameTo }: Play): CameAnswer[] {
  return reads.map(({ bytes }, i) => ({ bytes, socket: cameTo?.[i] ?? 0 }));
}

/** Whether what came is one answer that is due, in pieces. */
function inPieces({ missing, strange }: Paired): Finding | null {
  for (const { socket, answer, to } of missing) {
    const pieces = strange.filter((one) => one.socket === socket).map(({ bytes }) => bytes);
    if (pieces.length < 2 || !equals(concat(pieces), answer)) continue;
    return { cause: "DESYNC", detail: `the answer to ${to} came in ${pieces.length} pieces` };
  }
  return null;
}

/** What an answer is that nobody waits for. */
function strangeAnswer(
  { socket, bytes }: CameAnswer,
  { missing, met }: Paired,
  due: readonly DueAnswer[],
): Finding {
  const what = `${showBytes(bytes)} came`;
  const twice = met.find((one) => one.socket === socket && equals(one.answer, bytes));
  if (twice !== undefined) {
    return { cause: "DUPLICATED", detail: `${twice.to} was answered more than once` };
  }
  const elsewhere = due.find((one) => one.socket !== socket && equals(one.answer, bytes));
  if (elsewhere !== undefined) {
    return { cause: "PHANTOM", detail: `the answer to ${elsewhere.to} came to another peer` };
  }
  const joined = joinedOf(bytes, due);
  if (joined !== undefined) {
    return { cause: "DESYNC", detail: `the answers to ${joined} came joined into one` };
  }
  const [open] = missing.filter((one) => one.socket === socket);
  if (open === undefined) {
    return { cause: "PHANTOM", detail: `an answer that is not due: ${what}` };
  }
  const { answer, to } = open;
  if (bytes.length < answer.length && isIn(bytes, answer)) {
    const cut = bytes.length === 0 || equals(answer.subarray(0, bytes.length), bytes);
    return {
      cause: cut ? "CORRUPT" : "DESYNC",
      detail: cut
        ? `the answer to ${to} is cut off: ${bytes.length} of ${answer.length} bytes came`
        : `a piece of the answer to ${to} came as an answer of its own: ${what}`,
    };
  }
  if (bytes.length > answer.length && equals(bytes.subarray(0, answer.length), answer)) {
    const more = bytes.length - answer.length;
    return { cause: "CORRUPT", detail: `behind the answer to ${to} come ${more} bytes too many` };
  }
  const detail = `the answer to ${to} is wrong: ${what}, due were ${showBytes(answer)}`;
  return { cause: "CORRUPT", detail };
}

/** Names of two answers, if `bytes` is one behind the other. */
function joinedOf(bytes: Uint8Array, due: readonly DueAnswer[]): string | undefined {
  for (const one of due) {
    if (one.answer.length === 0 || one.answer.length >= bytes.length) continue;
    const other = due.find((other) =>
      other !== one && other.answer.length > 0 &&
      one.answer.length + other.answer.length === bytes.length &&
      equals(concat([one.answer, other.answer]), bytes)
    );
    if (other !== undefined) return `${one.to} and ${other.to}`;
  }
  return undefined;
}

function isIn(part: Uint8Array, whole: Uint8Array): boolean {
  for (let at = 0; at + part.length <= whole.length; at++) {
    if (equals(whole.subarray(at, at + part.length), part)) return true;
  }
  return false;
}
