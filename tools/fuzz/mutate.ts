/**
 * Random changes of bytes: what goes wrong on wires, and what attackers write.
 * @module
 */
import { concat } from "@std/bytes/concat";
import type { RandomStream } from "../../conformance/stimulus/random_stream.ts";

/** Longest input that mutations make, in bytes. */
const LONGEST = 16_384;

/** Where lengths and counts change their form or their fate. */
const BOUNDARIES: readonly bigint[] = [0, 7, 8, 15, 16, 24, 31, 32, 53, 63, 64]
  .flatMap((bits) => [-1n, 0n, 1n].map((by) => 2n ** BigInt(bits) + by));
/** Lengths around those of buffers and limits, in bytes; long ones are drawn seldom, since they cost time. */
const SHORT = [1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129];
const LONG = [253, 254, 255, 256, 257, 1000, 1023, 1024, 1025, 4096];
/** One in so many is long. */
const SELDOM = 24;
/** Bytes that mean something in some framing or text. */
const BYTES = [0, 1, 2, 3, 0x0a, 0x0d, 0x1b, 0x20, 0x22, 0x2c, 0x2f, 0x3a, 0x5c, 0x7b, 0x7f, 0x80]
  .concat([0xc0, 0xdb, 0xdc, 0xdd, 0xf8, 0xfe, 0xff]);

const encoder = new TextEncoder();
const utf8 = (text: string) => encoder.encode(text);
const hex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (two) => parseInt(two, 16));

/** Overlong forms, cut sequences, surrogates, what lies beyond Unicode, and characters that trick the eye. */
const ODD_TEXT: readonly Uint8Array[] = [
  ...["c080", "e08080", "c3", "e282", "f09f98", "eda080", "edb080", "f4908080", "f8d800", "f8dc00"],
  ...["ff", "fe", "80", "efbbbf", "f09f9880"],
].map(hex).concat(
  [
    "\u0000",
    "\u001b[2J",
    "\u009b",
    "\u202e",
    "\u200b",
    "\u2066",
    "\u2028",
    "\u061c",
    "\ufeff",
    "ı",
    "ß",
  ]
    .concat(["İ", "粘包", "e\u0301", "Å", "\u{e0001}", "\r\n", "..", "../", "%2e", "con"]).map(
      utf8,
    ),
);

/** What JSON can hold that its readers do not expect. */
const ODD_JSON: readonly Uint8Array[] = [
  ...["null", "true", "{}", "[]", '""', "-0", "-1", "1e999", "1.5", "9007199254740993", "1e-7"],
  ...[
    '"\\ud800"',
    '"__proto__":1,',
    '"constructor":{},',
    '"toString":0,',
    '"size":4,',
    "0x10",
    "NaN",
  ],
  ...['"id":1,', '"id":2,', ",", ":", "{", "}", "[", "]", '"', "\\u0000", "[".repeat(40)],
].map(utf8);

/** Deeper than recursion goes. */
const DEEP_JSON: readonly Uint8Array[] = ["[".repeat(4000), '{"a":'.repeat(900)].concat(
  `${"[".repeat(4000)}${"]".repeat(4000)}`,
  `{"a":${'{"a":'.repeat(2500)}0${"}".repeat(2500)}}`,
).map(utf8);

type Mutation = (bytes: Uint8Array, random: RandomStream, other: () => Uint8Array) => Uint8Array;

/** Puts `inserted` in place of `bytes[from, to)`. */
function replaced(bytes: Uint8Array, from: number, to: number, inserted: Uint8Array): Uint8Array {
  return concat([bytes.subarray(0, from), inserted, bytes.subarray(to)]);
}

/** A place in the bytes, and one behind it. */
function range(bytes: Uint8Array, random: RandomStream): [from: number, to: number] {
  const from = random.below(bytes.length + 1);
  const most = random.below(4) === 0 ? bytes.length - from : Math.min(8, bytes.length - from);
  return [from, from + random.below(most + 1)];
}

