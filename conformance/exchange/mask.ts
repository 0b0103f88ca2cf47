import { bytePattern, byteText } from "./byte_pattern.ts";

/** What stands for everything that a mask hides. */
const HIDDEN = "#";

/**
 * Hides what may differ between two answers that are the same: dates, counters, session ids.
 *
 * @example
 * ```ts
 * import { Mask } from "./mask.ts";
 *
 * const mask = new Mask(["Date: [^\r]*"]);
 * const bytes = mask.hide(new TextEncoder().encode("Date: Sat, 21 Nov\r\n"));
 * console.log(new TextDecoder().decode(bytes)); // "#\r\n"
 * ```
 */
export class Mask {
  readonly #patterns: readonly RegExp[];

  /**
   * A mask of regular expressions; see {@linkcode bytePattern}.
   *
   * @throws {SyntaxError} if one is none.
   */
  constructor(sources: readonly string[]) {
    this.#patterns = sources.map((source) => bytePattern(source, "g"));
  }

  /** Whether it hides anything at all. */
  get active(): boolean {
    return this.#patterns.length > 0;
  }

  /** The bytes with one `#` for each match. */
  hide(bytes: Uint8Array): Uint8Array {
    if (!this.active) return bytes;
    const text = this.#patterns.reduce(
      (text, pattern) => text.replaceAll(pattern, (match) => match === "" ? "" : HIDDEN),
      byteText(bytes),
    );
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  }
}
