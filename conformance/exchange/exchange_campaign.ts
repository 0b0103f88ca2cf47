import type { CampaignOptions } from "../campaign/job.ts";
import { type Outcome, strictly } from "../campaign/outcome.ts";
import type { LearntPatience } from "../campaign/patience.ts";
import { caseTime } from "../campaign/case_time.ts";
import type { CaseResult } from "../campaign/result.ts";
import { isInShard } from "../shard/shard.ts";
import type { Level } from "../stimulus/level.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { Stimulus } from "../stimulus/stimulus.ts";
import { spread } from "../strategy/cut_plan.ts";
import { these } from "../strategy/deliveries.ts";
import { controlOutcome, deliveriesOutcome, edgesOutcome, livenessOutcome } from "./outcomes.ts";
import type { Learnt, Lesson, Problem } from "./controls.ts";
import type { ExchangeCase, ExchangePlan, ExchangeScene } from "./exchange_case.ts";
import type { ExchangeStage } from "./exchange_stage.ts";
import type { Exchange } from "./oracle.ts";
import { playExchanges } from "./play_exchanges.ts";
import { atSeams, RAW } from "./stimuli.ts";

/** Making a failure small takes at most this part of the time that is left. */
const SHRINK_SHARE = 20;
/** How often the control is repeated in the end. */
const LAST_CONTROLS = 2;

/** What is played, and how it is learnt what comes back. */
export interface Course extends Pick<ExchangeScene, "expect" | "free" | "pipelining" | "framed"> {
  /** The stream as kindly as it can be sent. */
  readonly base: Exchange["base"];
  /** Where one request ends and the next one begins. */
  readonly seams: readonly number[];
  /** Plays the controls of a stream. */
  learn(stream: Pick<Exchange, "base" | "seams">): Promise<Lesson>;
}

/** Options of an {@linkcode ExchangeCampaign}. */
export interface ExchangeCampaignOptions extends CampaignOptions {
  /** What becomes of answers after a half-close. */
  readonly halfClose: ExchangeScene["halfClose"];
}

/** Carries the cases of an exchange out, one after the other, once the controls have shown what is right. */
export class ExchangeCampaign {
  readonly #stage: ExchangeStage;
  readonly #patience: LearntPatience;
  readonly #options: ExchangeCampaignOptions;
  readonly #course: Course;
  /** What the controls came to; undefined before they were played. */
  #lesson: Lesson | undefined;
  /** The case since which the control fails, too. */
  #unsteadySince: string | undefined;

  /** Makes a campaign on a stage. */
  constructor(
    stage: ExchangeStage,
    patience: LearntPatience,
    course: Course,
    options: ExchangeCampaignOptions,
  ) {
    this.#stage = stage;
    this.#patience = patience;
    this.#course = course;
    this.#options = options;
  }

