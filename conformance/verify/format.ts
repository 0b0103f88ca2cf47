import { LAWS } from "./law.ts";
import type { CheckResult, LawResult, Verification } from "./verify_decoder.ts";

/**
 * A verification as text: one line for each law and each check, with numbers, then what failed and how to see it
 * again.
 *
 * @example
 * ```ts
 * import { formatVerification, verifyDecoder } from "@nonstick/nonstick/conformance";
 *
 * console.log(formatVerification(verifyDecoder("netstring", { checks: ["control", "closure"] })));
 * ```
 */
export function formatVerification(verification: Verification): string {
  const { subject, seed, ok, laws, checks, failures } = verification;
  const head = ok ? `${subject}: no law broken` : `${subject}: ${failures.length} checks failed`;
  const lines = [`${head} (seed ${seed})`, "", ...laws.map(lawLine), "", ...checks.map(checkLine)];
  for (const { check, law, text, replay } of failures) {
    lines.push("", `${law} broken, found by ${check}: ${text}`, `  ${replay}`);
  }
  return lines.join("\n");
}

function lawLine({ law, verdict, passed, total, notChecked }: LawResult): string {
  const numbers = total === 0 ? "" : `${count(passed)} of ${count(total)} runs`;
  const gaps = notChecked.length === 0 ? "" : ` [not checked: ${notChecked.join("; ")}]`;
  return `  ${law} ${verdict.padEnd(11)} ${numbers.padStart(28)}  ${LAWS[law]}${gaps}`;
}

function checkLine({ name, passed, total, unit, note, notChecked }: CheckResult): string {
  const text = notChecked !== undefined
    ? `not checked: ${notChecked}`
    : `${count(passed)} of ${count(total)} ${unit}${note === undefined ? "" : ` (${note})`}`;
  return `  ${name.padEnd(15)} ${text}`;
}

/** A number with its thousands set off. */
export function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}
