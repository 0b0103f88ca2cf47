import type { LearntPatience } from "../campaign/patience.ts";
import type { Cause, Finding } from "../judge/verdict.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { LINGER_MS } from "./exchange_session.ts";
import type { ExchangeStage, ExchangeTrial } from "./exchange_stage.ts";
import type { Exchange } from "./oracle.ts";
import { smaller } from "./smaller.ts";

/** How often a failure has to repeat on fresh connections before the target is blamed. */
const REPEATS = 3;
/** How often the small failure may be looked at: on a busy machine a control may be late for once. */
const CONFIRMATIONS = 2;
/** Causes that may be a matter of waiting long enough. */
const TIMED: readonly Cause[] = ["HANG", "LATE", "LOST", "DESYNC"];

/** What an examination needs. */
export interface ExamineOptions {
  /** How long to wait. */
  readonly patience: LearntPatience;
  /** Whether only the life of the target is judged. */
  readonly liveness: boolean;
  /** Most time for making the failure small, in ms. */
  readonly shrinkMs: number;
}

/**
 * What came of an examination: the failure repeats and the control does not fail (`confirmed`), it does not repeat
 * (`doubted`), or the control fails as well by now (`unsteady`), so that nothing can be said.
 */
export type Examined =
  | {
    readonly outcome: "confirmed";
    readonly finding: Finding;
    readonly delivery: Delivery;
    /** Number of the last play in which it was seen. */
    readonly play?: number;
  }
  | { readonly outcome: "doubted" }
  | { readonly outcome: "unsteady"; readonly detail: string };

/**
 * Plays a failing delivery again, three times on fresh connections, each time with the control behind it, and makes
 * it small: fewer cuts, then fewer requests.
 */
export async function examineExchange(
  stage: ExchangeStage,
  exchange: Exchange,
  failing: Delivery,
  options: ExamineOptions,
): Promise<Examined> {
  const seen = await confirm(stage, exchange, failing, options);
  if (seen.outcome !== "confirmed" || seen.finding.cause === "CRASH") return seen;
  const deadline = stage.now() + options.shrinkMs;
  const { patience, liveness } = options;
  const small = await smaller(failing, exchange, {
    hasTime: () => stage.now() < deadline,
    async stillFails(candidate) {
      const trial = await stage.trial(candidate, exchange, {
        patience: { ...patience.brisk, lingerMs: LINGER_MS },
        role: "shrink",
        liveness,
      });
      return trial.finding?.cause === seen.finding.cause;
    },
  });
  if (small === failing) return seen;
  for (let tries = 0; tries < CONFIRMATIONS; tries++) {
    const again = await confirm(stage, exchange, small, options);
    if (again.outcome === "confirmed" && again.finding.cause === seen.finding.cause) return again;
  }
  return seen;
}

async function confirm(
  stage: ExchangeStage,
  exchange: Exchange,
  delivery: Delivery,
  { patience, liveness }: ExamineOptions,
): Promise<Examined> {
  let last: ExchangeTrial | null = null;
  for (let i = 1; i <= REPEATS; i++) {
    // The last time, silence is given all the time there is.
    const before = last?.finding ?? null;
    const decides = i === REPEATS && before !== null && TIMED.includes(before.cause);
    const waits = decides ? patience.full : patience.repeat;
    last = await stage.trial(delivery, exchange, { patience: waits, liveness });
    if (last.finding === null) return { outcome: "doubted" };
    if (decides) patience.silenceSeen();
    if (last.finding.cause === "CRASH" || delivery === exchange.base) continue;
    const control = await stage.trial(exchange.base, exchange, {
      patience: patience.full,
      role: "probe",
    });
    if (control.finding !== null) {
      return { outcome: "unsteady", detail: control.finding.detail };
    }
  }
  if (last?.finding == null) return { outcome: "doubted" };
  const { finding, play } = last;
  return {
    outcome: "confirmed",
    finding,
    delivery,
    ...(play.number === undefined ? {} : { play: play.number }),
  };
}
