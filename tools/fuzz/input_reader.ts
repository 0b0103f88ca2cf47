const TEXT = new TextDecoder();

/** Takes an input apart: choices first, then bytes. What is missing reads as zero, so that every input is one. */
export class InputReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes not taken yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** The next byte. */
  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  /** One of `choices`, by the next byte. */
  pick<Choice>(choices: readonly Choice[]): Choice {
    const choice = choices[this.byte() % choices.length];
    if (choice === undefined) throw new RangeError("Cannot pick: there are no choices");
    return choice;
  }

  /** Up to `count` bytes, as a view. */
  bytes(count: number): Uint8Array {
    const bytes = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return bytes;
  }

  /** All that is left, as a view. */
  rest(): Uint8Array {
    return this.bytes(Math.max(0, this.left));
  }

  /**
   * All that is left as text. UTF-8, with one addition: the byte f8 and two more are one UTF-16 unit, so that lone
   * surrogates can be had, too.
   */
  text(): string {
    return textOf(this.rest());
  }
}

/** Bytes as text; see {@linkcode InputReader.text}. */
export function textOf(bytes: Uint8Array): string {
  if (!bytes.includes(UNIT)) return TEXT.decode(bytes);
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const unit = bytes.indexOf(UNIT, at);
    const end = unit < 0 ? bytes.length : unit;
    text += TEXT.decode(bytes.subarray(at, end));
    at = end;
    if (unit < 0) break;
    text += String.fromCharCode((bytes[at + 1] ?? 0) << 8 | (bytes[at + 2] ?? 0));
    at += 3;
  }
  return text;
}

/** A byte that UTF-8 never has. */
const UNIT = 0xf8;

/** Where to cut `length` bytes, as rising offsets: what `plan`, a small number, says. */
export function cutsOf(plan: number, length: number): number[] {
  if (plan === 0 || length < 2) return [];
  if (plan === 1) return Array.from({ length: length - 1 }, (_, i) => i + 1);
  const cuts: number[] = [];
  for (let at = 0, state = plan; (at += 1 + (state & 15)) < length;) {
    cuts.push(at);
    state = (Math.imul(state, 0x45d9f3b) ^ (state >>> 7)) >>> 0;
  }
  return cuts;
}

/** `bytes` in pieces that end at the rising offsets `cuts`, as copies. */
export function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  return [0, ...cuts].map((from, i) => bytes.slice(from, cuts[i] ?? bytes.length));
}
