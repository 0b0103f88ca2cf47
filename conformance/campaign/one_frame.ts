// Some clients and servers close the connection after each answer, as HTTP/1.0 does. That is no matter of framing: they
// get one frame for each connection, and are judged by what is left of the book.

import { type Plan, unsupported } from "../cases/case.ts";
import { judgePlay } from "../judge/judge_play.ts";
import type { Contract } from "../stimulus/contract.ts";
import { Stimulus } from "../stimulus/stimulus.ts";
import { these } from "../strategy/deliveries.ts";
import { deliver, type Delivery } from "../strategy/delivery.ts";
import type { LearntPatience } from "./patience.ts";
import type { Stage } from "./stage.ts";

/** How long a target may take to close after its answer to be one that does so by itself, in ms. */
const CLOSES_MS = 1000;
/** How often it has to do so. */
const TIMES = 2;

/** What is said of such a target. */
export const ONE_FRAME = "it closes the connection after each answer, so it gets one frame on each";

/** Whether the target, given one plain frame, answers it and then closes, unasked. */
export async function closesAfterAnswer(stage: Stage, patience: LearntPatience): Promise<boolean> {
  for (let i = 0; i < TIMES; i++) {
    await using session = await stage.open(patience.full);
    if (session === null) return false;
    const play = await stage.play(session, stage.plain, "probe", patience.full);
    if (judgePlay(play, { contract: stage.contract }) !== null) return false;
    if (!await session.endsWithin(CLOSES_MS) || stage.target.end !== undefined) return false;
  }
  return true;
}

/** The plan with one frame for each connection; UNSUPPORTED where several frames are the point of it. */
export function oneFrameEach(contract: Contract, plan: Plan): Plan {
  switch (plan.kind) {
    case "nothing":
    case "edges":
    case "liveness":
    case "false-expectation":
      return plan;
    case "kept-open":
      return plan.delivery.stimulus.frames.length <= 1 ? plan : unsupported(ONE_FRAME);
    case "deliveries": {
      const { packed: _, policy: __, covers, set, deliveries, ...rest } = plan;
      const all = Array.from({ length: deliveries.count }, (_, i) => deliveries.at(i));
      const single = all.flatMap((one) => framesOf(contract, one));
      if (single.length === 0) return unsupported(ONE_FRAME);
      // What was covered is only true of the deliveries that were meant.
      const whole = all.every((one) => one.stimulus.frames.length <= 1);
      const claim = whole ? { ...(covers ? { covers } : {}), ...(set ? { set } : {}) } : {};
      return { ...rest, ...claim, deliveries: these(single) };
    }
    default:
      return unsupported(ONE_FRAME);
  }
}

/** Each frame as a delivery of its own, where each is answered before the next one is sent. */
function framesOf(contract: Contract, delivery: Delivery): Delivery[] {
  const { stimulus, cuts, waits, end } = delivery;
  if (stimulus.frames.length <= 1) return [delivery];
  const apart = end === "none" && stimulus.parts.length === stimulus.frames.length &&
    stimulus.seams.every((seam) => waits.includes(seam));
  if (!apart) return [];
  let start = 0;
  return stimulus.parts.map((part) => {
    const from = start, to = start += part.wire.length;
    const inside = cuts.filter((at) => at > from && at < to).map((at) => at - from);
    return deliver(new Stimulus(contract, [part]), inside);
  });
}
