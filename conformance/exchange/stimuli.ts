import { type Framing, framing as framingOf } from "../../protocol/framing/mod.ts";
import type { Contract } from "../stimulus/contract.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { readStimulus } from "../stimulus/read_stimulus.ts";
import { type Part, Stimulus } from "../stimulus/stimulus.ts";
import type { Delivery, EndEvent } from "../strategy/delivery.ts";

/** For bytes whose framing nobody knows: every byte stands for itself. */
export const RAW: Contract = contractOf(framingOf("fixed:1"));

/** A contract of which only the framing is known. */
export function contractOf(framing: Framing): Contract {
  return { framing, expectation: EXPECTATIONS.none };
}

/** Requests one behind the other; with a framing their frames are found, for edges and for pictures. */
export function requestStimulus(requests: readonly Uint8Array[], contract: Contract): Stimulus {
  const parts = requests.flatMap((wire): readonly Part[] =>
    contract === RAW ? [{ kind: "bytes", wire }] : readStimulus(contract, wire).parts
  );
  return new Stimulus(contract, parts);
}

/** Ends of the pieces but for the last one. */
export function seamsOf(pieces: readonly Uint8Array[]): number[] {
  let at = 0;
  return pieces.slice(0, -1).map((piece) => at += piece.length);
}

/** The first `length` bytes of a delivery, with its waits there, and another end. */
export function upTo({ stimulus, cuts, waits }: Delivery, length: number, end: EndEvent): Delivery {
  const parts: Part[] = [];
  let start = 0;
  for (const part of stimulus.parts) {
    const { wire } = part;
    if (start >= length) break;
    if (start + wire.length <= length) parts.push(part);
    else {
      const kind = part.kind === "bytes" ? "bytes" : "tail";
      parts.push({ kind, wire: wire.subarray(0, length - start) });
    }
    start += wire.length;
  }
  return {
    stimulus: new Stimulus(RAW, parts),
    cuts: cuts.filter((at) => at < length),
    waits: waits.filter((at) => at <= length),
    end,
  };
}

/** The base delivery of requests with seams between them: each in one chunk, each answered before the next one. */
export function atSeams(delivery: Delivery, seams: readonly number[]): Delivery {
  return { ...delivery, cuts: seams, waits: seams };
}
