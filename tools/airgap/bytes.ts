/**
 * Stand-in for `@std/bytes` where JSR cannot be reached, over `node:buffer`: the same names, types and
 * results for what the project uses.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** All the bytes, one part after another, in a new array of its own. */
export function concat(buffers: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(buffers.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of buffers) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether both hold the same bytes. */
export function equals(a: Uint8Array, b: Uint8Array): boolean {
  return view(a).equals(b);
}

/** Where `needle` first stands in `source` at or after `start`, or -1. */
export function indexOfNeedle(source: Uint8Array, needle: Uint8Array, start = 0): number {
  const from = start < 0 ? Math.max(0, source.length + start) : start;
  // Buffer finds an empty needle everywhere, the real function nowhere.
  return needle.length === 0 ? -1 : view(source).indexOf(needle, from);
}

/** The same memory with Buffer's methods on it; nothing is copied. */
function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
