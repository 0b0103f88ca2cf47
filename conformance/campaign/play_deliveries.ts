import { equals } from "@std/bytes/equals";
import type { Plan } from "../cases/case.ts";
import { judgePlay, showsSkip } from "../judge/judge_play.ts";
import { judgeTrial } from "../judge/judge_trial.ts";
import type { Finding } from "../judge/verdict.ts";
import { edgesOf, type Play } from "../player/play.ts";
import type { Session } from "../player/session.ts";
import { spread } from "../strategy/cut_plan.ts";
import { mapped } from "../strategy/deliveries.ts";
import { type Delivery, joined, keptApart } from "../strategy/delivery.ts";
import { type Confirmed, examine, type ExamineOptions } from "./examine.ts";
import type { LearntPatience } from "./patience.ts";
import type { Stage } from "./stage.ts";

/** Failures that did not repeat, after which a case is given up. */
const MOST_DOUBTS = 3;
/** Most bytes of deliveries that are joined to find what led to a failure. */
const MOST_JOINED = 256 * 1024;

/** What came of the deliveries of one case. */
export interface Tally {
  /** Deliveries that passed. */
  passed: number;
  /** Deliveries that passed with every edge proven. */
  proven: number;
  /** Cuts of all deliveries that were judged. */
  readonly edges: { proven: number; requested: number };
  /** Failures that did not repeat. */
  doubts: number;
  /** Answers that came in time only when more time was given: the target is slow, not wrong. */
  slow: number;
  /** Whether the time was over before all was played. */
  outOfTime: boolean;
  /** The failure, if one was confirmed. */
  confirmed: Confirmed | null;
  /** What the slowest answer took, in ms. */
  slowestMs: number;
}

/** What playing the deliveries of a case needs. */
export interface PlayOptions {
  /** How long to wait. */
  readonly patience: LearntPatience;
  /** When to stop, in ms of the run. */
  readonly deadlineMs: number;
  /** Most time for making a failure small, in ms. */
  readonly shrinkMs: number;
  /**
   * Whether the target cannot take several frames in one chunk. Whatever does not test just that is then delivered
   * frame by frame, so that it is not blamed for it.
   */
  readonly apart: boolean;
}

/**
 * Plays the deliveries of a case, packed on one connection where that is possible, and stops at the first failure
 * that repeats on fresh connections.
 */
export async function playDeliveries(
  stage: Stage,
  plan: Plan & { kind: "deliveries" },
  options: PlayOptions,
): Promise<Tally> {
  const { packed = false, resets = false, policy } = plan;
  const { patience } = options;
  const normal = options.apart && !plan.joins ? keptApart : (one: Delivery) => one;
  const deliveries = mapped(plan.deliveries, normal);
  const tally: Tally = {
    passed: 0,
    proven: 0,
    edges: { proven: 0, requested: 0 },
    doubts: 0,
    slow: 0,
    outOfTime: false,
    confirmed: null,
    slowestMs: 0,
  };
  let skips = false;
  if (policy !== undefined) {
    const { subject } = await stage.trial(policy, patience.usual, { role: "policy" });
    skips = showsSkip(subject, stage.contract);
  }
  const player = packed
    ? new PackedPlayer(stage, patience)
    : new SinglePlayer(stage, patience, skips, resets);
  const examination: ExamineOptions = { ...options, skips, resets, normal };
  const isOver = async ({ play, suspects, finding }: Played) => {
    await player.end();
    tally.confirmed = await examine(stage, suspects, examination, finding);
    if (tally.confirmed !== null) return true;
    if (!isSlow(play)) return ++tally.doubts === MOST_DOUBTS;
    tally.slow++;
    return false;
  };
  try {
    for (const index of packed ? spread(deliveries.count) : counted(deliveries.count)) {
      if (stage.now() > options.deadlineMs && tally.passed > 0) {
        tally.outOfTime = true;
        break;
      }
      const delivery = deliveries.at(index);
      const played = await player.play(delivery);
      if (played.suspects.length > 0 && await isOver(played)) return tally;
      // A slow one was right when it was repeated; its edges were proven then, but they are not counted.
      if (played.suspects.length === 0) count(tally, played.play);
      else if (isSlow(played.play)) tally.passed++;
    }
    // What came unasked after the last delivery shows before the answer to one more frame.
    const last = packed ? await player.play(stage.plain) : null;
    if (last !== null && last.suspects.length > 0) await isOver(last);
  } finally {
    await player.end();
  }
  return tally;
}

