import type { LearntPatience } from "../campaign/patience.ts";
import { broken, type Outcome } from "../campaign/outcome.ts";
import { SocketOwners } from "../player/socket_owner.ts";
import type { Deliveries } from "../strategy/deliveries.ts";
import type { DatagramCase } from "./datagram_cases.ts";
import type { DatagramPlan } from "./datagram_plan.ts";
import type { DatagramStage } from "./datagram_stage.ts";
import { describeGrowth, isLeak, measured, type Round, ROUNDS } from "./flood.ts";
import type { VolleyTally } from "./play_volleys.ts";
import { outcomeOf } from "./volley_outcome.ts";

/** Most time for sending them, in ms. */
const FLOOD_MS = 20_000;

/** What carrying it out needs. */
interface Parts {
  readonly patience: LearntPatience;
  /** Plays volleys. */
  play(volleys: Deliveries): Promise<VolleyTally>;
}

/**
 * Begins more messages than anybody can keep. The memory of the target's process must stay bounded, as far as it can be
 * seen, and behind them a new peer must be served. What is declared of expiry is played as well.
 */
export async function unfinishedMessages(
  stage: DatagramStage,
  plan: DatagramPlan & { kind: "memory" },
  one: DatagramCase,
  { play }: Parts,
): Promise<Outcome> {
  const tally = await play(plan.volleys);
  if (tally.confirmed !== undefined) return outcomeOf(tally, one, plan.volleys.count);
  const { target } = stage;
  const owner = typeof target.queue === "string"
    ? undefined
    : new SocketOwners().find(target.queue.inode);
  const pid = target.pid ?? (owner === Deno.pid ? undefined : owner);
  await stage.renew();
  const rounds: Round[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const round = await measured(pid, () => stage.flood(plan.fragments(), FLOOD_MS));
    const { sent, bytes, growth } = round;
    stage.note("unfinished", {
      fragments: sent,
      bytes,
      ...(growth === undefined ? {} : { growth }),
    });
    rounds.push(round);
  }
  await stage.renew();
  const behind = outcomeOf(tally, one, plan.volleys.count);
  const sent = rounds.reduce((sum, round) => sum + round.sent, 0);
  if (target.end !== undefined) {
    return broken(one.level, { cause: "CRASH", detail: `it ended amid ${sent} fragments` });
  }
  const read = rounds.every(({ fate }) => fate === "read");
  if (!read && rounds.some(({ fate }) => fate === "waiting")) {
    return broken(one.level, {
      cause: "HANG",
      detail: `it stopped reading amid ${sent} fragments`,
    });
  }
  if (isLeak(rounds)) {
    const detail = `${describeGrowth(rounds)} messages that are never finished`;
    return broken(one.level, { cause: "LEAK", detail });
  }
  const seen = rounds.every((round) => round.growth !== undefined);
  const memory = seen
    ? `${describeGrowth(rounds)} unfinished messages`
    : "its memory is not to be seen";
  const expiry = stage.contract.expiryMs === undefined
    ? "; expiry was not declared (--expiry)"
    : "";
  if (behind.verdict !== "PASS" && plan.volleys.count > 0) return behind;
  const whole = seen && read && sent >= plan.count;
  return {
    ...behind,
    verdict: whole ? "PASS" : "INFO",
    detail: `${memory}${read ? "" : ", and not all of them are known to have been read"}${expiry}`,
  };
}
