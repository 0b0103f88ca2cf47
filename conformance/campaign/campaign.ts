import { hexText } from "../../protocol/framing/hex.ts";
import { type ConformanceCase, type Plan, type Scene, unsupported } from "../cases/case.ts";
import { judgePlay } from "../judge/judge_play.ts";
import type { Verdict } from "../judge/verdict.ts";
import type { Contract } from "../stimulus/contract.ts";
import { PayloadSource, type PayloadStyle, UncarriableError } from "../stimulus/payloads.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { Stimulus } from "../stimulus/stimulus.ts";
import type { Delivery } from "../strategy/delivery.ts";
import type { LearntPatience } from "./patience.ts";
import { playDeliveries, type Tally } from "./play_deliveries.ts";
import { playParallel } from "./play_parallel.ts";
import type { CaseResult, Counterexample } from "./result.ts";
import type { Stage } from "./stage.ts";

/** Something is wrong with the harness itself; no verdict of this run can be trusted. */
export class HarnessFaultError extends Error {
  /** The class of the error. */
  override readonly name = "HarnessFaultError";
}

/** The control whose failure makes all other verdicts worthless. */
const GATE = "0.2";
/** The control whose failure means that splits are tested frame by frame. */
const WHOLE = "0.1";
/** The control whose failure means that payloads are text from then on. */
const BINARY = "0.3";

/** The control whose failure means that there are no empty payloads from then on. */
const EMPTY = "3.1";

/** One case may take this part of the time that is left, and making its failure small this one. */
const CASE_SHARE = 4;
const SHRINK_SHARE = 20;

/** What a campaign needs. */
export interface CampaignOptions {
  /** Seed of all that is random. */
  readonly seed: number;
  /** Whether doubt is worth a verdict of its own. */
  readonly strict: boolean;
  /** When the run should be over, in ms of the run. */
  readonly budgetMs: number;
  /** Most time for making one failure small, in ms. */
  readonly shrinkMs: number;
  /** Transport to the target. */
  readonly scheme: Scene["scheme"];
}

