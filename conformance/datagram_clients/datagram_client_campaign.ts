import type { CampaignOptions } from "../campaign/job.ts";
import { broken, type Outcome } from "../campaign/outcome.ts";
import { resultOf } from "../campaign/result_of.ts";
import { caseTime } from "../campaign/case_time.ts";
import type { CaseResult } from "../campaign/result.ts";
import { describeOutput } from "../client_output/output.ts";
import { outputOutcome } from "../client_output/output_outcome.ts";
import type { OutputPatience } from "../client_output/output_patience.ts";
import { playOutputs } from "../client_output/play_outputs.ts";
import { edgesOutcome } from "../exchange/outcomes.ts";
import type { Finding } from "../judge/verdict.ts";
import { isInShard } from "../shard/shard.ts";
import { answerDatagrams, otherAnswer } from "./answer_datagrams.ts";
import { answered, deliveryOf } from "./answer_script.ts";
import { type ClientCase, GATE } from "./client_cases.ts";
import { alikeOf, controlOf, differenceOf } from "./client_control.ts";
import { type ClientPlan, type ClientScene, sceneOf } from "./client_plan.ts";
import type { ClientControl, ClientPlay } from "./client_play.ts";
import type { DatagramClientStage } from "./datagram_client_stage.ts";
import {
  type ClientContract,
  judgeAsked,
  judgeClient,
  judgeClientEnd,
  readOf,
} from "./judge_client.ts";
import { judgeRequests } from "./judge_requests.ts";
import { smallerScript } from "./smaller_script.ts";
import { floodOutcome } from "./unfinished_answers.ts";

/** Making a failure small takes at most this part of the time that is left. */
const SHRINK_SHARE = 8;
/** Most time for sending what is never finished, in ms. */
const FLOOD_MS = 20_000;

/** What a client has to keep, and what it is to send. */
export interface DatagramClientContract extends ClientContract {
  /** The right answer to a message. */
  answer(message: Uint8Array): Uint8Array;
  /** The messages that it is to send, if that was told. */
  readonly sends?: readonly Uint8Array[];
}

/** Carries the cases out, one after the other, once the control has shown what the client does. */
export class DatagramClientCampaign {
  readonly #stage: DatagramClientStage;
  readonly #patience: OutputPatience;
  readonly #options: Omit<CampaignOptions, "scheme">;
  readonly #contract: DatagramClientContract;
  /** Answers everything as it should be. */
  readonly #base;
  /** What the client does; undefined as long as the control has not passed. */
  #control: ClientControl | undefined;
  /** What is wrong with what it sent in the control. */
  #asked: Finding | undefined;

  /** Makes a campaign on a stage. */
  constructor(
    stage: DatagramClientStage,
    patience: OutputPatience,
    contract: DatagramClientContract,
    options: Omit<CampaignOptions, "scheme">,
  ) {
    this.#stage = stage;
    this.#patience = patience;
    this.#contract = contract;
    this.#options = options;
    this.#base = deliveryOf({ asks: [], silent: false }, contract.framing);
  }

