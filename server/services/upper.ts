import type { Service } from "./service.ts";

/** Answers every message in upper case: the bytes a–z only, as Python's `bytes.upper`, so that any text survives. */
export const UPPER: Service = {
  name: "upper",
  summary: "answers what it gets in upper case (the bytes a-z only)",
  rewrite(bytes, from, to) {
    for (let i = from; i < to; i++) {
      const byte = bytes[i] as number;
      if (byte >= 0x61 && byte <= 0x7a) bytes[i] = byte - 0x20;
    }
  },
};
