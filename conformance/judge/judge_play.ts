import type { Play } from "../player/play.ts";
import type { Contract } from "../stimulus/contract.ts";
import { compareAnswers } from "./compare_answers.ts";
import { judgeRefusal, type Refusal } from "./judge_refusal.ts";
import { showBytes } from "./show_bytes.ts";
import type { Finding } from "./verdict.ts";

/** What a judge knows besides the play itself. */
export interface JudgeContext {
  /** What the target claims to speak. */
  readonly contract: Contract;
  /** A plain frame that was sent on the same connection afterwards, and what came of it. */
  readonly probe?: Play;
  /**
   * Whether the target is known to skip what is over its limit and go on. Then it may be silent about a header whose
   * body never comes; otherwise that silence is the wait of a target that accepts any length.
   */
  readonly skips?: boolean;
}

/** Memory that a target may take during one delivery beyond its own limit, in bytes. */
const MEMORY_SLACK = 32 * 1024 * 1024;

/**
 * Judges one play: a pure function of what happened. Null when the target did what it must.
 *
 * ```
 *   frames        each answered, in order, nothing else
 *   bad           refused: see judgeRefusal
 *   tail          not answered
 * ```
 */
export function judgePlay(play: Play, context: JudgeContext): Finding | null {
  const { contract } = context;
  if (play.state === "refused") {
    return { cause: "CRASH", detail: "the target accepts no connection" };
  }
  const leak = judgeMemory(play, contract);
  if (leak !== null) return leak;
  if (!contract.expectation.answers) return judgeLiveness(play);
  const unkind = play.greeted && judgeGreeting(play.greeted, contract);
  if (unkind) return unkind;
  const { stimulus, waits, end } = play.delivery;
  const before = stimulus.frames.filter((frame) => !frame.afterBad);
  // Behind RST and close no answer can come, behind FIN perhaps none: only those that were awaited before are required.
  const { halfClose = "reply" } = contract;
  const thrownAway = end === "reset" || end === "close" || (end === "fin" && halfClose !== "reply");
  const required = thrownAway
    ? Math.min(stimulus.dueAt(waits.at(-1) ?? 0), before.length)
    : before.length;
  const wrong = compareAnswers({
    expected: before.map((frame) => frame.answer),
    came: play.answers.slice(0, stimulus.hasBad ? before.length : undefined),
    stream: contract.expectation.answer(stimulus.bytes),
  });
  if (wrong !== null) return wrong;
  if (play.answers.length < required) return judgeMissing(play, required, context);
  if (play.undecodable !== undefined) {
    const why = play.undecodable;
    return stimulus.parts.every((part) => part.kind === "frame")
      ? { cause: "DESYNC", detail: `the answers are no frames: ${why}` }
      : { cause: "PHANTOM", detail: `bytes came back for what is no whole frame: ${why}` };
  }
  // Behind bytes that must be refused nothing is late.
  const late = stimulus.hasBad ? undefined : play.lateAt[0];
  if (late !== undefined) {
    return {
      cause: "LATE",
      detail: `with ${late} bytes sent and read, the answer due came only after more bytes`,
    };
  }
  return stimulus.hasBad
    ? judgeRefusal(refusalOf(play, before.length, context))
    : judgeEof(play, contract);
}

function judgeGreeting(came: readonly Uint8Array[], contract: Contract): Finding | null {
  const expected = contract.expectation.greeting;
  const stream = new Uint8Array(0);
  if (came.length < expected.length) {
    return {
      cause: "LOST",
      detail: `the greeting did not come: ${came.length} of ${expected.length}`,
    };
  }
  const wrong = compareAnswers({ expected, came, stream });
  return wrong && { ...wrong, detail: `greeting: ${wrong.detail}` };
}

/** All that can be said of a target whose answers are unknown: it must not go away. */
function judgeLiveness(play: Play): Finding | null {
  const { stimulus, end } = play.delivery;
  if (play.chunks.some((chunk) => chunk.edge === "timeout")) return stopped(play);
  if (stimulus.hasBad || end !== "none" || play.state === "open") return null;
  return { cause: "LOST", detail: `it closed the connection (${play.state}) amid good frames` };
}

