import {
  type FrameEncoder,
  type Framing,
  FramingError,
  MAX_FRAME_LENGTH_CEILING,
} from "../../protocol/framing/mod.ts";
import type { Expectation } from "./expectation.ts";

/** What a target claims to speak: everything that is known before the first byte is sent. */
export interface Contract {
  /** How its frames are marked. */
  readonly framing: Framing;
  /** What it does with them. */
  readonly expectation: Expectation;
  /** Its own limit, in payload bytes, if it was told to us. */
  readonly maxFrame?: number;
  /** What becomes of a frame over the limit; by default `any`. */
  readonly overLimit?: OverLimitPolicy;
  /** What becomes of an incomplete frame when the stream ends; by default `any`. */
  readonly atEof?: AtEofPolicy;
  /** What becomes of requests that came before the peer's FIN; by default `reply`. */
  readonly halfClose?: HalfClosePolicy;
}

/**
 * What a target does with a frame over its limit.
 *
 * - `close`: it closes the connection. Answering a frame behind the over-long one is a failure, and so is silence.
 * - `skip`: it drops exactly that frame and answers the next one. Closing is a failure, and silence about a header
 *   whose body has not come is right. Claims over 2^53 − 1 are excepted: nobody can count that far.
 * - `any`: either of them.
 *
 * An answer to the over-long frame, or to what lies inside of it, is a failure under each.
 */
export type OverLimitPolicy = "close" | "skip" | "any";

/**
 * What a target does with a frame that is incomplete when its peer ends the stream. Under each it must never deliver
 * the frame. Whether it _reports_ an error is seen in its log only, not over the wire. What the wire shows:
 *
 * - `drop`: nothing comes back; it may keep its side open or end it, but does not break it off with RST.
 * - `error`: it ends the connection, by FIN or RST; a connection that stays open is a failure.
 * - `any`: all of that is right.
 */
export type AtEofPolicy = "drop" | "error" | "any";

/**
 * What a target does with whole requests that are not answered yet when its peer's FIN comes.
 *
 * - `reply`: it answers them.
 * - `drop`: it need not answer them. That it _never_ does cannot be told over the wire: it may have answered before it
 *   saw the FIN. So this is judged like `any`.
 * - `any`: both are right, but what comes must be right.
 */
export type HalfClosePolicy = "reply" | "drop" | "any";

/** An encoder of ours that no target's limit binds. */
export function unlimitedEncoder({ framing }: Contract): FrameEncoder {
  return framing.createEncoder({ maxFrameLength: MAX_FRAME_LENGTH_CEILING });
}

/** Whether the framing can carry this payload and its answer, and the target's limit allows both. */
export function canCarry(contract: Contract, payload: Uint8Array): boolean {
  const encoder = unlimitedEncoder(contract);
  const answer = contract.expectation.answer(payload);
  if (payload.length > (contract.maxFrame ?? Infinity)) return false;
  if (payload.length < contract.expectation.minPayload) return false;
  try {
    encoder.encodedLength(payload);
    encoder.encodedLength(answer);
    return true;
  } catch (error) {
    if (error instanceof FramingError) return false;
    throw error;
  }
}

/** Least and most payload bytes that fit both the framing and the target, `most` at most `atMost`. */
export function payloadRange(
  contract: Contract,
  atMost: number,
): { readonly least: number; readonly most: number } {
  const { framing, expectation, maxFrame = Infinity } = contract;
  const least = Math.max(framing.minPayload, expectation.minPayload);
  return { least, most: Math.max(least, Math.min(framing.maxPayload, maxFrame, atMost)) };
}