  /** Carries one case out. */
  async run(one: ClientCase): Promise<CaseResult> {
    return await resultOf(one, this.#stage, this.#options, () => this.#outcome(one));
  }

  async #outcome(one: ClientCase): Promise<Outcome> {
    if (one.id === GATE) return await this.#gate(one);
    const control = this.#control;
    if (control === undefined) {
      // What it sends is judged even where nobody can answer it.
      const plan = this.#asked === undefined ? undefined : one.plan(this.#scene(one, NOTHING));
      return plan?.kind === "asked" && this.#asked !== undefined
        ? broken(one.level, this.#asked)
        : { verdict: "INCONCLUSIVE", detail: `not run: the control ${GATE} failed` };
    }
    const plan = one.plan(this.#scene(one, control));
    switch (plan.kind) {
      case "nothing":
        return { verdict: "UNSUPPORTED", detail: plan.why };
      case "edges":
        return edgesOutcome(this.#stage.edge, this.#options.strict);
      case "false-expectation":
        return control.shows
          ? { verdict: "PASS", detail: "" }
          : { verdict: "INFO", detail: "a wrong answer does not show, so the others prove little" };
      case "asked":
        return this.#whatWasAsked(one, control);
      case "control":
        return await this.#again(plan.times, control);
      case "scripts":
        return await this.#scripts(one, plan, control);
    }
  }

  #scene({ id }: ClientCase, control: ClientControl): ClientScene {
    return sceneOf(id, control, { ...this.#contract, seed: this.#options.seed });
  }

  /** Finds out what the client does when all is answered, when nothing is, and when the answers are wrong. */
  async #gate(one: ClientCase): Promise<Outcome> {
    const plan = one.plan(this.#scene(one, NOTHING));
    const times = plan.kind === "control" ? plan.times : 1;
    const plays: ClientPlay[] = [];
    let alike: readonly ClientPlay[] = [], why = "";
    // On a busy machine an answer of ours may come late; then it is asked again, which is no other client.
    while (alike.length < times && plays.length < 2 * times - 1) {
      const play = await this.#stage.play(this.#base, this.#patience.fullMs);
      const wrong = judgeAsked(play, this.#contract);
      if (wrong !== null) {
        this.#asked = wrong;
        return broken(one.level, wrong);
      }
      const unfit = whyNoControl(play);
      if (unfit !== undefined) return { verdict: "INCONCLUSIVE", detail: unfit };
      why ||= plays.map((other) => differenceOf(other, play)).find((one) => one !== "") ?? "";
      plays.push(play);
      alike = alikeOf(plays);
    }
    const [first] = alike;
    if (first === undefined || alike.length < times) {
      return { verdict: "INCONCLUSIVE", detail: why };
    }
    const took = alike.map(({ startedMs, finishedMs }) => finishedMs - startedMs);
    this.#patience.learn(Math.max(...took));
    this.#control = await this.#controlOf(first);
    return {
      verdict: "PASS",
      detail: `${times} times ${describeOutput(first.output)}`,
      deliveries: { played: times, total: times },
    };
  }

  async #controlOf(right: ClientPlay): Promise<ClientControl> {
    const { framing, answer } = this.#contract;
    const { fullMs } = this.#patience;
    const silence = deliveryOf({ asks: [], silent: true }, framing);
    const unanswered = await this.#stage.play(silence, fullMs, "probe");
    this.#patience.learn(unanswered.pauseMs);
    const asks = right.asked.map(({ bytes }, i) => {
      const other = otherAnswer(answer(bytes));
      return answered(
        ...answerDatagrams(other, { framing, count: 1, messageId: BigInt(2 * i) }),
      );
    });
    const wrong = await this.#stage.play(
      deliveryOf({ asks, silent: true }, framing),
      fullMs,
      "probe",
    );
    return controlOf({ answered: right, unanswered, wrong }, answer);
  }

  #whatWasAsked({ level }: ClientCase, { asked }: ClientControl): Outcome {
    const { sends } = this.#contract;
    const finding = sends === undefined ? null : judgeRequests(asked, sends);
    if (finding !== null) return broken(level, finding);
    const lengths = asked.map(({ length }) => length).join(", ");
    const told = sends === undefined ? "; what it is to send was not told (--sends)" : "";
    return { verdict: "PASS", detail: `it sends messages of ${lengths} bytes${told}` };
  }

  async #again(times: number, control: ClientControl): Promise<Outcome> {
    for (let i = 0; i < times; i++) {
      const play = await this.#stage.play(this.#base, this.#patience.fullMs);
      const finding = judgeClient(play, control, this.#contract);
      if (finding !== null) return { verdict: "INCONCLUSIVE", detail: finding.detail };
    }
    return { verdict: "PASS", detail: "", deliveries: { played: times, total: times } };
  }

  async #scripts(
    one: ClientCase,
    { scripts, covers, unfinished }: ClientPlan & { kind: "scripts" },
    control: ClientControl,
  ): Promise<Outcome> {
    const { shard } = this.#options;
    const total = scripts.count;
    const all = Array.from({ length: total }, (_, i) => i);
    const judge = (play: ClientPlay) => judgeClient(play, control, this.#contract);
    const tally = await playOutputs(this.#stage, scripts, {
      base: this.#base,
      judge,
      judgeBase: judge,
      smaller: (failing, options) => smallerScript(failing, this.#contract.framing, options),
      edgesOf: (play) => readOf(play, control, this.#contract.framing),
      order: all.filter((index) => isInShard(shard, one.id, index)),
      patience: this.#patience,
      ...caseTime(one.id, this.#stage.now(), this.#options, SHRINK_SHARE),
    });
    const outcome = outputOutcome(tally, one, {
      total,
      ...(covers === undefined ? {} : { covers }),
    });
    if (unfinished === undefined || outcome.verdict !== "PASS") return outcome;
    return floodOutcome(outcome, one.level, await this.#stage.flood(unfinished, FLOOD_MS));
  }
}

/** A client of which nothing is known yet. */
const NOTHING: ClientControl = {
  asked: [],
  answers: [],
  output: { stdout: new Uint8Array(0), length: 0, end: undefined },
  unanswered: new Uint8Array(0),
  atOnce: 0,
  shows: false,
};

/** Why a play cannot be what everything is compared with. */
function whyNoControl(play: ClientPlay): string | undefined {
  const { asked, output, over } = play;
  if (asked.length === 0) return `the client asks nothing: ${describeOutput(output)}`;
  if (over === "asking") return "the client asks again and again, and does not end";
  const broken = judgeClientEnd(play);
  return broken === null ? undefined : `the client, answered as it should be: ${broken.detail}`;
}
