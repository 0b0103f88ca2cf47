import type { History, Role } from "../history/history.ts";
import type { RecordedOutput } from "../history/recorded.ts";
import type { OutputPlay } from "./output.ts";

/** Bytes of output that people are shown. */
const TOLD = 4096;

/**
 * Writes down a play with what the client printed and how it ended, and behind it the same for people. Returns the number
 * of the play. `known` is what else is known of a client.
 */
export function recordOutput(
  history: History,
  play: OutputPlay,
  where: { readonly atMs: number; readonly case: string; readonly role: Role },
  known: Pick<RecordedOutput, "over" | "arrived"> = {},
): number {
  const { output } = play;
  const number = history.append({ event: "play", ...where, play, output: { ...output, ...known } });
  const { stdout, length, end } = output;
  const ended = end === undefined
    ? {}
    : end.signal === null
    ? { exit: end.code ?? -1 }
    : { signal: end.signal };
  history.append({
    event: "note",
    atMs: where.atMs,
    case: where.case,
    what: "output",
    values: {
      play: number,
      length,
      stdout: new TextDecoder().decode(stdout.subarray(0, TOLD)),
      ...ended,
    },
  });
  return number;
}