/** Right so far, but not all there. */
function judgeMissing(play: Play, expected: number, { probe }: JudgeContext): Finding {
  const came = play.answers.length;
  const missing = `${came} of ${expected} answers came`;
  const sent = play.chunks.at(-1)?.end ?? 0;
  if (play.undecodable !== undefined) {
    return {
      cause: "DESYNC",
      detail: `${missing}, then bytes that are no frames: ${play.undecodable}`,
    };
  }
  if (play.state !== "open") {
    const how = play.state === "ended" ? "closed the connection" : "broke off the connection";
    return { cause: "LOST", detail: `${missing}, then the target ${how} (${sent} bytes sent)` };
  }
  if (play.chunks.some((chunk) => chunk.edge === "timeout")) return stopped(play);
  const next = play.delivery.stimulus.frames[came];
  const first = probe?.answers[0];
  if (next !== undefined && first !== undefined) {
    const isNext =
      compareAnswers({ expected: [next.answer], came: [first], stream: first }) === null;
    if (isNext) {
      return { cause: "LATE", detail: `${missing}; the next one came when another frame was sent` };
    }
    const isProbe = probe !== undefined && judgeAnswered(probe);
    if (isProbe) return { cause: "LOST", detail: `${missing}; a later frame was answered` };
    return {
      cause: "DESYNC",
      detail: `${missing}; a later frame was answered with ${showBytes(first)}`,
    };
  }
  return { cause: "HANG", detail: `${missing}, the connection is open and silent` };
}

function judgeAnswered(probe: Play): boolean {
  const { stimulus } = probe.delivery;
  const expected = stimulus.frames.map((frame) => frame.answer);
  return probe.answers.length === expected.length &&
    compareAnswers({ expected, came: probe.answers, stream: stimulus.bytes }) === null;
}

/** The good frames are answered: what became of the bytes that must be refused, and of what came behind? */
function refusalOf(play: Play, before: number, { contract, skips = false }: JudgeContext): Refusal {
  const { parts, bytes } = play.delivery.stimulus;
  return {
    parts: parts.slice(parts.findIndex((part) => part.kind === "bad")),
    came: play.answers.slice(before),
    open: play.state === "open",
    stream: contract.expectation.answer(bytes),
    contract,
    skips: skips || contract.overLimit === "skip",
  };
}

/** What the declared policies say about the end of the stream. */
function judgeEof({ delivery, state, decoder }: Play, { atEof = "any" }: Contract): Finding | null {
  const { stimulus: { parts }, end } = delivery;
  if (end !== "fin" || parts.at(-1)?.kind !== "tail") return null;
  const declared = `; declared is --at-eof ${atEof}`;
  if (decoder !== undefined) {
    const { error = "no error" } = decoder;
    if (atEof === "any" || (atEof === "error") === (decoder.error !== undefined)) return null;
    return { cause: "POLICY", detail: `${error} at the end inside a frame${declared}` };
  }
  if (atEof === "error" && state === "open") {
    const detail = `the stream ended inside a frame, and the connection stays open${declared}`;
    return { cause: "POLICY", detail };
  }
  if (atEof === "drop" && state === "reset") {
    const detail = `the stream ended inside a frame, and the target broke off (RST)${declared}`;
    return { cause: "POLICY", detail };
  }
  return null;
}

function stopped(play: Play): Finding {
  const at = play.chunks.find((chunk) => chunk.edge === "timeout")?.end ?? 0;
  return { cause: "HANG", detail: `it stopped reading: of the first ${at} bytes some are unread` };
}

function judgeMemory({ memoryGrowth = 0 }: Play, contract: Contract): Finding | null {
  const most = 2 * (contract.maxFrame ?? 0) + MEMORY_SLACK;
  if (memoryGrowth <= most) return null;
  const megabytes = Math.round(memoryGrowth / 2 ** 20);
  return { cause: "LEAK", detail: `its memory grew by ${megabytes} MiB` };
}

/** Whether a play shows a target that skips what it must refuse and goes on with the next frame. */
export function showsSkip(play: Play, contract: Contract): boolean {
  const { frames, hasBad } = play.delivery.stimulus;
  const goesOn = frames.some((frame) => frame.afterBad) && play.answers.length === frames.length;
  return hasBad && goesOn && judgePlay(play, { contract }) === null;
}
