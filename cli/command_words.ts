/**
 * Splits a command line into words as a shell does, without a shell: blanks separate, `'…'` keeps everything,
 * `"…"` keeps all but `\"` and `\\`, a backslash keeps the next character. Nothing is expanded.
 *
 * @example
 * ```ts
 * import { commandWords } from "./command_words.ts";
 *
 * console.log(commandWords(`python3 'my server.py' {port}`)); // ["python3", "my server.py", "{port}"]
 * ```
 *
 * @throws {SyntaxError} if a quotation mark is not closed, or there is no word.
 */
export function commandWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    const next = line.charAt(i + 1);
    if (quote !== "") {
      if (char === quote) quote = "";
      else if (quote === '"' && char === "\\" && (next === '"' || next === "\\")) {
        word += next;
        i++;
      } else word += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (char === "\\" && next !== "") {
      word = (word ?? "") + next;
      i++;
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + char;
  }
  if (quote !== "") throw new SyntaxError(`${quote} is not closed`);
  if (word !== undefined) words.push(word);
  if (words.length === 0) throw new SyntaxError("it is empty");
  return words;
}

/** Words as one command line that a POSIX shell, or {@linkcode commandWords}, splits into the same words. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) =>
    /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  ).join(" ");
}
