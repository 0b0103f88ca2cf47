/** How often `part` is in `whole`, without overlaps; of no bytes never. */
export function timesIn(part: Uint8Array, whole: Uint8Array): number {
  if (part.length === 0) return 0;
  const text = latin1(whole);
  return text.split(latin1(part)).length - 1;
}

/** Bytes as a string of one letter each, which is quickly searched. */
function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
