/**
 * Streams that end somewhere in the middle.
 * @module
 */
import type { Contract } from "../stimulus/contract.ts";
import { readStimulus } from "../stimulus/read_stimulus.ts";
import type { Stimulus } from "../stimulus/stimulus.ts";
import { deliver, type Delivery, type EndEvent } from "../strategy/delivery.ts";

/** Longest stream of which every offset is tried, in bytes. */
const LONGEST = 512;

/** The stream up to `length` bytes, whole frames answered before the end comes. */
export function cutOff(
  contract: Contract,
  whole: Stimulus,
  length: number,
  end: EndEvent,
): Delivery {
  const stimulus = readStimulus(contract, whole.bytes.subarray(0, length));
  const last = stimulus.frames.at(-1)?.end ?? 0;
  const inside = last > 0 && last < length ? [last] : [];
  return deliver(stimulus, inside, { waits: [...inside, length], end });
}

/** The stream up to `length` bytes, and the end at once, whatever the target is doing then. */
export function brokenOff(
  contract: Contract,
  whole: Stimulus,
  length: number,
  end: EndEvent,
): Delivery {
  return deliver(readStimulus(contract, whole.bytes.subarray(0, length)), [], { end });
}

/** Every offset of a stream, or as many as there is time for in a long one. */
export function offsets(whole: Stimulus): number[] {
  const { length } = whole.bytes;
  const step = Math.ceil(length / LONGEST);
  return Array.from({ length: Math.floor(length / step) }, (_, i) => 1 + i * step);
}
