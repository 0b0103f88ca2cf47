import { equals } from "@std/bytes/equals";
import { ConformanceUsageError, type GivenStream, type RunOptions } from "../run_options.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { checkGiven } from "./check_given.ts";
import { checkAnswers } from "./controls.ts";
import { type Conversation, conversationOf } from "./conversation.ts";
import type { PreparedCourse } from "./run_exchange.ts";
import { ScenarioOracle } from "./scenario_oracle.ts";
import { upTo } from "./stimuli.ts";

/**
 * Prepares `expect: "scenario"`.
 *
 * @throws {ScenarioError} if the scenario cannot be used.
 * @throws {ConformanceUsageError} if there is none, or options do not go with one.
 * @throws {PlacesError} if the places of a given stream are not rising or not inside of it.
 */
export function scenarioCourse(options: RunOptions): PreparedCourse {
  const { scenario, stream } = options;
  if (scenario === undefined) {
    throw new ConformanceUsageError("A scenario is missing, as in --expect scenario:FILE.json");
  }
  if (options.framing !== undefined) {
    throw new ConformanceUsageError(
      "The framing of a scenario stands in its file, not in --framing",
    );
  }
  if ((options.mask ?? []).length > 0) {
    throw new ConformanceUsageError("--mask is for invariance; a scenario has patterns");
  }
  const conversation = conversationOf(scenario);
  const { base, seams, free, pauses, dues, pipelining, framing } = conversation;
  const { length } = base.stimulus.bytes;
  const oracle = new ScenarioOracle(dues, length);
  return {
    framing,
    course: (stage, patience) => ({
      expect: "scenario",
      base,
      seams,
      free,
      pipelining,
      framed: base.stimulus.frames.length > 0,
      learn() {
        const exchange = { base, seams, pauses, oracle };
        return checkAnswers(stage, exchange, (control) => ({
          ...exchange,
          oracle: new ScenarioOracle(dues, length, oracle.endingOf(control)),
        }), patience);
      },
    }),
    ...(stream === undefined ? {} : { given: givenDelivery(conversation, stream) }),
  };
}

/** A delivery of the beginning of the conversation, as a report prints it. */
function givenDelivery({ base, seams }: Conversation, given: GivenStream): Delivery {
  checkGiven(given);
  const { bytes, cuts = [], waits = [], end = "none" } = given;
  const { length } = bytes;
  const whole = base.stimulus.bytes;
  if (!equals(bytes, whole.subarray(0, length)) || ![...seams, whole.length].includes(length)) {
    throw new ConformanceUsageError(
      "The --stream is not the beginning of what the scenario sends, up to the end of a step",
    );
  }
  return { ...upTo(base, length, end), cuts, waits };
}
