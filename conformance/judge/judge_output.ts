import { concat } from "@std/bytes/concat";
import type { Play } from "../player/play.ts";
import type { Contract } from "../stimulus/contract.ts";
import { readStimulus } from "../stimulus/read_stimulus.ts";
import { judgeTrial, type Trial } from "./judge_trial.ts";
import { showBytes } from "./show_bytes.ts";
import type { Finding } from "./verdict.ts";

/**
 * Judges what a target writes byte by byte: it must be whole frames, from the first byte to the last one. A decoder
 * that waits for more bytes says nothing of those it has; here they count.
 */
export function judgeOutput(trial: Trial, contract: Contract, skips: boolean): Finding | null {
  const finding = judgeTrial(trial, contract, skips);
  return finding ?? judgeRemains(trial.subject, contract);
}

function judgeRemains({ reads }: Play, contract: Contract): Finding | null {
  // Whatever limit the target has for what it takes, it may answer with more.
  const { maxFrame: _, ...unlimited } = contract;
  const came = readStimulus(unlimited, concat(reads.map(({ bytes }) => bytes)));
  const rest = came.parts.find(({ kind }) => kind !== "frame");
  if (rest === undefined) return null;
  const answers = came.frames.length === 1 ? "1 answer" : `${came.frames.length} answers`;
  return {
    cause: "PHANTOM",
    detail: `behind ${answers} came ${showBytes(rest.wire)}, which is no frame`,
  };
}
