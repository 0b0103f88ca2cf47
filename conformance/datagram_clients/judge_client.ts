import { equals } from "@std/bytes/equals";
import { FRAGMENT_HEADER_LENGTH } from "../../protocol/framing/mod.ts";
import { describeOutput, endedSame, printedSame } from "../client_output/output.ts";
import type { DatagramFraming } from "../datagrams/volley.ts";
import { sentOf } from "../datagrams/volley.ts";
import { showBytes } from "../judge/show_bytes.ts";
import type { Finding } from "../judge/verdict.ts";
import { describeEnd, isCrash } from "../player/spawned_process.ts";
import { ASKED, LOST } from "./answer_script.ts";
import type { ClientControl, ClientPlay } from "./client_play.ts";
import { timesIn } from "./find_bytes.ts";
import { givenAnswers, messagesTo, wrongAnswers } from "./given_answers.ts";

/** What a client has to keep. */
export interface ClientContract {
  /** How messages are found in datagrams. */
  readonly framing: DatagramFraming;
  /** The longest message that it sends, in bytes, if that was told. */
  readonly maxFrame?: number;
}

/** Least bytes of a text by which it is found in what a client prints: fewer stand there by chance. */
const TELLING = 4;
/** Bytes at the beginning of an answer that show in the output that it was taken. */
const BEGINNING = 16;
/** A part of an answer is a quarter of it that was printed; at most so many of them are looked for. */
const PARTS = 4, MOST_PARTS = 64;

/** Judges what a client sent, whatever it was given; null when it is right. Pure. */
export function judgeAsked(
  { undecodable, asked }: ClientPlay,
  { maxFrame = Infinity }: ClientContract,
): Finding | null {
  if (undecodable !== undefined) {
    const detail = undecodable.replace("an answer", "what it sent");
    return { cause: "CORRUPT", detail };
  }
  const long = asked.find(({ bytes }) => bytes.length > maxFrame);
  if (long === undefined) return null;
  const detail = `it sent a message of ${long.bytes.length} bytes; the most is ${maxFrame}`;
  return { cause: "CORRUPT", detail };
}

/** Judges only that a client ends, or asks again, in time, and not by a signal. Pure. */
export function judgeClientEnd({ over, output: { end }, asked }: ClientPlay): Finding | null {
  if (end !== undefined) {
    return isCrash(end) ? { cause: "CRASH", detail: `it ended by ${describeEnd(end)}` } : null;
  }
  if (over === "asking") return null;
  const detail = asked.length === 0
    ? "it asked nothing, and did not end"
    : "it neither asked again nor ended: without an answer it waits for ever";
  return { cause: "HANG", detail };
}

/** Judges what a client made of what it was given; null when it is right. Pure. */
export function judgeClient(
  play: ClientPlay,
  control: ClientControl,
  contract: ClientContract,
): Finding | null {
  const own = judgeAsked(play, contract) ?? judgeClientEnd(play);
  if (own !== null) return own;
  const { framing } = contract;
  const messages = messagesTo(play.delivery, framing);
  const given = play.arrived ? givenAnswers(messages, control.answers) : "perhaps";
  const decoy = decoyPrinted(play, control, framing);
  if (decoy !== null) return decoy;
  if (given === "all") return judgeSame(play, control);
  if (given === "perhaps") return null;
  // That one answer of several is not waited for may be right; that one is taken for there which is needed is not.
  const isNeeded = messages.length === 0 || control.answers.length === 1 || isVerbatim(control);
  return judgeParts(play, control, wrongAnswers(messages, control.answers)) ??
    (isNeeded ? judgeAsIf(play, control) : null);
}

/** All was answered: it must make of it what it makes of it in the control. */
function judgeSame(play: ClientPlay, control: ClientControl): Finding | null {
  const { output, asked, over } = play;
  if (over === "asking") {
    return { cause: "HANG", detail: "it was answered, and asks again and again" };
  }
  const different = `it printed ${describeOutput(output)}, in the control ${
    describeOutput(control.output)
  }`;
  const ended = endedSame(output, control.output)
    ? null
    : { cause: "CRASH" as const, detail: different };
  if (printedSame(output, control.output)) return ended;
  const hadTrouble = asked.length > control.asked.length ||
    sentOf(play.delivery).some(({ socket }) => socket === LOST);
  if (!isVerbatim(control)) {
    // Who was not answered at first may say so.
    return ended ?? (hadTrouble ? null : { cause: "CORRUPT", detail: different });
  }
  for (const answer of control.answers) {
    const now = timesIn(answer, output.stdout), usual = timesIn(answer, control.output.stdout);
    if (now < (hadTrouble ? 1 : usual)) {
      const beginning = answer.subarray(0, Math.ceil(answer.length / 2));
      const isCut = timesIn(beginning, output.stdout) > timesIn(beginning, control.unanswered);
      return { cause: isCut ? "CORRUPT" : "LOST", detail: different };
    }
    if (now > usual && !hadTrouble) return { cause: "DUPLICATED", detail: different };
  }
  return ended;
}

