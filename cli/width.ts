/**
 * How many columns of a terminal a text takes: Chinese, Japanese, Korean and most emoji take two, marks that are set upon
 * others none. Text from elsewhere is made harmless first ({@linkcode printable}).
 * @module
 */
import stringWidth from "string-width";

const SEGMENTER = new Intl.Segmenter();
/** Stands for what was left out. */
const ELLIPSIS = "…";

/**
 * Columns that `text` takes.
 *
 * @example
 * ```ts ignore
 * widthOf("粘包"); // 4
 * ```
 */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** `text` with blanks behind it up to `columns`. */
export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - widthOf(text)));
}

/** `text` if it fits into `columns`, otherwise as much of it as fits before an ellipsis; no character is cut in half. */
export function fitted(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = "";
  for (const { segment } of SEGMENTER.segment(text)) {
    if (widthOf(kept + segment + ELLIPSIS) > columns) break;
    kept += segment;
  }
  return columns < 1 ? "" : kept + ELLIPSIS;
}
