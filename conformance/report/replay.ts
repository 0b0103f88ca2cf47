import type { CaseResult, Counterexample } from "../campaign/result.ts";

/** Longest stream that is printed as hex to be pasted, in bytes. */
const PASTABLE = 256;

/** The smallest failing delivery as options of `run`: `--stream 00000000 --cuts 3`. */
export function replayOptions({ stream, cuts, waits, end }: Counterexample): string {
  return [
    `--stream ${stream}`,
    cuts.length > 0 ? `--cuts ${cuts.join()}` : "",
    waits.length > 0 ? `--waits ${waits.join()}` : "",
    end === "none" ? "" : `--end ${end}`,
  ].filter((option) => option !== "").join(" ");
}

/** The command that shows a failure again: its smallest delivery, or the whole case where that is too long. */
export function replayCommand(command: string, result: CaseResult, seed: number): string {
  const { counterexample, id } = result;
  if (counterexample !== undefined && counterexample.stream.length <= 2 * PASTABLE) {
    return `${command} ${replayOptions(counterexample)}`;
  }
  return `${command} --cases ${id} --seed ${seed}`;
}

/** The command that runs everything again in the same way. */
export function againCommand(command: string, seed: number): string {
  return `${command} --seed ${seed}`;
}

/** Words as one command line that a POSIX shell splits into the same words. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) =>
    /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  ).join(" ");
}
