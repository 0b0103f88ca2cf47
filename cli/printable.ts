import { UNPRINTABLE } from "../protocol/files/unprintable.ts";

/** Every one of them, not the first one only. */
const ALL_UNPRINTABLE = new RegExp(UNPRINTABLE, "gv");

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
  return text.replace(ALL_UNPRINTABLE, escaped);
}

/** As {@linkcode printable}, but line ends and tabs stay. */
export function printableLines(text: string): string {
  return text.replace(ALL_UNPRINTABLE, (found) => "\n\t".includes(found) ? found : escaped(found));
}

/** `value` as JSON on one line, harmless to a terminal, and still the same value when it is read. */
export function printableJson(value: unknown): string {
  return printable(JSON.stringify(value));
}

/** The escape that JSON has for it too: one for each UTF-16 unit. */
function escaped(found: string): string {
  return found.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
