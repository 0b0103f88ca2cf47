/** Helpers that the tests of this folder share. */
import type { FrameBatch } from "./frame_batch.ts";
import type { FrameDecoder } from "./frame_decoder.ts";
import { hexBytes, hexText } from "./hex.ts";

/** Bytes of a text in UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes of hex digits; spaces are passed over. */
export function hex(text: string): Uint8Array {
  const bytes = hexBytes(text.replaceAll(" ", ""));
  if (bytes === undefined) throw new Error(`Not hex: ${text}`);
  return bytes;
}

/** The payloads of `batch` and all that follow it, as hex. */
export function drain(decoder: FrameDecoder, first: FrameBatch | null): string[] {
  const frames: string[] = [];
  for (let batch = first; batch !== null; batch = decoder.next()) {
    for (let i = 0; i < batch.count; i++) frames.push(hexText(batch.view(i)));
  }
  return frames;
}

/** All that a decoder says of `chunks` and the end of the stream: payloads as hex, then an error's code and offset. */
export function decodeAll(decoder: FrameDecoder, chunks: Iterable<Uint8Array>): string[] {
  const said: string[] = [];
  const take = (first: () => FrameBatch | null): boolean => {
    try {
      for (let batch = first(); batch !== null; batch = decoder.next()) {
        for (let i = 0; i < batch.count; i++) said.push(hexText(batch.view(i)));
      }
      return true;
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || !("offset" in error)) throw error;
      said.push(`${error.code}@${error.offset}`);
      return false;
    }
  };
  for (const chunk of chunks) if (!take(() => decoder.push(chunk))) return said;
  take(() => decoder.end());
  return said;
}

/** `bytes` in pieces that end at the rising offsets `cuts`. */
export function cut(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  return [0, ...cuts].map((from, i) => bytes.slice(from, cuts[i] ?? bytes.length));
}

/** A seeded source of random integers from 0 to n − 1 (mulberry32). */
export function random(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 2 ** 32 * n);
  };
}
