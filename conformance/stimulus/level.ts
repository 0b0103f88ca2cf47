/** How binding something is (RFC 2119). Breaking a MUST is a FAIL, breaking a SHOULD is NONSTRICT, a MAY is told as INFO. */
export type Level = "MUST" | "SHOULD" | "MAY";

const ORDER: readonly Level[] = ["MAY", "SHOULD", "MUST"];

/** The less binding one of two levels. */
export function lower(a: Level, b: Level): Level {
  return ORDER.indexOf(a) < ORDER.indexOf(b) ? a : b;
}
