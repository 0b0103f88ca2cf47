import { framing } from "../protocol/framing/mod.ts";
import { Campaign } from "./campaign/campaign.ts";
import { LearntPatience } from "./campaign/patience.ts";
import type { RunResult } from "./campaign/result.ts";
import { Stage } from "./campaign/stage.ts";
import { askedCases, withControls } from "./cases/asked_cases.ts";
import { conduct, type Programme } from "./conduct.ts";
import { startTarget } from "./player/start_target.ts";
import type { Target } from "./player/target.ts";
import { targetEndpoint } from "./player/target_endpoint.ts";
import { ConformanceUsageError, type RunOptions } from "./run_options.ts";
import type { Contract } from "./stimulus/contract.ts";
import { type ExpectationName, EXPECTATIONS } from "./stimulus/expectation.ts";
import { plainFrame } from "./stimulus/plain_frame.ts";

/** Options of {@linkcode runFrames}: those of a run, with an answer that is known for each frame. */
export interface FramesOptions extends RunOptions {
  /** What comes back for a frame. */
  readonly expect: ExpectationName;
}

/**
 * Runs the case book against a server that answers frames with frames, or a client that asks in them.
 *
 * @throws {ConformanceUsageError} if the options do not fit together or no case matches.
 * @throws {EndpointError} if the target cannot be read.
 * @throws {FramingSpecError} if the framing cannot be used.
 * @throws {TargetStartError} if the target does not start or is not there.
 */
export async function runFrames(target: string, options: FramesOptions): Promise<RunResult> {
  const { signal } = options;
  const seed = options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  const contract = contractOf(options);
  const endpoint = targetEndpoint(target, options);
  const asked = askedCases(contract, options);
  const plain = plainFrame(contract, seed);
  const programme: Programme<Target> = {
    framing: contract.framing.spec,
    asked: asked.map(({ id }) => id),
    start: (parts) => startTarget({ ...parts, endpoint }),
    begin(parts) {
      const stage = new Stage({ ...parts, contract, plain, ...(signal ? { signal } : {}) });
      const campaign = new Campaign(stage, new LearntPatience(options.timeoutMs ?? 5000), {
        seed,
        strict: options.strict ?? false,
        budgetMs: options.budgetMs ?? 60_000,
        shrinkMs: options.shrinkMs ?? 2000,
        scheme: endpoint.scheme,
        ...(options.pairs === undefined ? {} : { pairs: options.pairs }),
        ...(options.idleMs === undefined ? {} : { idleMs: options.idleMs }),
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
  return await conduct(target, { ...options, seed }, programme);
}

function contractOf(options: FramesOptions): Contract {
  if (options.framing === undefined) {
    throw new ConformanceUsageError("A framing is missing, such as --framing u32be");
  }
  return {
    framing: framing(options.framing),
    expectation: EXPECTATIONS[options.expect],
    ...(options.maxFrame === undefined ? {} : { maxFrame: options.maxFrame }),
    ...(options.overLimit === undefined ? {} : { overLimit: options.overLimit }),
    ...(options.atEof === undefined ? {} : { atEof: options.atEof }),
    ...(options.halfClose === undefined ? {} : { halfClose: options.halfClose }),
  };
}
