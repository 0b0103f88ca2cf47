/**
 * `docs/RIVALS.md`: written by hand, but for the parts between marks, which are measured:
 *
 * ```
 *   <!-- measured: ours -->
 *   …
 *   <!-- end of ours -->
 * ```
 *
 * @module
 */

/** The page is not as it must be. */
export class PageError extends Error {
  /** The class of the error. */
  override readonly name = "PageError";
}

/**
 * The page with one measured part replaced.
 *
 * @throws {PageError} if the page has no such part.
 */
export function withPart(page: string, part: string, lines: readonly string[]): string {
  const [before, , after] = cut(page, part);
  return [before, "", ...lines, "", after].join("\n");
}

/**
 * The lines of a measured part.
 *
 * @throws {PageError} if the page has no such part.
 */
export function partOf(page: string, part: string): string {
  return cut(page, part)[1].trim();
}

function cut(page: string, part: string): [before: string, inside: string, after: string] {
  const from = `<!-- measured: ${part} -->`, to = `<!-- end of ${part} -->`;
  const start = page.indexOf(from), end = page.indexOf(to);
  if (start < 0 || end < start) throw new PageError(`The page has no part "${part}"`);
  const inside = start + from.length;
  return [page.slice(0, inside), page.slice(inside, end), page.slice(end)];
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