/** What a case came to, before it is put into a {@linkcode CaseResult}. */
type Outcome = Pick<CaseResult, "verdict" | "detail"> & Partial<CaseResult>;

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
    const started = this.#stage.now();
    this.#stage.beginCase(one.id);
    const found = await this.#outcome(one);
    this.#learn(one.id, found.verdict);
    const outcome = this.#options.strict ? strictly(found) : found;
    return {
      id: one.id,
      title: one.title,
      level: one.level,
      requirement: one.requirement,
      deliveries: { played: 0, total: 0 },
      edges: { proven: 0, requested: 0 },
      ms: this.#stage.now() - started,
      ...outcome,
    };
  }

  async #outcome(one: ConformanceCase): Promise<Outcome> {
    if (this.#gateFailed) {
      return { verdict: "INCONCLUSIVE", detail: `not run: the control ${GATE} failed` };
    }
    const plan = this.#plan(one);
    switch (plan.kind) {
      case "nothing":
        return { verdict: plan.verdict, detail: plan.why };
      case "edges":
        return this.#edges();
      case "liveness":
        return this.#liveness();
      case "false-expectation":
        return await this.#falseExpectation(plan.delivery);
      case "parallel":
        return await this.#parallel(plan, one);
      case "deliveries":
        return await this.#deliveries(plan, one);
    }
  }

  #plan(one: ConformanceCase): Plan {
    try {
      return one.plan(this.#scene(one.id));
    } catch (error) {
      if (error instanceof UncarriableError) return unsupported(error.message);
      throw error;
    }
  }

  #scene(id: string): Scene {
    const { contract } = this.#stage;
    const { seed, scheme } = this.#options;
    const random = (name: string) => new RandomStream(seed, `${id}/${name}`);
    return {
      contract,
      scheme,
      random,
      payloads: (name = "payloads") => new PayloadSource(contract, random(name), this.#style),
    };
  }

  #learn(id: string, verdict: Verdict): void {
    const failed = verdict !== "PASS";
    if (id === GATE) this.#gateFailed = failed;
    if (id === WHOLE) this.#apart = failed;
    if (id === BINARY && !failed) this.#style = { ...this.#style, letters: "binary" };
    if (id === EMPTY && verdict === "FAIL") this.#style = { ...this.#style, empty: false };
  }

  async #deliveries(plan: Plan & { kind: "deliveries" }, one: ConformanceCase): Promise<Outcome> {
    const total = plan.deliveries.count;
    if (total === 0) return { verdict: "UNSUPPORTED", detail: "there is nothing to deliver" };
    const { budgetMs, shrinkMs } = this.#options;
    const now = this.#stage.now();
    const leftMs = Math.max(0, budgetMs - now);
    const control = one.id.startsWith("0.");
    const tally = await playDeliveries(this.#stage, plan, {
      patience: this.#patience,
      // A case may take a part of what is left, so that there is always time for the next one.
      deadlineMs: control ? Infinity : now + leftMs / CASE_SHARE,
      shrinkMs: Math.min(shrinkMs, leftMs / SHRINK_SHARE),
      apart: this.#apart,
    });
    if (control) this.#patience.learn(tally.slowestMs);
    const counts = {
      deliveries: { played: tally.passed + (tally.confirmed === null ? tally.doubts : 1), total },
      edges: tally.edges,
      ...(plan.covers === undefined ? {} : {
        certificate: { covers: plan.covers, proven: tally.proven, passed: tally.passed, total },
      }),
    };
    return { ...counts, ...this.#verdictOf(tally, one, total) };
  }

  #verdictOf(tally: Tally, one: ConformanceCase, total: number): Outcome {
    if (tally.confirmed !== null) {
      const { finding, delivery } = tally.confirmed;
      return {
        verdict: verdictAt(one.level),
        cause: finding.cause,
        detail: finding.detail,
        counterexample: counterexampleOf(delivery),
      };
    }
    if (tally.doubts > 0) {
      const detail = `${tally.doubts} deliveries failed, but not three times in a row`;
      return { verdict: "INCONCLUSIVE", detail };
    }
    if (tally.outOfTime) {
      return {
        verdict: "INFO",
        detail: `time budget: ${tally.passed} of ${total} deliveries played, all of them right`,
      };
    }
    const { proven, requested } = tally.edges;
    if (proven < requested) {
      const detail = `${proven} of ${requested} edges proven, the others assumed`;
      return { verdict: "PASS", detail };
    }
    return { verdict: "PASS", detail: "" };
  }

  #edges(): Outcome {
    const { method, reason } = this.#stage.edge;
    const detail = `${EDGE_METHODS[method]}${reason === "" ? "" : `: ${reason}`}`;
    if (method !== "none") return { verdict: "PASS", detail };
    return { verdict: this.#options.strict ? "INCONCLUSIVE" : "INFO", detail };
  }

  #liveness(): Outcome {
    const { liveness: { alive, total }, target: { restarts } } = this.#stage;
    if (total === 0) return { verdict: "INFO", detail: "there was no hostile delivery" };
    const detail = `${alive} of ${total} new connections served`;
    const deliveries = { played: total, total };
    if (restarts > 0) {
      const again = `${detail}; the target had to be started again ${restarts} times`;
      return { verdict: "FAIL", cause: "CRASH", detail: again, deliveries };
    }
    if (alive < total) return { verdict: "FAIL", cause: "HANG", detail, deliveries };
    return { verdict: "PASS", detail, deliveries };
  }

  async #falseExpectation(delivery: Delivery): Promise<Outcome> {
    const { contract } = this.#stage;
    const { expectation } = contract;
    const { subject } = await this.#stage.trial(delivery, this.#patience.usual);
    if (judgePlay(subject, { contract }) !== null) {
      return { verdict: "INCONCLUSIVE", detail: "the target did not answer a plain frame" };
    }
    const lies: Record<string, (answer: Uint8Array) => Uint8Array> = {
      "one bit more": (answer) => answer.map((byte, i) => i === 0 ? byte ^ 1 : byte),
      "one byte less": (answer) => answer.slice(1),
      "one byte more": (answer) => Uint8Array.of(...answer, 0),
    };
    for (const [name, lie] of Object.entries(lies)) {
      const answer = (payload: Uint8Array) => lie(expectation.answer(payload));
      const wrong: Contract = { ...contract, expectation: { ...expectation, answer } };
      const stimulus = new Stimulus(wrong, delivery.stimulus.parts);
      const play = { ...subject, delivery: { ...delivery, stimulus } };
      if (judgePlay(play, { contract: wrong }) === null) {
        throw new HarnessFaultError(`A right answer passed where ${name} was expected`);
      }
    }
    return {
      verdict: "PASS",
      detail: "three wrong expectations, three objections",
      deliveries: { played: 1, total: 1 },
    };
  }

  async #parallel(plan: Plan & { kind: "parallel" }, one: ConformanceCase): Promise<Outcome> {
    const result = await playParallel(this.#stage, plan, this.#patience);
    const total = plan.halves.length;
    const deliveries = { played: total, total };
    switch (result.outcome) {
      case "right":
        return { verdict: "PASS", detail: `${result.connections} connections at once`, deliveries };
      case "one at a time":
        return {
          verdict: "INFO",
          detail: "the target serves one connection after the other",
          deliveries,
        };
      case "wrong":
        return { verdict: verdictAt(one.level), ...result.finding, deliveries };
    }
  }
}

/** How edges are watched, in words. */
const EDGE_METHODS = {
  sock_diag: "edges are proven by sock_diag",
  proc: "edges are proven by /proc/net/tcp",
  none: "edges are assumed",
} as const;

/** A pass that needs the benefit of the doubt, or a case that was played in part, proves nothing. */
function strictly(outcome: Outcome): Outcome {
  const { verdict, deliveries = { played: 0, total: 0 }, edges } = outcome;
  const unproven = verdict === "PASS" && edges !== undefined && edges.proven < edges.requested;
  const inPart = verdict === "INFO" && deliveries.played < deliveries.total;
  return unproven || inPart ? { ...outcome, verdict: "INCONCLUSIVE" } : outcome;
}

function verdictAt(level: ConformanceCase["level"]): Verdict {
  return level === "MUST" ? "FAIL" : level === "SHOULD" ? "NONSTRICT" : "INFO";
}

function counterexampleOf({ stimulus, cuts, waits, end }: Delivery): Counterexample {
  return {
    stream: hexText(stimulus.bytes),
    cuts,
    waits,
    end,
    frames: stimulus.frames.map(({ start, body, end }) => ({
      start,
      ...(body === undefined ? {} : { body }),
      end,
    })),
  };
}
