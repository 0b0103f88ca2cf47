import { printable } from "../../cli/printable.ts";
import type { CaseResult, RunResult } from "../campaign/result.ts";
import { nameOf } from "./outcome.ts";
import { type Paint, plain, styleOf } from "./paint.ts";

/** Short words for verdicts, of one width. */
const SHORT = {
  PASS: "pass",
  FAIL: "FAIL",
  NONSTRICT: "nons",
  INCONCLUSIVE: "unsure",
  INFO: "-",
  UNSUPPORTED: "-",
} as const;

/** Width of a column, in characters. */
const COLUMN = 12;

/**
 * Several runs beside each other: a row for each case, a column for each run.
 *
 * ```
 *   A  tcp://127.0.0.1:7000 u32be echo seed 1
 *   B  tcp://127.0.0.1:7001 u32be echo seed 1
 *                                            A           B
 *   1.1    every single cut                  pass        CORRUPT
 * ```
 */
export function sideBySide(results: readonly RunResult[], paint: Paint = plain): string {
  const letters = results.map((_, i) => letter(i));
  const byId = results.map(({ cases }) => new Map(cases.map((one) => [one.id, one])));
  const rows = new Map<string, string>();
  for (const { cases } of results) for (const { id, title } of cases) rows.set(id, title);
  const ids = [...rows.keys()].sort(inOrder);
  return [
    ...results.map((result, i) => `${letters[i]}  ${printable(nameOf(result))}`),
    "",
    `${" ".repeat(48)}${letters.map((name) => name.padEnd(COLUMN)).join("")}`.trimEnd(),
    ...ids.map((id) => {
      const cells = byId.map((cases) => cell(cases.get(id), paint)).join("");
      return `${id.padEnd(6)} ${(rows.get(id) ?? "").slice(0, 40).padEnd(40)} ${cells}`.trimEnd();
    }),
    "",
    ...results.map(({ verdict, interrupted }, i) =>
      `${letters[i]}  ${paint(styleOf(verdict), verdict)}${
        interrupted === undefined ? "" : `, interrupted: ${printable(interrupted)}`
      }`
    ),
  ].join("\n");
}

/** A, B, …, Z, AA, AB, …: the name of a column. */
function letter(i: number): string {
  const last = String.fromCharCode(65 + i % 26);
  return i < 26 ? last : letter(Math.floor(i / 26) - 1) + last;
}

function cell(one: CaseResult | undefined, paint: Paint): string {
  if (one === undefined) return " ".repeat(COLUMN);
  const text = one.known !== undefined ? "known" : one.cause ?? SHORT[one.verdict];
  return paint(styleOf(one.verdict), text) + " ".repeat(COLUMN - text.length);
}

/** By section, then by number: 1.2 before 1.10. */
function inOrder(a: string, b: string): number {
  const [x, y] = [a.split(".").map(Number), b.split(".").map(Number)];
  return (x[0] ?? 0) - (y[0] ?? 0) || (x[1] ?? 0) - (y[1] ?? 0) || a.localeCompare(b);
}
