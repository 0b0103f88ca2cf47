import { flag, optional, seconds, text, wholeNumber, withDefault } from "../../cli/options.ts";
import { hexBytes } from "../../protocol/framing/hex.ts";

/** Longest budget when none is given, in seconds. */
const MOST_SECONDS = "2000000";

/** The options of `deno task fuzz`. */
export const OPTIONS = {
  seed: withDefault("N", "of everything that is random", "1", wholeNumber(0, 2 ** 32 - 1)),
  count: withDefault("N", "inputs for each entry", "1000000", wholeNumber(1, 2 ** 40)),
  budget: withDefault("S", "longest time for each entry, in seconds", MOST_SECONDS, seconds),
  hang: withDefault("S", "an input that takes longer hangs", "10", seconds),
  memory: withDefault("MIB", "memory that a run may take, in MiB", "1024", wholeNumber(1, 2 ** 20)),
  replay: optional("HEX|FILE", "run this input only, in hex or in a file", text),
  list: flag("print the entries"),
  json: flag("print one JSON object for each entry"),
  help: flag("print this help", "h"),
};

/** The input that `--replay` names. */
export async function replayedInput(given: string): Promise<Uint8Array> {
  return hexBytes(given) ?? await Deno.readFile(given);
}
