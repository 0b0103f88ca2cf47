/**
 * What a terminal or a log line must never get raw: C0 and C1 controls, DEL, and what is not seen by itself, because it reorders
 * text (Bidi_Control, UAX #9), has no width, or is ignored (Default_Ignorable_Code_Point, UAX #44). Variation selectors stay:
 * they are part of many emoji.
 */
const UNPRINTABLE =
  /[[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]--[\ufe00-\ufe0f]]/gv;

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

/** The escape that JSON has for it too: one for each UTF-16 unit. */
function escaped(found: string): string {
  return found.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
