import { equals } from "@std/bytes/equals";
import type { PlanOf } from "../cases/case.ts";
import { judgePlay, showsSkip } from "../judge/judge_play.ts";
import { type JudgeTrial, TRIAL_RULES } from "../judge/trial_rules.ts";
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
  /** Which of the deliveries are played here, by index; by default all. */
  readonly isHere?: (index: number) => boolean;
}

/**
 * Plays the deliveries of a case, packed on one connection where that is possible, and stops at the first failure
 * that repeats on fresh connections.
 */
export async function playDeliveries(
  stage: Stage,
  plan: PlanOf<"deliveries">,
  options: PlayOptions,
): Promise<Tally> {
  const { packed = false, resets = false, policy } = plan;
  const { patience } = options;
  const normal = options.apart && !plan.joins ? keptApart : (one: Delivery) => one;
  const deliveries = mapped(plan.deliveries, normal);
  const judge = TRIAL_RULES[plan.judge ?? "answers"];
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
    : new SinglePlayer(stage, { patience, judge, skips, resets });
  const examination: ExamineOptions = { ...options, judge, skips, resets, normal };
  const isOver = async (played: Played) => {
    const { suspects, finding } = played;
    await player.end();
    // What is less binding than the case is told once and does not end it: worse may follow.
    if (isLesser(finding) && tally.confirmed !== null) return false;
    const confirmed = await examine(stage, suspects, examination, finding);
    tally.confirmed = confirmed ?? tally.confirmed;
    if (confirmed !== null) return !isLesser(confirmed.finding);
    if (!isSlow(played)) return ++tally.doubts === MOST_DOUBTS;
    tally.slow++;
    return false;
  };
  try {
    const order = packed ? spread(deliveries.count) : counted(deliveries.count);
    for (const group of grouped(order, plan.together ?? 1, options.isHere)) {
      if (stage.now() > options.deadlineMs && tally.passed > 0) {
        tally.outOfTime = true;
        break;
      }
      for (const played of await player.play(group.map((index) => deliveries.at(index)))) {
        const known = isLesser(played.finding) && tally.confirmed !== null;
        if (played.suspects.length > 0 && await isOver(played)) return tally;
        // A slow one was right when it was repeated; its edges were proven then, but they are not counted.
        if (played.suspects.length === 0) count(tally, played.play);
        else if (known || isSlow(played)) tally.passed++;
      }
    }
    // What came unasked after the last delivery shows before the answer to one more frame.
    const [last] = packed ? await player.play([stage.plain]) : [];
    if (last !== undefined && last.suspects.length > 0) await isOver(last);
  } finally {
    await player.end();
  }
  return tally;
}

/** Whether a finding is less binding than its case. */
function isLesser(finding: Finding | null): boolean {
  return finding?.level !== undefined;
}

function* counted(count: number): Generator<number> {
  for (let i = 0; i < count; i++) yield i;
}

/** Those that are played here, in groups of `size`. */
function* grouped(
  order: Iterable<number>,
  size: number,
  isHere: (index: number) => boolean = () => true,
): Generator<number[]> {
  let group: number[] = [];
  for (const index of order) {
    if (isHere(index)) group.push(index);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
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
function isSlow({ play: { state, undecodable, answers, delivery }, finding }: Played): boolean {
  if (state !== "open" || undecodable !== undefined) return false;
  // Behind bad bytes the judge knows best what may come; where it found nothing but silence, that is all.
  if (finding?.cause === "HANG") return true;
  const { frames } = delivery.stimulus;
  return answers.length <= frames.length &&
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

/** What playing on connections of their own needs. */
interface SingleOptions {
  readonly patience: LearntPatience;
  readonly judge: JudgeTrial;
  readonly skips: boolean;
  readonly resets: boolean;
}

/** Plays each delivery on a connection of its own, several of them at once. */
class SinglePlayer {
  readonly #stage: Stage;
  readonly #options: SingleOptions;

  constructor(stage: Stage, options: SingleOptions) {
    this.#stage = stage;
    this.#options = options;
  }

  async play(deliveries: readonly Delivery[]): Promise<Played[]> {
    const { patience: { usual }, judge, skips, resets } = this.#options;
    const stage = this.#stage;
    const sessions: (Session | null)[] = [];
    for (const delivery of deliveries) {
      sessions.push(await stage.openFor(delivery, usual, resets));
    }
    return await Promise.all(deliveries.map(async (delivery, i) => {
      const trial = await stage.trialOn(sessions[i] ?? null, delivery, usual);
      const finding = judge(trial, stage.contract, skips);
      return { play: trial.subject, suspects: finding === null ? [] : [delivery], finding };
    }));
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

  async play(deliveries: readonly Delivery[]): Promise<Played[]> {
    const played: Played[] = [];
    for (const delivery of deliveries) played.push(await this.#playOne(delivery));
    return played;
  }

  async #playOne(delivery: Delivery): Promise<Played> {
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
