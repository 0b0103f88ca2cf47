import type { SmallerOptions } from "../exchange/smaller.ts";
import type { Role } from "../history/history.ts";
import type { Cause, Finding } from "../judge/verdict.ts";
import type { Deliveries } from "../strategy/deliveries.ts";
import type { Delivery } from "../strategy/delivery.ts";
import type { OutputPlay } from "./output.ts";
import type { OutputPatience } from "./output_patience.ts";

/** How often a failure has to repeat before the client is blamed. */
const REPEATS = 3;
/** Failures that did not repeat, after which a case is given up. */
const MOST_DOUBTS = 3;
/** Causes that may be a matter of waiting long enough. */
const TIMED: readonly Cause[] = ["HANG", "LOST"];

/** A failure that repeated, in its smallest form. */
export interface ConfirmedOutput {
  /** What is wrong. */
  readonly finding: Finding;
  /** What it takes to see it. */
  readonly delivery: Delivery;
  /** Number of the play in which it was seen last. */
  readonly play?: number;
}

/** What came of the deliveries of one case. */
export interface OutputTally {
  /** Deliveries that passed. */
  passed: number;
  /** Deliveries that passed with every edge proven. */
  proven: number;
  /** Cuts of all deliveries that were judged. */
  readonly edges: { proven: number; requested: number };
  /** Failures that did not repeat. */
  doubts: number;
  /** Why nothing can be said any more: the control fails by now as well. */
  unsteady?: string;
  /** Whether the time was over before all was played. */
  outOfTime: boolean;
  /** The failure, if one was confirmed. */
  confirmed?: ConfirmedOutput;
}

/** Where deliveries meet a client that is started anew for each. */
export interface ClientStage<P extends OutputPlay> {
  /** The client: how many of it can run at once. */
  readonly target: { readonly atOnce: number };
  /** The time of the run in ms. */
  readonly now: () => number;
  /** Plays one delivery; waits at most `ms` for whatever the client has to do. */
  play(delivery: Delivery, ms: number, role?: Role): Promise<P>;
}

/** What playing the deliveries of a case needs. */
export interface PlayOutputsOptions<P extends OutputPlay> {
  /** The control: what everything is compared with. */
  readonly base: Delivery;
  /** Judges the control when it is played again behind a failure. */
  judgeBase(play: P): Finding | null;
  /** Judges each. */
  judge(play: P): Finding | null;
  /** Makes a failure small. */
  smaller(failing: Delivery, options: SmallerOptions): Promise<Delivery>;
  /** How many edges were asked for, and how many of them are proven. */
  edgesOf(play: P): { readonly proven: number; readonly requested: number };
  /** What else must be true of a delivery that fails, before the client is blamed. */
  readonly isBlamed?: (delivery: Delivery, finding: Finding) => Promise<boolean>;
  /** Which deliveries are played, in this order. */
  readonly order: Iterable<number>;
  /** How long to wait. */
  readonly patience: OutputPatience;
  /** When to stop, in ms of the run. */
  readonly deadlineMs: number;
  /** Most time for making a failure small, in ms. */
  readonly shrinkMs: number;
}

/** Plays deliveries, as many at once as the client can be started, and stops at the first failure that repeats. */
export async function playOutputs<P extends OutputPlay>(
  stage: ClientStage<P>,
  deliveries: Deliveries,
  options: PlayOutputsOptions<P>,
): Promise<OutputTally> {
  const tally: OutputTally = {
    passed: 0,
    proven: 0,
    edges: { proven: 0, requested: 0 },
    doubts: 0,
    outOfTime: false,
  };
  const order = options.order[Symbol.iterator]();
  /** Breaks of a SHOULD are looked into last: a MUST may be broken elsewhere. */
  let weak: Failure | undefined;
  for (;;) {
    const failures = await playUntilFailure(stage, deliveries, order, options, tally);
    weak ??= failures.find(({ finding }) => finding.level !== undefined);
    const strong = failures.filter(({ finding }) => finding.level === undefined);
    tally.passed += failures.length - strong.length;
    for (const failure of strong) {
      if (await examine(stage, failure, options, tally)) return tally;
    }
    if (failures.length === 0) break;
  }
  if (weak !== undefined && await examine(stage, weak, options, tally)) tally.passed--;
  return tally;
}

