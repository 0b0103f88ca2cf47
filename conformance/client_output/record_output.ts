import type { History, Role } from "../history/history.ts";
import type { OutputPlay } from "./output.ts";

/** Bytes of output that are written down. */
const TOLD = 4096;

/** Writes down a play, and behind it what the client printed and how it ended. Returns the number of the play. */
export function recordOutput(
  history: History,
  play: OutputPlay,
  where: { readonly atMs: number; readonly case: string; readonly role: Role },
): number {
  const number = history.append({ event: "play", ...where, play });
  const { stdout, length, end } = play.output;
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
