import type { CampaignOptions } from "../campaign/job.ts";
import type { Outcome } from "../campaign/outcome.ts";
import { resultOf } from "../campaign/result_of.ts";
import { caseTime } from "../campaign/case_time.ts";
import type { CaseResult } from "../campaign/result.ts";
import { edgesOutcome } from "../exchange/outcomes.ts";
import { smaller } from "../exchange/smaller.ts";
import { upTo } from "../exchange/stimuli.ts";
import { isInShard } from "../shard/shard.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { spread } from "../strategy/cut_plan.ts";
import { cutting, type Deliveries, mapped } from "../strategy/deliveries.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { judgeEnd, judgeTruncated, judgeWhole, type OutputJudge } from "./judge_output.ts";
import {
  describeOutput,
  edgesOfOutput,
  endedSame,
  type Output,
  type OutputPlay,
  printedSame,
} from "./output.ts";
import type { OutputCase, OutputPlan } from "./output_cases.ts";
import { outputOutcome } from "./output_outcome.ts";
import type { OutputPatience } from "./output_patience.ts";
import type { OutputStage } from "./output_stage.ts";
import { playOutputs, type PlayOutputsOptions } from "./play_outputs.ts";

/** Making a failure small takes at most this part of the time that is left. */
const SHRINK_SHARE = 8;
/** The control whose failure makes all other verdicts worthless. */
const GATE = "0.1";
/** What a client says by its exit code when all went well. */
const SUCCESS = 0;

/** How much of the stream the client needs. */
interface Need {
  /** Bytes with which it is content while the connection stays open; undefined when none are enough: it waits for FIN. */
  readonly bytes: number | undefined;
}

/** Carries the cases out, one after the other, once the control has shown what the client makes of the stream. */
export class OutputCampaign {
  readonly #stage: OutputStage;
  readonly #patience: OutputPatience;
  readonly #options: CampaignOptions;
  readonly #base: Delivery;
  /** What the client makes of the uncut stream; undefined as long as the control has not passed. */
  #expected: Output | undefined;
  #need: Need | undefined;

  /** Makes a campaign on a stage; `base` is the uncut stream. */
  constructor(
    stage: OutputStage,
    patience: OutputPatience,
    base: Delivery,
    options: CampaignOptions,
  ) {
    this.#stage = stage;
    this.#patience = patience;
    this.#base = base;
    this.#options = options;
  }

  /** Carries one case out. */
  async run(one: OutputCase): Promise<CaseResult> {
    return await resultOf(one, this.#stage, this.#options, () => this.#outcome(one));
  }

  async #outcome(one: OutputCase): Promise<Outcome> {
    const { seed, scheme } = this.#options;
    const random = new RandomStream(seed, `${one.id}/cuts`);
    const plan = one.plan({
      base: this.#base,
      scheme,
      random,
      noReset: this.#stage.target.noReset,
    });
    if (plan.kind === "edges") return edgesOutcome(this.#stage.edge, this.#options.strict);
    if (plan.kind === "control") return await this.#control(one, plan.times);
    const expected = this.#expected;
    if (expected === undefined) {
      return { verdict: "INCONCLUSIVE", detail: `not run: the control ${GATE} failed` };
    }
    switch (plan.kind) {
      case "nothing":
        return { verdict: "UNSUPPORTED", detail: plan.why };
      case "cuts":
        return await this.#cuts(one, plan, expected);
      case "truncate":
        return await this.#truncated(one, plan, expected);
    }
  }

  /** The uncut stream several times, one after the other: what the first one shows, the others must show as well. */
  async #control(one: OutputCase, times: number): Promise<Outcome> {
    const outputs = this.#expected === undefined ? [] : [this.#expected];
    if (one.id !== GATE && outputs.length === 0) {
      return { verdict: "INCONCLUSIVE", detail: `not run: the control ${GATE} failed` };
    }
    for (let i = 0; i < times; i++) {
      const play = await this.#stage.play(this.#base, this.#patience.fullMs);
      const { output, startedMs, finishedMs } = play;
      const wrong = play.state === "refused"
        ? "the client does not dial"
        : judgeEnd(play) !== null
        ? `the client makes ${describeOutput(output)} of the uncut stream`
        : undefined;
      if (wrong !== undefined) return { verdict: "INCONCLUSIVE", detail: wrong };
      const [first = output] = outputs;
      if (!printedSame(first, output) || !endedSame(first, output)) {
        const both = `${describeOutput(first)}, then ${describeOutput(output)}`;
        return {
          verdict: "INCONCLUSIVE",
          detail: `the same stream came to different ends: ${both}`,
        };
      }
      this.#patience.learn(finishedMs - startedMs);
      outputs.push(output);
    }
    this.#expected ??= outputs[0];
    const [made] = outputs;
    const detail = made === undefined ? "" : `${times} times ${describeOutput(made)}`;
    return { verdict: "PASS", detail, deliveries: { played: times, total: times } };
  }

