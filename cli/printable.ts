/**
 * What a terminal or a log line must never get raw: C0 and C1 controls, DEL, and the characters that reorder text
 * (Unicode Bidi_Control, UAX #9) or are invisible.
 */
const UNPRINTABLE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * `text` on one line and harmless to a terminal: every control or reordering character is shown as an escape, the
 * rest is left as it is.
 *
 * @example
 * ```ts ignore
 * printable("a\u001b[2Jb"); // "a\\u001b[2Jb"
 * ```
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** As {@linkcode printable}, but line ends and tabs stay. */
export function printableLines(text: string): string {
  return text.replace(UNPRINTABLE, (found) => "\n\t".includes(found) ? found : escaped(found));
}

/** `value` as JSON on one line, harmless to a terminal, and still the same value when it is read. */
export function printableJson(value: unknown): string {
  return printable(JSON.stringify(value));
}

/** The escape that JSON has for it too. */
function escaped(found: string): string {
  return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
