import type { ConformanceCase } from "./case.ts";
import { globPattern } from "./glob.ts";
import { CONTROLS } from "./section_0_controls.ts";
import { SPLITS } from "./section_1_splits.ts";
import { SENDER } from "./section_11_sender.ts";
import { DATAGRAMS } from "./section_12_datagrams.ts";
import { PROXIED } from "./section_13_proxy.ts";
import { COALESCING } from "./section_2_coalescing.ts";
import { CORRUPTION } from "./section_10_corruption.ts";
import { SIZES } from "./section_3_sizes.ts";
import { LENGTH_PREFIXES } from "./section_4_length_prefix.ts";
import { HEADERS_AND_BODIES } from "./section_5_header_body.ts";
import { DELIMITERS } from "./section_6_delimiter.ts";
import { NETSTRINGS } from "./section_7_netstring.ts";
import { ENDS } from "./section_8_end.ts";
import { PRESSURE } from "./section_9_pressure.ts";

/** Every case, by section. A new section is one new file and one line here. */
export const CASE_BOOK: readonly ConformanceCase[] = [
  ...CONTROLS,
  ...SPLITS,
  ...COALESCING,
  ...SIZES,
  ...LENGTH_PREFIXES,
  ...HEADERS_AND_BODIES,
  ...DELIMITERS,
  ...NETSTRINGS,
  ...ENDS,
  ...PRESSURE,
  ...CORRUPTION,
  ...SENDER,
  ...DATAGRAMS,
  ...PROXIED,
];

/** The case with this id, or undefined. */
export function findCase(id: string): ConformanceCase | undefined {
  return CASE_BOOK.find((one) => one.id === id);
}

/**
 * Cases that open every run, whatever was asked for: they show what the target can do at all, so that it is not blamed
 * for it again in every other case.
 */
export const OPENING: readonly string[] = ["0.2", "0.1", "3.1", "0.3", "0.5", "0.6"];
/** Cases that close every run. */
export const CLOSING: readonly string[] = ["0.7", "0.8"];

/**
 * The cases that match a glob (`1.*`, `3.4`, `8.?`; a section alone, `1`, is all of it), in the order of the book.
 */
export function selectCases(
  include: readonly string[],
  exclude: readonly string[],
): ConformanceCase[] {
  const wanted = include.map(globPattern), unwanted = exclude.map(globPattern);
  return CASE_BOOK.filter(({ id }) =>
    (wanted.length === 0 || wanted.some((glob) => glob.test(id))) &&
    !unwanted.some((glob) => glob.test(id))
  );
}
