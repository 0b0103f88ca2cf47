import { smaller } from "../exchange/smaller.ts";
import type { Cause, Finding } from "../judge/verdict.ts";
import type { Deliveries } from "../strategy/deliveries.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { judgeWhole, type OutputJudge } from "./judge_output.ts";
import type { Output, OutputPlay } from "./output.ts";
import type { OutputPatience } from "./output_patience.ts";
import type { OutputStage } from "./output_stage.ts";

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

/** What playing the deliveries of a case needs. */
export interface PlayOutputsOptions {
  /** What the client makes of the uncut stream. */
  readonly expected: Output;
  /** The uncut stream. */
  readonly base: Delivery;
  /** Judges each. */
  readonly judge: OutputJudge;
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
export async function playOutputs(
  stage: OutputStage,
  deliveries: Deliveries,
  options: PlayOutputsOptions,
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
async function playUntilFailure(
  stage: OutputStage,
  deliveries: Deliveries,
  order: Iterator<number>,
  { expected, judge, patience, deadlineMs }: PlayOutputsOptions,
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
      const finding = judge(play, expected);
      if (finding === null) count(tally, play);
      else failures.push({ delivery, finding });
    }
  };
  await Promise.all(Array.from({ length: stage.target.atOnce }, worker));
  return failures;
}

/** Looks into a failure and notes what came of it; true when nothing more has to be played. */
async function examine(
  stage: OutputStage,
  { delivery, finding: first }: Failure,
  options: PlayOutputsOptions,
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
  const small = await smaller(delivery, { seams: [] }, {
    hasTime: () => stage.now() < deadline,
    async stillFails(candidate) {
      const play = await stage.play(candidate, options.patience.usualMs, "shrink");
      return options.judge(play, options.expected)?.cause === found.finding.cause;
    },
  });
  const again = small === delivery ? null : await confirm(stage, small, options, tally);
  if (again?.finding.cause === found.finding.cause) tally.confirmed = again;
  return true;
}

async function confirm(
  stage: OutputStage,
  delivery: Delivery,
  { expected, base, judge, isBlamed, patience }: PlayOutputsOptions,
  tally: OutputTally,
): Promise<ConfirmedOutput | null> {
  let confirmed: ConfirmedOutput | null = null;
  for (let i = 1; i <= REPEATS; i++) {
    // The last time, a client that does not end is given all the time there is.
    const decides = i === REPEATS && confirmed !== null && TIMED.includes(confirmed.finding.cause);
    const play = await stage.play(delivery, decides ? patience.fullMs : patience.usualMs);
    const finding = judge(play, expected);
    if (finding === null) return null;
    const { number } = play;
    confirmed = { finding, delivery, ...(number === undefined ? {} : { play: number }) };
  }
  const control = judgeWhole(await stage.play(base, patience.fullMs, "probe"), expected);
  if (control !== null) tally.unsteady = control.detail;
  if (confirmed === null || control !== null) return null;
  return await isBlamed?.(delivery, confirmed.finding) === false ? null : confirmed;
}

/** Cuts behind the place where the client had all that it needs are not asked for. */
function count(tally: OutputTally, { delivery, chunks }: OutputPlay): void {
  const { stimulus: { bytes: { length } }, end } = delivery;
  // Where the connection breaks off behind the last byte, it matters that this one was read.
  const matters = chunks.filter((chunk) =>
    chunk.edge !== "gone" && (chunk.end < length || end === "reset")
  );
  const proven = matters.filter(({ edge }) => edge === "proven").length;
  tally.passed++;
  if (proven === matters.length) tally.proven++;
  tally.edges.requested += matters.length;
  tally.edges.proven += proven;
}
