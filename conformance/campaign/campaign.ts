import type { ConformanceCase, Plan, Scene } from "../cases/case.ts";
import { resultOf } from "./result_of.ts";
import { planFor } from "../cases/plan_for.ts";
import type { Verdict } from "../judge/verdict.ts";
import { isInShard, NOT_HERE } from "../shard/shard.ts";
import { PayloadSource, type PayloadStyle } from "../stimulus/payloads.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { type CampaignOptions, isControl, type Job } from "./job.ts";
import { carryOutDeliveries } from "./kinds/deliveries.ts";
import { carryOutEdges } from "./kinds/edges.ts";
import { carryOutFalseExpectation } from "./kinds/false_expectation.ts";
import { carryOutGrowth } from "./kinds/growth.ts";
import { carryOutIsolation } from "./kinds/isolation.ts";
import { carryOutKeptOpen } from "./kinds/kept_open.ts";
import { carryOutLiveness } from "./kinds/liveness.ts";
import { carryOutParallel } from "./kinds/parallel.ts";
import { carryOutProxied } from "./kinds/proxied.ts";
import { carryOutRoundTrip } from "./kinds/round_trip.ts";
import { carryOutUnread } from "./kinds/unread.ts";
import { closesAfterAnswer, ONE_FRAME, oneFrameEach } from "./one_frame.ts";
import type { Outcome } from "./outcome.ts";
import type { LearntPatience } from "./patience.ts";
import type { CaseResult } from "./result.ts";
import type { Stage } from "./stage.ts";

/** The control whose failure makes all other verdicts worthless. */
const GATE = "0.2";
/** The control whose failure means that splits are tested frame by frame. */
const WHOLE = "0.1";
/** The control whose failure means that payloads are text from then on. */
const BINARY = "0.3";
/** The control whose failure means that there are no empty payloads from then on. */
const EMPTY = "3.1";

/** Carries cases out, one after the other, and remembers what the controls showed. */
export class Campaign {
  readonly #stage: Stage;
  readonly #patience: LearntPatience;
  readonly #options: CampaignOptions;
  #style: PayloadStyle = { letters: "text", empty: true };
  #apart = false;
  #gateFailed = false;

  /** Makes a campaign on a stage. */
  constructor(stage: Stage, patience: LearntPatience, options: CampaignOptions) {
    this.#stage = stage;
    this.#patience = patience;
    this.#options = options;
  }

  /**
   * Carries one case out.
   *
   * @throws {HarnessFaultError} if the harness does not see what it must see.
   */
  async run(one: ConformanceCase): Promise<CaseResult> {
    return await resultOf(one, this.#stage, this.#options, async () => {
      const outcome = await this.#gated(one);
      this.#learn(one.id, outcome.verdict);
      return outcome;
    });
  }

  /** The outcome; of the gate once more, with one frame for each connection, where the target takes only one. */
  async #gated(one: ConformanceCase): Promise<Outcome> {
    const outcome = await this.#outcome(one);
    if (one.id !== GATE || outcome.cause !== "LOST") return outcome;
    if (!await closesAfterAnswer(this.#stage, this.#patience)) return outcome;
    this.#stage.oneFrame = true;
    this.#style = { ...this.#style, single: true };
    const again = await this.#outcome(one);
    return again.verdict === "PASS" ? { ...again, detail: ONE_FRAME } : again;
  }

  async #outcome(one: ConformanceCase): Promise<Outcome> {
    if (this.#gateFailed) {
      return { verdict: "INCONCLUSIVE", detail: `not run: the control ${GATE} failed` };
    }
    const planned = planFor(one, this.#scene(one.id));
    const plan = this.#stage.oneFrame ? oneFrameEach(this.#stage.contract, planned) : planned;
    if (!this.#isHere(plan, one)) return { verdict: "INFO", detail: NOT_HERE };
    return await carryOut(plan, {
      one,
      stage: this.#stage,
      patience: this.#patience,
      options: this.#options,
      apart: this.#apart,
    });
  }

  /** Whether any of the plan falls into this shard. Only deliveries are split; anything else is done by one shard. */
  #isHere(plan: Plan, one: ConformanceCase): boolean {
    const { shard } = this.#options;
    if (isControl(one) || plan.kind === "nothing") return true;
    const count = plan.kind === "deliveries" ? plan.deliveries.count : 1;
    const looked = Math.min(count, shard?.of ?? 1);
    return count === 0 ||
      Array.from({ length: looked }, (_, i) => i).some((i) => isInShard(shard, one.id, i));
  }

  #scene(id: string): Scene {
    const { contract, target: { noReset } } = this.#stage;
    const { seed, scheme, pairs, idleMs } = this.#options;
    const random = (name: string) => new RandomStream(seed, `${id}/${name}`);
    // Whether any bytes come through is what this control is to find out.
    const style: PayloadStyle = id === BINARY ? { ...this.#style, letters: "binary" } : this.#style;
    return {
      contract,
      scheme,
      random,
      payloads: (name = "payloads") => new PayloadSource(contract, random(name), style),
      ...(noReset === undefined ? {} : { noReset }),
      ...(pairs === undefined ? {} : { pairs }),
      ...(idleMs === undefined ? {} : { idleMs }),
    };
  }

  #learn(id: string, verdict: Verdict): void {
    const failed = verdict !== "PASS";
    if (id === GATE) this.#gateFailed = failed;
    if (id === WHOLE) this.#apart = failed;
    if (id === BINARY && !failed) this.#style = { ...this.#style, letters: "binary" };
    if (id === EMPTY && verdict === "FAIL") this.#style = { ...this.#style, empty: false };
  }
}

/** Every kind of plan is one file in kinds/ and one line here. */
async function carryOut(plan: Plan, job: Job): Promise<Outcome> {
  switch (plan.kind) {
    case "nothing":
      return { verdict: plan.verdict, detail: plan.why };
    case "deliveries":
      return await carryOutDeliveries(plan, job);
    case "edges":
      return carryOutEdges(job);
    case "false-expectation":
      return await carryOutFalseExpectation(plan, job);
    case "growth":
      return await carryOutGrowth(plan, job);
    case "isolation":
      return await carryOutIsolation(plan, job);
    case "kept-open":
      return await carryOutKeptOpen(plan, job);
    case "liveness":
      return carryOutLiveness(job);
    case "parallel":
      return await carryOutParallel(plan, job);
    case "proxied":
      return await carryOutProxied(plan, job);
    case "round-trip":
      return await carryOutRoundTrip(plan, job);
    case "unread":
      return await carryOutUnread(plan, job);
  }
}
