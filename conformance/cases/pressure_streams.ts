/**
 * Streams that are large enough to fill what lies between two programs.
 * @module
 */
import { canCarry, payloadRange } from "../stimulus/contract.ts";
import { framePart, Stimulus } from "../stimulus/stimulus.ts";
import type { Scene } from "./case.ts";

/** Payload bytes of a large frame, where the framing and the target's limit allow it. */
const LARGE = 65_536;
/** Most frames of one stream: framings with short frames get shorter streams. */
const MOST_FRAMES = 8192;
/** Frames that differ from each other, over and over. */
const KINDS = 8;

/**
 * About `bytes` bytes of large frames, a small one behind each. There are a few different ones, over and over, so that
 * each answer differs from its neighbours.
 */
export function largeFrames(scene: Scene, bytes: number): Stimulus {
  const source = scene.payloads("large");
  const { most } = payloadRange(scene.contract, LARGE);
  const kinds = Array.from({ length: KINDS }, (_, i) => {
    const large = source.frame(Math.max(1, most - i));
    return [large, source.frame(3 + i)] as const;
  });
  const pair = kinds.reduce((sum, [a, b]) => sum + a.wire.length + b.wire.length, 0) / KINDS;
  const count = Math.min(Math.ceil(bytes / pair), MOST_FRAMES / 2);
  const parts = Array.from({ length: count }, (_, i) => kinds[i % KINDS] ?? []).flat();
  return new Stimulus(scene.contract, parts);
}

/** One frame of `size` payload bytes that repeat themselves; undefined where there is no such frame. */
export function longFrame(scene: Scene, size: number): Stimulus | undefined {
  const { contract } = scene;
  const block = scene.payloads("long").payload(Math.min(size, 4096));
  const payload = new Uint8Array(size);
  for (let at = 0; at < size; at += block.length) {
    payload.set(block.subarray(0, size - at), at);
  }
  if (!canCarry(contract, payload)) return undefined;
  return new Stimulus(contract, [framePart(contract, payload)]);
}
