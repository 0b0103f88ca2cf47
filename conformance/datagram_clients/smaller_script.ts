import type { DatagramFraming } from "../datagrams/volley.ts";
import type { SmallerOptions } from "../exchange/smaller.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { type AnswerScript, deliveryOf, scriptOf } from "./answer_script.ts";

/** The smallest script found that fails in the same way: fewer asks, then fewer datagrams behind each of them. */
export async function smallerScript(
  failing: Delivery,
  framing: DatagramFraming,
  { hasTime, stillFails }: SmallerOptions,
): Promise<Delivery> {
  let best = failing;
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const candidate of fewer(scriptOf(best))) {
      if (!hasTime()) return best;
      const delivery = deliveryOf(candidate, framing);
      if (!await stillFails(delivery)) continue;
      best = delivery;
      isSmaller = true;
      break;
    }
  }
  return best;
}

/** Without each ask, and without each datagram of those that have several. */
function* fewer({ asks, silent }: AnswerScript): Generator<AnswerScript> {
  if (asks.length > 1) {
    for (let at = 0; at < asks.length; at++) yield { asks: asks.toSpliced(at, 1), silent };
  }
  for (const [at, sent] of asks.entries()) {
    if (sent.length < 2) continue;
    for (let i = 0; i < sent.length; i++) {
      yield { asks: asks.with(at, sent.toSpliced(i, 1)), silent };
    }
  }
}
