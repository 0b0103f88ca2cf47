import { type FrameBatch, framing, FramingError } from "../protocol/framing/mod.ts";
import { InputError } from "./errors.ts";

/** Where bytes are read from, such as `Deno.stdin`. */
export interface ByteSource {
  /** Reads into `target`; null at the end. */
  read(target: Uint8Array): Promise<number | null>;
}

/**
 * The bytes of `source` as they come; each chunk is valid until the next one is asked for.
 *
 * @throws {InputError} if it cannot be read.
 */
export async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array, void> {
  const buffer = new Uint8Array(65_536);
  for (;;) {
    const count = await source.read(buffer).catch((error) => {
      throw new InputError(`Cannot read the input: ${error.message}.`);
    });
    if (count === null) return;
    yield buffer.subarray(0, count);
  }
}

/**
 * The lines of `source` as they come, without their line ends; a last line without one is `unterminated`. Each batch
 * is valid until the next one is asked for.
 *
 * @throws {InputError} if a line is too long.
 */
export async function* linesOf(source: ByteSource): AsyncGenerator<FrameBatch, void> {
  const decoder = framing("line?tail=frame").createDecoder();
  try {
    for await (const chunk of chunksOf(source)) {
      for (let batch = decoder.push(chunk); batch !== null; batch = decoder.next()) yield batch;
    }
    for (let batch = decoder.end(); batch !== null; batch = decoder.next()) yield batch;
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    throw new InputError(
      `Cannot send line ${error.frameIndex + 1} of the input: ${error.message}.`,
    );
  }
}
