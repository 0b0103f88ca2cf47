import type { PlanOf } from "../../cases/case.ts";
import { judgePlay } from "../../judge/judge_play.ts";
import type { Contract } from "../../stimulus/contract.ts";
import { Stimulus } from "../../stimulus/stimulus.ts";
import { HarnessFaultError } from "../harness_fault_error.ts";
import type { Job } from "../job.ts";
import type { Outcome } from "../outcome.ts";

/** Wrong answers that a judge must object to. */
const LIES: Readonly<Record<string, (answer: Uint8Array) => Uint8Array>> = {
  "one bit more": (answer) => answer.map((byte, i) => i === 0 ? byte ^ 1 : byte),
  "one byte less": (answer) => answer.slice(1),
  "one byte more": (answer) => Uint8Array.of(...answer, 0),
};

/**
 * Judges a right answer by wrong expectations: the judge must object.
 *
 * @throws {HarnessFaultError} if it does not.
 */
export async function carryOutFalseExpectation(
  { delivery }: PlanOf<"false-expectation">,
  { stage, patience }: Job,
): Promise<Outcome> {
  const { contract } = stage;
  const { expectation } = contract;
  const { subject } = await stage.trial(delivery, patience.usual);
  if (judgePlay(subject, { contract }) !== null) {
    return { verdict: "INCONCLUSIVE", detail: "the target did not answer a plain frame" };
  }
  for (const [name, lie] of Object.entries(LIES)) {
    const answer = (payload: Uint8Array) => lie(expectation.answer(payload));
    const wrong: Contract = { ...contract, expectation: { ...expectation, answer } };
    const stimulus = new Stimulus(wrong, delivery.stimulus.parts);
    const play = { ...subject, delivery: { ...delivery, stimulus } };
    if (judgePlay(play, { contract: wrong }) === null) {
      throw new HarnessFaultError(`A right answer passed where ${name} was expected`);
    }
  }
  return {
    verdict: "PASS",
    detail: "three wrong expectations, three objections",
    deliveries: { played: 1, total: 1 },
  };
}
