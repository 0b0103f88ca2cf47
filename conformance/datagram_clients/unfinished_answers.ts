import { broken, type Outcome } from "../campaign/outcome.ts";
import { describeGrowth, isLeak, ROUNDS } from "../datagrams/flood.ts";
import type { Level } from "../stimulus/level.ts";
import { describeEnd, isCrash } from "../player/spawned_process.ts";
import type { FloodedClient } from "./datagram_client_stage.ts";

/** What comes of a client, right otherwise, that is sent more beginnings of messages than anybody can keep. Pure. */
export function floodOutcome(
  outcome: Outcome,
  level: Level,
  flooded: FloodedClient | null,
): Outcome {
  if (flooded === null) {
    return { ...outcome, verdict: "INFO", detail: "its memory is not to be seen" };
  }
  const { rounds, end } = flooded;
  const grown = `${describeGrowth(rounds)} messages that are never finished`;
  if (end !== undefined && isCrash(end)) {
    return broken(level, { cause: "CRASH", detail: `it ended by ${describeEnd(end)}; ${grown}` });
  }
  if (isLeak(rounds)) return broken(level, { cause: "LEAK", detail: grown });
  const isWhole = rounds.length === ROUNDS && end === undefined &&
    rounds.every(({ growth, fate }) => growth !== undefined && fate === "read");
  if (isWhole) return { ...outcome, detail: grown };
  const why = end === undefined
    ? "not all of them are known to have been read"
    : "it waited for its answer no longer";
  return { ...outcome, verdict: "INFO", detail: `${grown}; ${why}` };
}