  async #cuts(
    one: OutputCase,
    { plan, covers }: OutputPlan & { kind: "cuts" },
    expected: Output,
  ): Promise<Outcome> {
    const deliveries = mapped(
      cutting(this.#base.stimulus, plan),
      (delivery) => ({ ...delivery, end: this.#base.end }),
    );
    return await this.#played(one, deliveries, { expected, judge: judgeWhole }, covers);
  }

  /** The stream cut off at every offset before the client has all that it needs. */
  async #truncated(
    one: OutputCase,
    { end, at }: OutputPlan & { kind: "truncate" },
    expected: Output,
  ): Promise<Outcome> {
    const { bytes } = this.#need ??= await this.#whatIsNeeded(expected);
    const toEnd = bytes === undefined;
    const count = (bytes ?? this.#base.stimulus.bytes.length) - 1;
    const all: Deliveries = at === undefined
      ? { count, at: (index) => upTo(this.#base, index + 1, end) }
      : { count: 1, at: () => upTo(this.#base, at, end) };
    const silent = expected.end?.code !== SUCCESS;
    const outcome = await this.#played(one, all, {
      expected,
      judge: toEnd || silent ? judgeEnd : judgeTruncated,
      // It has not taken a part for the whole, if it needs no more than that part.
      isBlamed: async ({ stimulus }, { cause }) =>
        cause !== "PHANTOM" ||
        !await this.#isContent(stimulus.bytes.length, expected, this.#patience.fullMs),
    });
    if (outcome.verdict !== "PASS") return outcome;
    if (toEnd) {
      const why = "it reads to the end of the connection, so FIN is no truncation to it";
      return { ...outcome, verdict: "INFO", detail: `${why}; judged was only that it ends` };
    }
    if (silent) {
      const why = "its exit code is not 0 for the whole stream, so success cannot be told";
      return { ...outcome, verdict: "INFO", detail: `${why}; judged was only that it ends` };
    }
    return outcome;
  }

  /** How much of the stream makes the client content while the connection stays open. */
  async #whatIsNeeded(expected: Output): Promise<Need> {
    const isContent = (bytes: number) => this.#isContent(bytes, expected, this.#patience.usualMs);
    const { length } = this.#base.stimulus.bytes;
    if (!await isContent(length)) return { bytes: undefined };
    if (length < 2 || !await isContent(length - 1)) return { bytes: length };
    let tooFew = 0, enough = length - 1;
    while (enough - tooFew > 1) {
      const middle = Math.floor((tooFew + enough) / 2);
      if (await isContent(middle)) enough = middle;
      else tooFew = middle;
    }
    return { bytes: enough };
  }

  async #isContent(bytes: number, expected: Output, ms: number): Promise<boolean> {
    const play = await this.#stage.play(upTo(this.#base, bytes, "none"), ms, "probe");
    return judgeWhole(play, expected) === null;
  }

  async #played(
    one: OutputCase,
    deliveries: Deliveries,
    { expected, judge, isBlamed }: {
      readonly expected: Output;
      readonly judge: OutputJudge;
      readonly isBlamed?: PlayOutputsOptions<OutputPlay>["isBlamed"];
    },
    covers?: string,
  ): Promise<Outcome> {
    const { shard } = this.#options;
    const total = deliveries.count;
    const tally = await playOutputs(this.#stage, deliveries, {
      base: this.#base,
      judge: (play) => judge(play, expected),
      judgeBase: (play) => judgeWhole(play, expected),
      smaller: (failing, options) => smaller(failing, { seams: [] }, options),
      edgesOf: edgesOfOutput,
      ...(isBlamed === undefined ? {} : { isBlamed }),
      order: [...spread(total)].filter((index) => isInShard(shard, one.id, index)),
      patience: this.#patience,
      ...caseTime(one.id, this.#stage.now(), this.#options, SHRINK_SHARE),
    });
    return outputOutcome(tally, one, { total, ...(covers === undefined ? {} : { covers }) });
  }
}
