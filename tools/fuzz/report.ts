import { hexText } from "../../protocol/framing/hex.ts";
import type { Finding } from "./fuzzer.ts";
import { type FuzzResult, mebibytes } from "./watch.ts";

/** What a run came to, on one line. */
export function resultText(entry: string, result: FuzzResult): string {
  const { inputs, ms, finding, peakRss, growth } = result;
  const rate = Math.round(inputs / Math.max(1, ms) * 1000).toLocaleString("en");
  return `${finding === null ? "ok" : "FAILED"} | ${entry} | ${
    inputs.toLocaleString("en")
  } inputs | ${rate}/s | ` +
    `peak RSS ${mebibytes(peakRss)}, last quarter ${growth > 0 ? "+" : ""}${mebibytes(growth)}`;
}

/** A finding with the line that replays it. */
export function findingText(entry: string, seed: number, finding: Finding): string {
  const { name, text, number, input } = finding;
  return `${entry}, seed ${seed}, input ${number}: ${name}\n${text}\n` +
    (number < 0
      ? "It showed at the end of the run; no input alone does it."
      : `deno task fuzz ${entry} --replay ${hexText(input) || "''"}`);
}
