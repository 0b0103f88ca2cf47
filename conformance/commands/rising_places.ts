/**
 * Reads places in a stream, as reports print them: `2,5`.
 *
 * @throws {Error} if they are not rising whole numbers.
 */
export function risingPlaces(text: string): number[] {
  const places = text.split(",").map((part) => /^\d{1,9}$/.test(part.trim()) ? Number(part) : NaN);
  const rising = places.every((at, i) => at > (places[i - 1] ?? 0));
  if (!rising) throw new Error("it is not a rising list of places, such as 2,5");
  return places;
}
