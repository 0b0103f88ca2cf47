import {
  type FrameBatch,
  type FrameDecoder,
  FramingError,
  TruncatedFrameError,
} from "../../protocol/framing/mod.ts";
import type { Contract } from "./contract.ts";
import { type Part, Stimulus } from "./stimulus.ts";

/**
 * Finds the frames in any bytes with our own decoder, fed one byte at a time, so that it is known with which byte
 * each frame is complete. Used for streams that a user gives and for the remains of a cut-off one.
 */
export function readStimulus(contract: Contract, bytes: Uint8Array): Stimulus {
  const { framing, maxFrame } = contract;
  const decoder = framing.createDecoder(maxFrame === undefined ? {} : { maxFrameLength: maxFrame });
  const parts: Part[] = [];
  let start = 0;
  const found = (payloads: Uint8Array[], end: number, endsStream = false) => {
    for (const payload of payloads) {
      const wire = bytes.subarray(start, end);
      parts.push({ kind: "frame", wire, payload, bodyAt: undefined, endsStream });
      start = end;
    }
  };
  try {
    for (let at = 0; at < bytes.length; at++) {
      found(payloadsOf(decoder, decoder.push(bytes.subarray(at, at + 1))), at + 1);
    }
    found(payloadsOf(decoder, decoder.end()), bytes.length, true);
    // Bytes that a decoder drops without a word, such as empty SLIP frames, belong to what follows them.
    if (start < bytes.length) parts.push({ kind: "tail", wire: bytes.subarray(start) });
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    const wire = bytes.subarray(start);
    if (error instanceof TruncatedFrameError) parts.push({ kind: "tail", wire });
    else parts.push({ kind: "bad", wire, what: error.message });
  }
  return new Stimulus(contract, parts);
}

function payloadsOf(decoder: FrameDecoder, first: FrameBatch | null): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (let batch = first; batch !== null; batch = decoder.next()) {
    for (let i = 0; i < batch.count; i++) payloads.push(batch.copy(i));
  }
  return payloads;
}
