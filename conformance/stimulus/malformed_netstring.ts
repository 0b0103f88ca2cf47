/**
 * Netstrings that must be refused, or that a tolerant reader may take: as data. The format is that of D. J. Bernstein,
 * "Netstrings" (1997): `[len]":"[string]","`, no leading zeros, no blanks.
 * @module
 */
import { badPart, reading } from "./bad_part.ts";
import type { Part } from "./stimulus.ts";

type Bad = Part & { kind: "bad" };

const MEANT = { readings: [reading("SHOULD", "hello")] };

/** Lengths that are not written as a netstring writes them. */
export const MALFORMED_DIGITS: readonly Bad[] = [
  badPart("05:hello,", "a length with a leading zero", MEANT),
  badPart("00:,", "a length of 00", { readings: [reading("SHOULD", "")] }),
  badPart(":,", "an empty length", { readings: [reading("SHOULD", "")] }),
  badPart("+5:hello,", "a length with a plus sign", MEANT),
  badPart("-1:,", "a length of -1"),
  badPart("-5:hello,", "a length of -5"),
  badPart(" 5:hello,", "a length with a blank before it", MEANT),
  badPart("5 :hello,", "a length with a blank behind it", MEANT),
  badPart("5.0:hello,", "a length with a fraction", MEANT),
  badPart("0x5:hello,", "a length in hex", MEANT),
  badPart("1_0:helloworld,", "a length with an underscore", {
    readings: [reading("SHOULD", "helloworld")],
  }),
  badPart("five:hello,", "a length of letters"),
  badPart("\x00\x05:hello,", "a length in binary"),
];

/** Netstrings without the comma behind them. */
export const MALFORMED_COMMAS: readonly Bad[] = [
  badPart("5:hello;", "a semicolon in place of the comma", { payload: hello() }),
  badPart("5:hello\n", "a line feed in place of the comma", { payload: hello() }),
  badPart("5:hello5:hello,", "no comma between two netstrings", { payload: hello() }),
];

/** Netstrings whose data is not as long as they say. */
export const WRONG_LENGTHS: readonly Bad[] = [
  badPart("3:hello,", "a length that is less than the data"),
  badPart("0:hello,", "a length of 0 with data behind it"),
  badPart("7:hello,", "a length that is more than the data"),
];

/** Refused netstrings that hold good ones, in their data or behind it: bait for a reader that goes on anywhere. */
export const BAITED: readonly Bad[] = [
  badPart("15:3:abc,3:abc,3:;", "a wrong comma behind data full of netstrings"),
  badPart("x3:abc,", "a letter in front of a netstring"),
  badPart("5:hello;3:abc,", "a wrong comma in front of a netstring"),
];

/** Digits without a colon: no length has so many. */
export const UNENDING_DIGITS: Bad = badPart(
  "1".repeat(64),
  "a length of 64 digits without a colon",
);

function hello(): Uint8Array {
  return new TextEncoder().encode("hello");
}
