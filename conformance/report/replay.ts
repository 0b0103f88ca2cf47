import type { Shard } from "../shard/shard.ts";
import type { CaseResult, Counterexample, RunResult } from "../campaign/result.ts";

/** Longest stream that is printed as hex to be pasted, in bytes. */
export const PASTABLE = 256;

/** The stream of a command line, in whose place a replay has its own. */
const STREAM = / --stream (?:'(?:[^']|'\\'')*'|\S+)+/;

/** The smallest failing delivery as options of `run`: `--stream 00000000 --cuts 3`. */
export function replayOptions({ stream, cuts, waits, end, sockets }: Counterexample): string {
  return [
    `--stream ${stream}`,
    cuts.length > 0 ? `--cuts ${cuts.join()}` : "",
    waits.length > 0 ? `--waits ${waits.join()}` : "",
    end === "none" ? "" : `--end ${end}`,
    sockets === undefined ? "" : `--sockets ${sockets.join()}`,
  ].filter((option) => option !== "").join(" ");
}

/** The command that shows a failure again: its smallest delivery, or the whole case where that is too long. */
export function replayCommand(command: string, result: CaseResult, seed: number): string {
  const { counterexample, id } = result;
  const length = counterexample?.stream.length ?? 0;
  // Empty datagrams alone are no bytes that an option could have.
  if (counterexample !== undefined && length > 0 && length <= 2 * PASTABLE) {
    return `${command.replace(STREAM, "")} ${replayOptions(counterexample)}`;
  }
  return `${command} --cases ${id} --seed ${seed}`;
}

/** The command that shows a case of a run again; undefined when its command line is not known. */
export function replayOf({ command, seed }: RunResult, one: CaseResult): string | undefined {
  return command === undefined ? undefined : replayCommand(command, one, seed);
}

/** The command that runs everything again in the same way. */
export function againCommand(command: string, seed: number, shard?: Shard): string {
  return `${command} --seed ${seed}${
    shard === undefined ? "" : ` --shard ${shard.index}/${shard.of}`
  }`;
}
