/** A decoder gave more frames than the bytes it has seen can hold. */
export class EndlessFramesError extends Error {
  /** Says how many came. */
  constructor(most: number) {
    super(`More than ${most} frames came from one call`);
    this.name = "EndlessFramesError";
  }
}

/** How many frames more than bytes are let through: those that were whole before, and the tail at the end. */
const SLACK = 64;

/**
 * The frames of one call, but an error behind the most that `bytes` bytes can hold, so that a decoder that gives frames
 * without end cannot hang the verifier.
 */
export function* bounded(
  frames: Iterable<Uint8Array> | void,
  bytes: number,
): Generator<Uint8Array> {
  const most = bytes + SLACK;
  let count = 0;
  for (const frame of frames ?? []) {
    if (++count > most) throw new EndlessFramesError(most);
    yield frame;
  }
}
