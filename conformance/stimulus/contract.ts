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
}

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
