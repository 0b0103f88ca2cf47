import type { PlanOf } from "../../cases/case.ts";
import {
  describeUnread,
  judgeUnread,
  KERNEL_BYTES,
  type Unread,
} from "../../judge/judge_unread.ts";
import type { Finding } from "../../judge/verdict.ts";
import type { Job } from "../job.ts";
import { broken, type Outcome } from "../outcome.ts";
import type { Stage } from "../stage.ts";

/** How often a failure has to repeat. */
const REPEATS = 3;
/** How far a target is pressed. */
const PRESSING = { mostBytes: 64 * 1024 * 1024, stoppedMs: 300, mostMs: 3000 };
/** How much of what it kept is counted. */
const COUNTING = { mostBytes: KERNEL_BYTES + 1, idleMs: 500 };

/** Sends and never reads: the target must stop reading, or close. */
export async function carryOutUnread(
  { pressing }: PlanOf<"unread">,
  { one, stage, patience }: Job,
): Promise<Outcome> {
  const deliveries = { played: 1, total: 1 };
  for (let i = 1;; i++) {
    const seen = await press(stage, pressing.bytes);
    if (seen === null) {
      const refused: Finding = { cause: "CRASH", detail: "the target accepts no connection" };
      return broken(one.level, refused, { deliveries });
    }
    const finding = judgeUnread(seen);
    if (finding !== null && i < REPEATS) continue;
    if (finding !== null) return broken(one.level, finding, { deliveries });
    const detail = describeUnread(seen);
    if (i > 1) {
      const once = `${detail}, but not when it was pressed before`;
      return { verdict: "INCONCLUSIVE", detail: once, deliveries };
    }
    const { how } = seen.pressed;
    if (how === "all" || how === "time") {
      return { verdict: "INFO", detail: `${detail}: too little to tell`, deliveries };
    }
    const { subject } = await stage.trial(stage.plain, patience.full);
    if (subject.state === "open") return { verdict: "PASS", detail, deliveries };
    const gone: Finding = {
      cause: "CRASH",
      detail: `${detail}; then no new connection was served`,
    };
    return broken(one.level, gone, { deliveries });
  }
}

async function press(stage: Stage, bytes: Uint8Array): Promise<Unread | null> {
  using connection = await stage.openUnread();
  if (connection === null) return null;
  const growing = await stage.watchMemory(connection.edge);
  const pressed = await connection.press(bytes, PRESSING);
  const growth = growing();
  const { how, taken, ms } = pressed;
  const kept = how === "all" || how === "time" ? await connection.count(COUNTING) : 0;
  stage.note("unread", { how, taken, ms, kept, ...(growth === undefined ? {} : { growth }) });
  return { pressed, kept, growth };
}