/** Not all was answered: it must not do as if. */
function judgeAsIf({ output }: ClientPlay, control: ClientControl): Finding | null {
  const { shows, output: usual } = control;
  if (!shows || !endedSame(output, usual) || !printedSame(output, usual)) return null;
  const detail = `it printed ${
    describeOutput(output)
  } as in the control, though not all of its answers came`;
  return { cause: "PHANTOM", detail };
}

/** An answer is taken whole, or not at all. */
function judgeParts(
  { output }: ClientPlay,
  control: ClientControl,
  wrong: readonly Uint8Array[],
): Finding | null {
  if (!isVerbatim(control)) return null;
  const printed = `it printed ${describeOutput(output)}`;
  for (const message of wrong) {
    const length = Math.max(TELLING, Math.min(BEGINNING, message.length >> 1));
    const beginning = message.subarray(0, length);
    const isAlone = timesIn(beginning, control.unanswered) === 0 &&
      control.answers.every((one) => timesIn(one, message) > 0 || timesIn(beginning, one) === 0);
    if (message.length < 2 * TELLING || !isAlone) continue;
    if (timesIn(beginning, output.stdout) === 0 || timesIn(message, output.stdout) > 0) continue;
    const detail = `it took only a part of an answer of ${message.length} bytes: ${printed}`;
    return { cause: "CORRUPT", detail };
  }
  if (wrong.length > 0) return null;
  return spliced(output.stdout, control, printed);
}

/** Parts of an answer that never came whole. */
function spliced(
  stdout: Uint8Array,
  { asked, answers, unanswered }: ClientControl,
  printed: string,
): Finding | null {
  for (const answer of answers) {
    const size = Math.ceil(answer.length / PARTS);
    if (size < TELLING || timesIn(answer, stdout) > 0) continue;
    const step = Math.ceil(answer.length / MOST_PARTS);
    // What may stand there for another reason shows nothing.
    const others = [unanswered, ...asked, ...answers.filter((other) => !equals(other, answer))];
    for (let at = 0; at + size <= answer.length; at += step) {
      const part = answer.subarray(at, at + size);
      if (timesIn(part, stdout) === 0 || others.some((other) => timesIn(part, other) > 0)) continue;
      const detail = `it printed a part of an answer that did not come whole: ${printed}`;
      return { cause: "PHANTOM", detail };
    }
  }
  return null;
}

/** Whether what a stranger sent was printed, where answers are printed at all. */
function decoyPrinted(
  { delivery, output: { stdout } }: ClientPlay,
  control: ClientControl,
  framing: DatagramFraming,
): Finding | null {
  const sent = sentOf(delivery).map(({ bytes, socket }) => ({
    socket,
    bytes: bytes.subarray(framing === "fragment" ? FRAGMENT_HEADER_LENGTH : 0),
  }));
  const known = sent.filter(({ socket }) => socket === ASKED).map(({ bytes }) => bytes);
  for (const { bytes, socket } of sent) {
    if (socket === ASKED || socket === LOST || bytes.length < TELLING) continue;
    if (known.some((own) => timesIn(bytes, own) > 0)) continue;
    const usual = timesIn(bytes, control.output.stdout);
    if (timesIn(bytes, stdout) <= usual) continue;
    const detail = `it took an answer of somebody else, ${showBytes(bytes)}`;
    return { cause: "PHANTOM", detail };
  }
  return null;
}

/** What was sent to it, and what of that is proven to have been read: by the kernel, or by what it made of it. */
export function readOf(
  { chunks, delivery }: ClientPlay,
  { answers }: ClientControl,
  framing: DatagramFraming,
): { proven: number; requested: number } {
  const sent = chunks.filter(({ edge }) => edge !== "unneeded");
  const isMet = givenAnswers(messagesTo(delivery, framing), answers) === "all";
  const proven = isMet ? sent.length : sent.filter(({ edge }) => edge === "proven").length;
  return { proven, requested: sent.length };
}

/** Whether a client prints its answers as they come, and nothing of them when there are none. */
export function isVerbatim({ answers, output, unanswered }: ClientControl): boolean {
  return answers.length > 0 &&
    answers.every((answer) =>
      answer.length >= TELLING && timesIn(answer, output.stdout) > timesIn(answer, unanswered)
    );
}
