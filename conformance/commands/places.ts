/**
 * Reads places in a stream, as reports print them: `2,5`. Two are the same where an empty datagram stands between them.
 *
 * @throws {Error} if they are no whole numbers, or fall.
 */
export function places(text: string): number[] {
  const list = numbers(text);
  const falls = list.some((at, i) => at < (list[i - 1] ?? 0));
  if (falls) throw new Error("it is not a rising list of places, such as 2,5");
  return list;
}

/**
 * Reads a list of numbers: `0,1,0`.
 *
 * @throws {Error} if they are no whole numbers.
 */
export function numbers(text: string): number[] {
  const list = text.split(",").map((part) => /^\d{1,9}$/.test(part.trim()) ? Number(part) : NaN);
  if (list.some(Number.isNaN)) throw new Error("it is not a list of numbers, such as 2,5");
  return list;
}