interface Failure {
  readonly delivery: Delivery;
  readonly finding: Finding;
}

/** Plays on until something fails, or all is played, or the time is over. */
async function playUntilFailure<P extends OutputPlay>(
  stage: ClientStage<P>,
  deliveries: Deliveries,
  order: Iterator<number>,
  { judge, edgesOf, patience, deadlineMs }: PlayOutputsOptions<P>,
  tally: OutputTally,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  const worker = async () => {
    while (failures.length === 0) {
      if (stage.now() > deadlineMs && tally.passed > 0) {
        tally.outOfTime = true;
        return;
      }
      const { done, value } = order.next();
      if (done) return;
      const delivery = deliveries.at(value);
      const play = await stage.play(delivery, patience.usualMs);
      const finding = judge(play);
      if (finding === null) count(tally, edgesOf(play));
      else failures.push({ delivery, finding });
    }
  };
  await Promise.all(Array.from({ length: stage.target.atOnce }, worker));
  return failures;
}

/** Looks into a failure and notes what came of it; true when nothing more has to be played. */
async function examine<P extends OutputPlay>(
  stage: ClientStage<P>,
  { delivery, finding: first }: Failure,
  options: PlayOutputsOptions<P>,
  tally: OutputTally,
): Promise<boolean> {
  const found = await confirm(stage, delivery, options, tally);
  if (found === null) {
    if (tally.unsteady !== undefined) return true;
    // A slow one was right when it was given more time.
    if (TIMED.includes(first.cause)) tally.passed++;
    else tally.doubts++;
    return tally.doubts >= MOST_DOUBTS;
  }
  tally.confirmed = found;
  const deadline = stage.now() + options.shrinkMs;
  const small = await options.smaller(delivery, {
    hasTime: () => stage.now() < deadline,
    async stillFails(candidate) {
      const play = await stage.play(candidate, options.patience.usualMs, "shrink");
      return options.judge(play)?.cause === found.finding.cause;
    },
  });
  const again = small === delivery ? null : await confirm(stage, small, options, tally);
  if (again?.finding.cause === found.finding.cause) tally.confirmed = again;
  return true;
}

async function confirm<P extends OutputPlay>(
  stage: ClientStage<P>,
  delivery: Delivery,
  { base, judge, judgeBase, isBlamed, patience }: PlayOutputsOptions<P>,
  tally: OutputTally,
): Promise<ConfirmedOutput | null> {
  let confirmed: ConfirmedOutput | null = null;
  for (let i = 1; i <= REPEATS; i++) {
    // The last time, a client that does not end is given all the time there is.
    const decides = i === REPEATS && confirmed !== null && TIMED.includes(confirmed.finding.cause);
    const play = await stage.play(delivery, decides ? patience.fullMs : patience.usualMs);
    const finding = judge(play);
    if (finding === null) return null;
    const { number } = play;
    confirmed = { finding, delivery, ...(number === undefined ? {} : { play: number }) };
  }
  const control = judgeBase(await stage.play(base, patience.fullMs, "probe"));
  if (control !== null) tally.unsteady = control.detail;
  if (confirmed === null || control !== null) return null;
  return await isBlamed?.(delivery, confirmed.finding) === false ? null : confirmed;
}

function count(
  tally: OutputTally,
  { proven, requested }: { readonly proven: number; readonly requested: number },
): void {
  tally.passed++;
  if (proven === requested) tally.proven++;
  tally.edges.requested += requested;
  tally.edges.proven += proven;
}
