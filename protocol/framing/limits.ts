/** Most payload bytes of one frame when nothing else is said: 16 MiB. */
export const DEFAULT_MAX_FRAME_LENGTH: number = 16 * 1024 * 1024;

/**
 * The largest `maxFrameLength` that can be asked for: 2 GiB − 64 KiB, so that offsets fit 32 bits.
 * Longer messages are streamed (see `EnvelopeDecoder`).
 */
export const MAX_FRAME_LENGTH_CEILING: number = 2 ** 31 - 65_536;

/** Most bytes of a text or JSON header in front of a body: 64 KiB. */
export const MAX_HEADER_LENGTH: number = 65_536;

/**
 * Checks a `maxFrameLength` option and fills in the default.
 *
 * @throws {RangeError} if it is not an integer from 0 to {@linkcode MAX_FRAME_LENGTH_CEILING}.
 */
export function checkedMaxFrameLength(maxFrameLength: number = DEFAULT_MAX_FRAME_LENGTH): number {
  if (
    !Number.isInteger(maxFrameLength) || maxFrameLength < 0 ||
    maxFrameLength > MAX_FRAME_LENGTH_CEILING
  ) {
    throw new RangeError(
      `Cannot use maxFrameLength ${maxFrameLength}: it must be an integer from 0 to ${MAX_FRAME_LENGTH_CEILING} (bytes)`,
    );
  }
  return maxFrameLength;
}
