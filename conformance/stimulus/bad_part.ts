import type { Part, Reading } from "./stimulus.ts";

/** Bytes that must be refused; text stands for its UTF-8. */
export function badPart(
  wire: Uint8Array | string,
  what: string,
  more: Partial<Omit<Part & { kind: "bad" }, "kind" | "wire" | "what">> = {},
): Part & { kind: "bad" } {
  return { kind: "bad", wire: toBytes(wire), what, ...more };
}

/** A reading of one payload; text stands for its UTF-8. */
export function reading(level: Reading["level"], ...payloads: (Uint8Array | string)[]): Reading {
  return { level, payloads: payloads.map(toBytes) };
}

/** The bytes of a text in UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function toBytes(value: Uint8Array | string): Uint8Array {
  return typeof value === "string" ? utf8(value) : value;
}
