import type { LearntPatience } from "../campaign/patience.ts";
import { broken, type Outcome } from "../campaign/outcome.ts";
import { resultOf } from "../campaign/result_of.ts";
import { caseTime } from "../campaign/case_time.ts";
import type { CaseResult } from "../campaign/result.ts";
import { edgesOutcome } from "../exchange/outcomes.ts";
import { isInShard, type Shard } from "../shard/shard.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import type { Deliveries } from "../strategy/deliveries.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { type DatagramCase, GATE } from "./datagram_cases.ts";
import type { DatagramPlan, DatagramScene } from "./datagram_plan.ts";
import type { DatagramStage } from "./datagram_stage.ts";
import { judgeVolley } from "./judge_volley.ts";
import { from, Messages } from "./messages.ts";
import { playVolleys, type VolleyTally } from "./play_volleys.ts";
import { unfinishedMessages } from "./unfinished_messages.ts";
import { volley } from "./volley.ts";
import { certificateOf, outcomeOf } from "./volley_outcome.ts";

/** Making a failure small takes at most this part of the time that is left. */
const SHRINK_SHARE = 8;

/** What a campaign of datagrams needs to know. */
export interface DatagramCampaignOptions {
  /** Seed of all that is random. */
  readonly seed: number;
  /** Whether doubt is worth a verdict of its own. */
  readonly strict: boolean;
  /** When the run should be over, in ms of the run. */
  readonly budgetMs: number;
  /** Most time for making one failure small, in ms. */
  readonly shrinkMs: number;
  /** Which part of the run this is, when it is split over machines. */
  readonly shard?: Shard;
}

/** Carries the cases out, one after the other. */
export class DatagramCampaign {
  readonly #stage: DatagramStage;
  readonly #patience: LearntPatience;
  readonly #options: DatagramCampaignOptions;
  readonly #plain: Delivery;
  /** Whether the control has shown that the target does what it promises when nobody makes it hard. */
  #isOpen = false;

  /** Makes a campaign on a stage. */
  constructor(stage: DatagramStage, patience: LearntPatience, options: DatagramCampaignOptions) {
    this.#stage = stage;
    this.#patience = patience;
    this.#options = options;
    const messages = new Messages(new RandomStream(options.seed, "plain"), stage.contract);
    this.#plain = volley(from(0, [messages.plain()]), stage.contract.framing);
  }

  /** Carries one case out. */
  async run(one: DatagramCase): Promise<CaseResult> {
    return await resultOf(one, this.#stage, this.#options, () => this.#outcome(one));
  }

  async #outcome(one: DatagramCase): Promise<Outcome> {
    const { contract, target } = this.#stage;
    const scene: DatagramScene = {
      contract,
      scheme: target.endpoint.scheme,
      random: (name) => new RandomStream(this.#options.seed, `${one.id}/${name}`),
    };
    const plan = one.plan(scene);
    if (plan.kind === "nothing") return { verdict: plan.verdict, detail: plan.why };
    if (plan.kind === "edges") return edgesOutcome(this.#stage.edge, this.#options.strict);
    if (one.id !== GATE && !this.#isOpen) {
      return { verdict: "INCONCLUSIVE", detail: `not run: the control ${GATE} failed` };
    }
    switch (plan.kind) {
      case "volleys":
        return await this.#volleys(one, plan);
      case "false-expectation":
        return await this.#falseExpectation(plan.volley);
      case "liveness":
        return await this.#liveness(one);
      case "memory":
        return await unfinishedMessages(this.#stage, plan, one, {
          patience: this.#patience,
          play: (volleys) => this.#play(one, volleys),
        });
    }
  }

  async #volleys(
    one: DatagramCase,
    plan: DatagramPlan & { kind: "volleys" },
  ): Promise<Outcome> {
    const tally = await this.#play(one, plan.volleys);
    const outcome = outcomeOf(tally, one, plan.volleys.count);
    if (one.id === GATE && outcome.verdict === "PASS") {
      this.#isOpen = true;
      this.#learn();
    }
    const certificate = certificateOf(plan, tally);
    return certificate === undefined ? outcome : { ...outcome, certificate };
  }

  async #play(one: DatagramCase, volleys: Deliveries): Promise<VolleyTally> {
    const { shard } = this.#options;
    const order = Array.from({ length: volleys.count }, (_, i) => i)
      .filter((index) => isInShard(shard, one.id, index));
    return await playVolleys(this.#stage, volleys, {
      patience: this.#patience,
      order,
      ...caseTime(one.id, this.#stage.now(), this.#options, SHRINK_SHARE),
      plain: this.#plain,
      framing: this.#stage.contract.framing,
    });
  }

  /** Learns from the control how long an answer takes. */
  #learn(): void {
    this.#patience.learn(this.#stage.slowestMs);
  }

  async #falseExpectation(one: Delivery): Promise<Outcome> {
    const { contract } = this.#stage;
    if (!contract.expectation.answers) {
      return { verdict: "UNSUPPORTED", detail: "no answers are expected" };
    }
    await this.#stage.renew();
    const play = await this.#stage.play(one, this.#patience.full, "subject");
    const wrong = {
      ...contract.expectation,
      answer: (payload: Uint8Array) => contract.expectation.answer(payload).map((byte) => byte ^ 1),
    };
    const found = judgeVolley(play, { ...contract, expectation: wrong });
    return found === null
      ? { verdict: "FAIL", detail: "the judge did not object to a wrong answer" }
      : { verdict: "PASS", detail: `objected as it must: ${found.cause}` };
  }

  async #liveness(one: DatagramCase): Promise<Outcome> {
    await this.#stage.renew();
    const { finding } = await this.#stage.trial(this.#plain, this.#patience.full, "follow-up");
    const { restarts } = this.#stage.target;
    if (finding !== null) return broken(one.level, finding);
    if (restarts === 0) return { verdict: "PASS", detail: "" };
    const detail = `it had to be started again ${restarts} times`;
    return broken(one.level, { cause: "CRASH", detail });
  }
}
