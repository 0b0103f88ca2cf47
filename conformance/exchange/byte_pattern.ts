/** Characters that one call of `fromCharCode` takes. */
const STEP = 8192;

/** Bytes as text, one character for each: byte 0xe6 is U+00E6. */
export function byteText(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += STEP) {
    text += String.fromCharCode(...bytes.subarray(at, at + STEP));
  }
  return text;
}

/**
 * A regular expression (as of JavaScript, without flags) over {@linkcode byteText}: a letter that is not ASCII stands
 * for its bytes in UTF-8.
 *
 * @example
 * ```ts
 * import { bytePattern, byteText } from "./byte_pattern.ts";
 *
 * const bytes = new TextEncoder().encode("欢迎 42");
 * console.log(bytePattern("欢迎 [0-9]+").test(byteText(bytes))); // true
 * ```
 *
 * @throws {SyntaxError} if it is none.
 */
export function bytePattern(source: string, flags = ""): RegExp {
  const bytes = source.replace(
    /[^\0-\x7f]+/gu,
    (letters) => `(?:${byteText(new TextEncoder().encode(letters))})`,
  );
  return new RegExp(bytes, flags);
}
