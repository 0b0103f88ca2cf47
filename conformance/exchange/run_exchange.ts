import { LearntPatience } from "../campaign/patience.ts";
import type { RunResult } from "../campaign/result.ts";
import { selectCases } from "../cases/case_book.ts";
import { PlacesError } from "../cases/given_stream.ts";
import { conduct, type Programme, type RunParts } from "../conduct.ts";
import { startTarget } from "../player/start_target.ts";
import type { Target } from "../player/target.ts";
import { targetEndpoint } from "../player/target_endpoint.ts";
import { ConformanceUsageError, type RunOptions } from "../run_options.ts";
import { these } from "../strategy/deliveries.ts";
import type { Delivery } from "../strategy/delivery.ts";
import type { ExchangeCase } from "./exchange_case.ts";
import { EXCHANGE_CASES, EXCHANGE_CLOSING, EXCHANGE_OPENING } from "./exchange_cases.ts";
import { type Course, ExchangeCampaign } from "./exchange_campaign.ts";
import { ExchangeStage } from "./exchange_stage.ts";
import { invarianceCourse } from "./invariance_course.ts";
import { scenarioCourse } from "./scenario_course.ts";

/** Options of {@linkcode runExchange}: those of a run, with `expect: "invariance"` or `"scenario"`. */
export interface ExchangeOptions extends RunOptions {
  /** `invariance`: the unsplit stream says what has to come back. `scenario`: the scenario does. */
  readonly expect: "invariance" | "scenario";
}

/** What is tried, and a delivery to play alone if one was given. */
export interface PreparedCourse {
  /** The framing, as reports name it. */
  readonly framing: string;
  /** Makes the course once the target is there. */
  course(stage: ExchangeStage, patience: LearntPatience): Course;
  /** The one delivery to play instead of the cases. */
  readonly given?: Delivery;
}

/**
 * Tests a target of any request/response protocol: by a recorded stream, whose answers must not depend on how it is
 * cut (`invariance`), or by a conversation (`scenario`).
 *
 * @example
 * ```ts ignore
 * import { runConformance } from "@nonstick/nonstick/conformance";
 *
 * const { verdict } = await runConformance("tcp://127.0.0.1:6379", {
 *   expect: "invariance",
 *   stream: { bytes: new TextEncoder().encode("*1\r\n$4\r\nPING\r\n") },
 * });
 * ```
 *
 * @throws {ConformanceUsageError} if the options do not fit together or no case matches.
 * @throws {ScenarioError} if the scenario cannot be used.
 * @throws {EndpointError} if the target cannot be read.
 * @throws {FramingSpecError} if the framing cannot be used.
 * @throws {TargetStartError} if the target does not start or is not there.
 */
export async function runExchange(target: string, options: ExchangeOptions): Promise<RunResult> {
  const endpoint = targetEndpoint(target, options);
  const prepared = prepare(options);
  const { given } = prepared;
  const asked = given === undefined ? askedCases(options) : [givenCase(given)];
  const programme: Programme<Target> = {
    framing: prepared.framing,
    asked: asked.map(({ id }) => id),
    start: (parts) => startTarget({ ...parts, endpoint }),
    begin(parts: RunParts<Target>) {
      const { signal } = options;
      const stage = new ExchangeStage({ ...parts, ...(signal ? { signal } : {}) });
      const patience = new LearntPatience(options.timeoutMs ?? 5000);
      const campaign = new ExchangeCampaign(stage, patience, prepared.course(stage, patience), {
        seed: parts.seed,
        strict: options.strict ?? false,
        budgetMs: options.budgetMs ?? 60_000,
        shrinkMs: options.shrinkMs ?? 2000,
        scheme: endpoint.scheme,
        halfClose: options.halfClose ?? "reply",
        ...(options.shard === undefined ? {} : { shard: options.shard }),
      });
      return {
        async *results() {
          for (const one of withControls(asked)) yield await campaign.run(one);
        },
        get edge() {
          return stage.edge;
        },
      };
    },
  };
  return await conduct(target, options, programme);
}

function prepare(options: ExchangeOptions): PreparedCourse {
  try {
    return options.expect === "invariance" ? invarianceCourse(options) : scenarioCourse(options);
  } catch (error) {
    if (error instanceof PlacesError) throw new ConformanceUsageError(error.message);
    throw error;
  }
}

function askedCases({ cases = [], exclude = [] }: RunOptions): ExchangeCase[] {
  const ids = selectCases(cases, exclude).map(({ id }) => id);
  const selected = EXCHANGE_CASES.filter(({ id }) => ids.includes(id));
  if (selected.length > 0) return selected;
  const there = EXCHANGE_CASES.map(({ id }) => id).join(", ");
  throw new ConformanceUsageError(`No case of an exchange matches; there are ${there}`);
}

/** The opening, what was asked for, the closing. */
function withControls(asked: readonly ExchangeCase[]): ExchangeCase[] {
  const named = (ids: readonly string[]) => EXCHANGE_CASES.filter(({ id }) => ids.includes(id));
  const controls = [...EXCHANGE_OPENING, ...EXCHANGE_CLOSING];
  return [
    ...named(EXCHANGE_OPENING),
    ...asked.filter(({ id }) => !controls.includes(id)),
    ...named(EXCHANGE_CLOSING),
  ];
}

/** The case that plays one delivery given by the user, as a report prints it. */
function givenCase(delivery: Delivery): ExchangeCase {
  return {
    id: "stream",
    title: "the given stream",
    level: "MUST",
    requirement: "The given stream is answered as it should be, cut as given.",
    plan: () => ({ kind: "deliveries", deliveries: these([delivery]) }),
  };
}
