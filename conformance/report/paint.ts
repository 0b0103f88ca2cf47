import type { Verdict } from "../judge/verdict.ts";

/** Colours text for a terminal, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** What colours say. */
export type Style = "good" | "bad" | "unsure" | "quiet" | "strong";

const CODES: Readonly<Record<Style, number>> = {
  good: 32,
  bad: 31,
  unsure: 33,
  quiet: 2,
  strong: 1,
};

/** Colours with ANSI codes (ECMA-48 SGR). */
export const painted: Paint = (style: Style, text: string): string =>
  `\x1b[${CODES[style]}m${text}\x1b[0m`;

/** No colours. */
export const plain: Paint = (_style: Style, text: string): string => text;

/** The style of a verdict. */
export function styleOf(verdict: Verdict): Style {
  switch (verdict) {
    case "PASS":
      return "good";
    case "FAIL":
      return "bad";
    case "NONSTRICT":
    case "INCONCLUSIVE":
      return "unsure";
    case "INFO":
    case "UNSUPPORTED":
      return "quiet";
  }
}
