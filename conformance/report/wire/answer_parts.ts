import { equals } from "@std/bytes/equals";
import { framing, FramingError, FramingSpecError } from "../../../protocol/framing/mod.ts";
import type { Contract } from "../../stimulus/contract.ts";
import { EXPECTATIONS } from "../../stimulus/expectation.ts";
import { readStimulus } from "../../stimulus/read_stimulus.ts";
import { framePart, type Part } from "../../stimulus/stimulus.ts";
import type { SpannedPart } from "./pieces.ts";

/** Most bytes that are taken apart: a picture shows no more. */
const MOST = 4096;

/**
 * What came back, taken apart by the framing that the target claims to speak. Bytes beyond the first 4,096, and all
 * of them when the framing is not known here, are of unknown meaning.
 */
export function answerParts(spec: string, bytes: Uint8Array, length: number): SpannedPart[] {
  const contract = contractOf(spec);
  const known = contract === null ? 0 : Math.min(MOST, bytes.length);
  const parts: SpannedPart[] = [];
  if (contract !== null) {
    let start = 0;
    for (const part of readStimulus(contract, bytes.subarray(0, known)).parts) {
      const end = start + part.wire.length;
      // What we did not look at is no reason to call a frame incomplete.
      const torn = part.kind === "tail" && known < length;
      parts.push({
        kind: torn ? "bytes" : part.kind,
        start,
        end,
        ...bodyOf(contract, part, start),
      });
      start = end;
    }
  }
  if (length > known) parts.push({ kind: "bytes", start: known, end: length });
  return parts;
}

function contractOf(spec: string): Contract | null {
  try {
    return { framing: framing(spec), expectation: EXPECTATIONS.none };
  } catch (error) {
    if (error instanceof FramingSpecError) return null;
    throw error;
  }
}

/** Where the payload is, if our encoder would write the frame in the same way. */
function bodyOf(
  contract: Contract,
  part: Part,
  start: number,
): { readonly body?: number; readonly payload?: Uint8Array } {
  if (part.kind !== "frame") return {};
  const { payload } = part;
  try {
    const { wire, bodyAt } = framePart(contract, payload);
    const found = bodyAt !== undefined && equals(wire, part.wire);
    return found ? { body: start + bodyAt, payload } : { payload };
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    return { payload };
  }
}
