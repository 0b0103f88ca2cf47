import type { Finding } from "../judge/verdict.ts";
import { describeEnding } from "./describe_ending.ts";
import type { Ending, ExchangePlay } from "./oracle.ts";

/** What is wrong with the connection itself: there was none, or the target floods it. */
export function judgeConnection({ state, undecodable }: ExchangePlay): Finding | null {
  if (state === "refused") return { cause: "CRASH", detail: "the target accepts no connection" };
  return undecodable === undefined ? null : { cause: "PHANTOM", detail: undecodable };
}

/** What is wrong with a target from which something is missing, if it did not even read all that it was sent. */
export function judgeUnread({ chunks }: ExchangePlay): Finding | null {
  const unread = chunks.find(({ edge }) => edge === "timeout");
  if (unread === undefined) return null;
  const detail = `it stopped reading: of the first ${unread.end} bytes some are unread`;
  return { cause: "HANG", detail };
}

/** What is wrong with an answer that came, but only when more was sent, or when nothing more could come. */
export function judgeLate(
  play: ExchangePlay,
  { farewell }: Pick<Ending, "farewell">,
): Finding | null {
  const late = play.lateAt[0];
  if (late === undefined) return null;
  const { length } = play.delivery.stimulus.bytes;
  if (late < length) {
    const detail =
      `with ${late} bytes sent and read, the answer due came only after more bytes were sent`;
    return { cause: "LATE", detail };
  }
  const came = play.reads.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const behind = came - (play.marks.get(length) ?? came);
  if (behind <= farewell.length) return null;
  return { cause: "LATE", detail: "the answer due came only when the stream had ended (FIN)" };
}

/**
 * What is wrong with how the connection ended. FIN and RST are told apart only where the target was given everything:
 * one that rightly closes before that resets the connection as soon as more bytes come.
 */
export function judgeEnding(play: ExchangePlay, { state }: Ending): Finding | null {
  const { chunks, delivery } = play;
  if (delivery.end !== "none" || play.state === state) return null;
  const ended = `the control: ${describeEnding(state)}; here: ${describeEnding(play.state)}`;
  if (state === "open") return { cause: "LOST", detail: `all answers came, but ${ended}` };
  if (play.state === "open") return { cause: "HANG", detail: `all answers came, but ${ended}` };
  const whole = chunks.at(-1)?.end === delivery.stimulus.bytes.length &&
    chunks.every(({ edge }) => edge !== "gone");
  if (!whole || play.state === "ended") return null;
  return { cause: "LOST", detail: `all answers came, but ${ended}` };
}
