import type { Service } from "./service.ts";

/** Puts `bytes[from, to)` into upper case: the bytes a–z only, as Python's `bytes.upper`, so that any text survives. */
export function upperCase(bytes: Uint8Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x61 && byte <= 0x7a) bytes[i] = byte - 0x20;
  }
}

/** Answers every message in upper case. */
export const UPPER: Service = {
  name: "upper",
  summary: "answers what it gets in upper case (the bytes a-z only)",
  rewrite: upperCase,
};