  /** Carries one case out. */
  async run(one: ExchangeCase): Promise<CaseResult> {
    const started = this.#stage.now();
    this.#stage.beginCase(one.id);
    const lesson = this.#lesson ??= await this.#course.learn(this.#course);
    const level = typeof one.level === "string" ? one.level : one.level(this.#course);
    const outcome = "problem" in lesson
      ? unlearnt(one, lesson.problem)
      : await this.#carryOut(one, level, lesson);
    return {
      id: one.id,
      title: one.title,
      level,
      requirement: one.requirement,
      deliveries: { played: 0, total: 0 },
      edges: { proven: 0, requested: 0 },
      ms: this.#stage.now() - started,
      ...(this.#options.strict ? strictly(outcome) : outcome),
    };
  }

  async #carryOut(one: ExchangeCase, level: Level, { exchange, plays }: Learnt): Promise<Outcome> {
    const plan = one.plan(this.#scene(one.id, exchange));
    switch (plan.kind) {
      case "nothing":
        return { verdict: plan.verdict, detail: plan.why };
      case "edges":
        return edgesOutcome(this.#stage.edge, this.#options.strict);
      case "liveness":
        return livenessOutcome(this.#stage);
      case "control":
        // The first ones were played to learn from; they are the case 0.1.
        return one.id === "0.1"
          ? controlOutcome(plays.length)
          : await this.#deliveries(one, level, exchange, lastControls(exchange));
      case "twice":
        return await this.#whileSteady(exchange, () => this.#twice(one, level));
      case "deliveries":
        return await this.#whileSteady(
          exchange,
          () => this.#deliveries(one, level, exchange, plan),
        );
    }
  }

  /** Carries a case out unless the control has failed before and still does. */
  async #whileSteady(exchange: Exchange, play: () => Promise<Outcome>): Promise<Outcome> {
    if (this.#unsteadySince === undefined) return await play();
    const { finding } = await this.#stage.trial(exchange.base, exchange, {
      patience: this.#patience.usual,
      role: "probe",
    });
    if (finding === null) {
      this.#unsteadySince = undefined;
      return await play();
    }
    const detail =
      `not run: since ${this.#unsteadySince} the unsplit stream fails: ${finding.detail}`;
    return { verdict: "INCONCLUSIVE", detail };
  }

  #scene(id: string, { base, oracle }: Exchange): ExchangeScene {
    const { expect, seams, free, pipelining, framed } = this.#course;
    const { seed, scheme, halfClose } = this.#options;
    return {
      expect,
      base,
      seams,
      free,
      pipelining,
      framed,
      staysOpen: oracle.ending.state === "open",
      scheme,
      halfClose,
      random: (name) => new RandomStream(seed, `${id}/${name}`),
    };
  }

  async #deliveries(
    one: ExchangeCase,
    level: Level,
    exchange: Exchange,
    plan: ExchangePlan & { kind: "deliveries" },
  ): Promise<Outcome> {
    const { shard } = this.#options;
    const control = one.id.startsWith("0.");
    const total = plan.deliveries.count;
    const { most = total } = plan;
    const order = [...take(spread(total), most)]
      .filter((index) => control || isInShard(shard, one.id, index));
    const tally = await playExchanges(this.#stage, exchange, plan, {
      order,
      patience: this.#patience,
      ...caseTime(one.id, this.#stage.now(), this.#options, SHRINK_SHARE),
    });
    if (tally.unsteady !== undefined) this.#unsteadySince = one.id;
    return deliveriesOutcome(tally, plan, { level, isSample: most < total });
  }

  /** The stream two times: first answered apart, which is the control, then in one chunk. */
  async #twice(one: ExchangeCase, level: Level): Promise<Outcome> {
    const { base: { stimulus } } = this.#course;
    const { length } = stimulus.bytes;
    const both = new Stimulus(RAW, [...stimulus.parts, ...stimulus.parts]);
    const base = atSeams({ stimulus: both, cuts: [], waits: [], end: "none" }, [length]);
    const lesson = await this.#course.learn({ base, seams: [length] });
    if ("problem" in lesson) {
      const detail = `the stream can be played only once on a connection: ${lesson.problem.detail}`;
      return { verdict: "INFO", detail };
    }
    const atOnce = { ...base, cuts: [], waits: [] };
    const plan = { kind: "deliveries", deliveries: these([atOnce]) } as const;
    const outcome = await this.#deliveries(one, level, lesson.exchange, plan);
    // Which requests are apart in the control is not in a cut list: the case itself is the replay.
    const { counterexample: _, ...rest } = outcome;
    return rest;
  }
}

/** What becomes of a case when the controls did not show what is right. */
function unlearnt({ id }: ExchangeCase, problem: Problem): Outcome {
  return id === "0.1"
    ? problem
    : { verdict: "INCONCLUSIVE", detail: "not run: the control 0.1 failed" };
}

function* take<T>(items: Iterable<T>, most: number): Generator<T> {
  let left = most;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}

function lastControls({ base }: Exchange): ExchangePlan & { kind: "deliveries" } {
  return {
    kind: "deliveries",
    deliveries: these(Array.from({ length: LAST_CONTROLS }, () => base)),
  };
}