function* counted(count: number): Generator<number> {
  for (let i = 0; i < count; i++) yield i;
}

function count(tally: Tally, play: Play): void {
  const { proven, requested } = edgesOf(play);
  tally.passed++;
  if (proven === requested) tally.proven++;
  tally.edges.proven += proven;
  tally.edges.requested += requested;
  const lastSent = play.chunks.at(-1)?.writtenMs ?? play.startedMs;
  const lastRead = play.reads.at(-1)?.atMs ?? lastSent;
  tally.slowestMs = Math.max(tally.slowestMs, lastRead - lastSent);
}

/** Whether all that came is right, the connection is open, and what is missing may still be under way. */
function isSlow({ state, undecodable, answers, delivery }: Play): boolean {
  const { frames } = delivery.stimulus;
  return state === "open" && undecodable === undefined && answers.length <= frames.length &&
    answers.every((answer, i) => equals(answer, frames[i]?.answer ?? answer));
}

/** A play, and what has to be examined when it failed. */
interface Played {
  readonly play: Play;
  /** Deliveries of which one is to blame, likeliest first; none when the play is right. */
  readonly suspects: readonly Delivery[];
  /** What was wrong, if the delivery had a connection of its own. */
  readonly finding: Finding | null;
}

/** Plays each delivery on a connection of its own. */
class SinglePlayer {
  readonly #stage: Stage;
  readonly #patience: LearntPatience;
  readonly #skips: boolean;
  readonly #resets: boolean;

  constructor(stage: Stage, patience: LearntPatience, skips: boolean, resets: boolean) {
    this.#stage = stage;
    this.#patience = patience;
    this.#skips = skips;
    this.#resets = resets;
  }

  async play(delivery: Delivery): Promise<Played> {
    const trial = await this.#stage.trial(delivery, this.#patience.usual, { resets: this.#resets });
    const finding = judgeTrial(trial, this.#stage.contract, this.#skips);
    return { play: trial.subject, suspects: finding === null ? [] : [delivery], finding };
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}

/** Plays many deliveries on one connection; answers are awaited between them. */
class PackedPlayer {
  readonly #stage: Stage;
  readonly #patience: LearntPatience;
  #session: Session | null = null;
  /** What was played on this connection. */
  #played: Delivery[] = [];

  constructor(stage: Stage, patience: LearntPatience) {
    this.#stage = stage;
    this.#patience = patience;
  }

  async play(delivery: Delivery): Promise<Played> {
    const { usual } = this.#patience;
    if (this.#session?.usable !== true) {
      await this.end();
      this.#session = await this.#stage.open(usual);
    }
    const play = await this.#stage.play(this.#session, delivery, "packed", usual);
    this.#played.push(delivery);
    const right = judgePlay(play, { contract: this.#stage.contract }) === null;
    return { play, suspects: right ? [] : this.#suspects(), finding: null };
  }

  async end(): Promise<void> {
    await this.#session?.[Symbol.asyncDispose]();
    this.#session = null;
    this.#played = [];
  }

  /** The last delivery alone, then with ever more of those before it. */
  #suspects(): Delivery[] {
    const suspects: Delivery[] = [];
    for (let size = 1;; size *= 4) {
      const last = this.#played.slice(-size);
      const bytes = last.reduce((sum, { stimulus }) => sum + stimulus.bytes.length, 0);
      if (size > 1 && bytes > MOST_JOINED) return suspects;
      suspects.push(joined(this.#stage.contract, last));
      if (size >= this.#played.length) return suspects;
    }
  }
}
