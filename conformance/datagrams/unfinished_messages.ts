import type { LearntPatience } from "../campaign/patience.ts";
import { broken, type Outcome } from "../campaign/outcome.ts";
import { processMemory } from "../player/process_memory.ts";
import { SocketOwners } from "../player/socket_owner.ts";
import type { Deliveries } from "../strategy/deliveries.ts";
import type { DatagramCase } from "./datagram_cases.ts";
import type { DatagramPlan } from "./datagram_plan.ts";
import type { DatagramStage } from "./datagram_stage.ts";
import type { VolleyTally } from "./play_volleys.ts";
import { outcomeOf } from "./volley_outcome.ts";

/** How often the fragments are sent: what is kept of the first ones may be garbage, and room that is filled once. */
const ROUNDS = 3;
/** A target leaks when each round but the first makes it grow by this part of what was sent. */
const KEPT = 0.75;
/** Most time for sending them, in ms. */
const FLOOD_MS = 20_000;

/** What one round came to. */
interface Round {
  readonly sent: number;
  readonly bytes: number;
  /** Whether all of it is known to have been read. */
  readonly read: boolean;
  /** Whether something lies there that nobody reads. */
  readonly stuck: boolean;
  /** By how many bytes the target grew; undefined where that is not to be seen. */
  readonly growth: number | undefined;
}

function isKept({ growth = 0, bytes }: Round): boolean {
  return growth >= KEPT * bytes;
}

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
    const before = pid === undefined ? undefined : processMemory(pid)?.now;
    const { sent, bytes, fate } = await stage.flood(plan.fragments(), FLOOD_MS);
    const after = pid === undefined ? undefined : processMemory(pid)?.now;
    const growth = before === undefined || after === undefined ? undefined : after - before;
    stage.note("unfinished", {
      fragments: sent,
      bytes,
      ...(growth === undefined ? {} : { growth }),
    });
    rounds.push({ sent, bytes, read: fate === "read", stuck: fate === "waiting", growth });
  }
  await stage.renew();
  const behind = outcomeOf(tally, one, plan.volleys.count);
  const sent = rounds.reduce((sum, round) => sum + round.sent, 0);
  const growth = rounds.reduce((sum, round) => sum + (round.growth ?? 0), 0);
  const megabytes = Math.round(growth / 2 ** 20);
  if (target.end !== undefined) {
    return broken(one.level, { cause: "CRASH", detail: `it ended amid ${sent} fragments` });
  }
  const read = rounds.every((round) => round.read);
  if (!read && rounds.some((round) => round.stuck)) {
    return broken(one.level, {
      cause: "HANG",
      detail: `it stopped reading amid ${sent} fragments`,
    });
  }
  if (rounds.slice(1).every(isKept)) {
    const detail =
      `its memory grew by ${megabytes} MiB on ${sent} messages that are never finished`;
    return broken(one.level, { cause: "LEAK", detail });
  }
  const seen = rounds.every((round) => round.growth !== undefined);
  const memory = seen
    ? `its memory grew by ${megabytes} MiB on ${sent} unfinished messages`
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