function changedByte(
  bytes: Uint8Array,
  random: RandomStream,
  change: (byte: number) => number,
): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(change(0));
  const copy = bytes.slice();
  const at = random.below(copy.length);
  copy[at] = change(copy[at] ?? 0);
  return copy;
}

function integer(random: RandomStream): Uint8Array {
  const value = random.pick(BOUNDARIES);
  const bytes = new Uint8Array(random.pick([1, 2, 3, 4, 8]));
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number(BigInt.asUintN(64, value) >> BigInt(8 * i) & 255n);
  }
  return random.below(2) === 0 ? bytes : bytes.reverse();
}

/** Puts another number in the place of one written in digits. */
function otherDigits(bytes: Uint8Array, random: RandomStream): Uint8Array {
  const isDigit = (at: number) => (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39;
  const start = random.below(bytes.length + 1);
  let from = start;
  while (from < bytes.length && !isDigit(from)) from++;
  let to = from;
  while (isDigit(to)) to++;
  const near = Number(BigInt.asUintN(16, random.pick(BOUNDARIES)));
  const text = random.below(2) === 0 ? `${random.pick(BOUNDARIES)}` : `${near}`;
  return replaced(bytes, from, to, utf8(random.below(8) === 0 ? `0${text}` : text));
}

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => changedByte(bytes, random, (byte) => byte ^ 1 << random.below(8)),
  (bytes, random) => changedByte(bytes, random, () => random.pick(BYTES)),
  (bytes, random) => changedByte(bytes, random, () => random.below(256)),
  (bytes, random) => changedByte(bytes, random, (byte) => byte + 1),
  (bytes, random) => replaced(bytes, ...range(bytes, random), new Uint8Array(0)),
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => {
    const [from, to] = range(bytes, random);
    return replaced(bytes, to, to, bytes.subarray(from, to));
  },
  (bytes, random) => {
    const [from, to] = range(bytes, random);
    const at = random.below(bytes.length + 1);
    return replaced(bytes, at, at, bytes.subarray(from, to));
  },
  (bytes, random, other) => {
    const [from] = range(bytes, random);
    const tail = other();
    return concat([bytes.subarray(0, from), tail.subarray(random.below(tail.length + 1))]);
  },
  (bytes, random, other) => {
    const [from, to] = range(bytes, random);
    return replaced(bytes, from, to, other());
  },
  (bytes, random) => {
    const number = integer(random);
    const from = random.below(bytes.length + 1);
    return replaced(bytes, from, random.below(2) === 0 ? from : from + number.length, number);
  },
  (bytes, random) => {
    const [from] = range(bytes, random);
    return replaced(
      bytes,
      from,
      from,
      new Uint8Array(random.pick(random.below(SELDOM) === 0 ? LONG : SHORT)).fill(
        random.pick(BYTES),
      ),
    );
  },
  (bytes, random) => replaced(bytes, ...range(bytes, random), random.pick(ODD_TEXT)),
  (bytes, random) =>
    replaced(
      bytes,
      ...range(bytes, random),
      random.pick(random.below(2 * SELDOM) === 0 ? DEEP_JSON : ODD_JSON),
    ),
  otherDigits,
];

/** Bytes of which nothing is known. */
export function randomBytes(random: RandomStream, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = random.below(256);
  return bytes;
}

/** `bytes` with one change; `other` gives another input to splice with, `words` are put in now and then. */
export function mutate(
  bytes: Uint8Array,
  random: RandomStream,
  other: () => Uint8Array,
  words: readonly string[] = [],
): Uint8Array {
  const changed = words.length > 0 && random.below(5) === 0
    ? replaced(bytes, ...range(bytes, random), utf8(random.pick(words)))
    : random.pick(MUTATIONS)(bytes, random, other);
  return changed.subarray(0, LONGEST);
}
