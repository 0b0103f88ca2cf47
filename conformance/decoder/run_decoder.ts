import { type Framing, framing } from "../../protocol/framing/mod.ts";
import { Campaign } from "../campaign/campaign.ts";
import { LearntPatience } from "../campaign/patience.ts";
import type { CaseResult, RunResult } from "../campaign/result.ts";
import { Stage } from "../campaign/stage.ts";
import { askedCases, withControls } from "../cases/asked_cases.ts";
import type { ConformanceCase } from "../cases/case.ts";
import { conduct, type Player, type Programme, type RunParts } from "../conduct.ts";
import { ConformanceUsageError, type RunOptions } from "../run_options.ts";
import { type Contract, unlimitedEncoder } from "../stimulus/contract.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { plainFrame } from "../stimulus/plain_frame.ts";
import { type CodecSettings, DECODER_LIMIT } from "./codec_settings.ts";
import { decoderCase } from "./decoder_cases.ts";
import { DecoderTarget } from "./decoder_target.ts";
import { carryOutEncodings } from "./encodings.ts";
import { carryOutUnknownRequest } from "./unknown_request.ts";

/** What an adapter answered is there; it only has to be taken out of our own memory, in ms. */
const TAKEN_MS = 300;

/**
 * Runs the case book against a decoder in any language, behind an adapter (docs/ADAPTER.md) that `spawn` starts. Each
 * connection of the book is a fresh decoder, each chunk one `push`, so every edge is exact.
 *
 * @example
 * ```ts ignore
 * import { runConformance } from "@nonstick/nonstick/conformance";
 *
 * const { verdict } = await runConformance("stdio:", {
 *   side: "decoder",
 *   framing: "netstring",
 *   expect: "echo",
 *   spawn: "python3 adapter.py",
 * });
 * ```
 *
 * @throws {ConformanceUsageError} if the options do not fit together or no case matches.
 * @throws {FramingSpecError} if the framing cannot be used.
 * @throws {UnsupportedCodecError} if the adapter has no such codec.
 * @throws {TargetStartError} if the adapter does not start, or does not answer as the contract says.
 */
export async function runDecoder(options: RunOptions): Promise<RunResult> {
  const { framing: spec, spawn, overLimit } = options;
  if (spec === undefined) {
    throw new ConformanceUsageError("A framing is missing, such as --framing u32be");
  }
  if (spawn === undefined) {
    throw new ConformanceUsageError(
      "A decoder needs --spawn, which says how its adapter is started",
    );
  }
  const framed = framing(spec);
  const maxFrame = options.maxFrame ?? DECODER_LIMIT;
  const asked = askedCases(contractOf(framed, options, maxFrame), options);
  const settings: CodecSettings = {
    codec: options.codec ?? framed.spec,
    maxFrame,
    ...(overLimit === "close" || overLimit === "skip" ? { overLimit } : {}),
  };
  const programme: Programme<DecoderTarget> = {
    framing: framed.spec,
    asked: asked.map(({ id }) => id),
    async start({ spawn = [], startTimeoutMs: startMs }) {
      const encoder = unlimitedEncoder(contractOf(framed, options));
      const deadlineMs = options.timeoutMs ?? 5000;
      return await DecoderTarget.start({ spawn, settings, encoder, deadlineMs, startMs });
    },
    begin(parts) {
      const { target } = parts;
      const limited = options.maxFrame !== undefined || target.hello.features.has("limit");
      const contract = contractOf(framed, options, limited ? maxFrame : undefined);
      return new DecoderPlayer(target, contract, asked, parts, options);
    },
  };
  return await conduct("stdio:", {
    ...options,
    maxFrame,
    expect: "echo",
  }, programme);
}

/** What a decoder promises: the payloads themselves. */
function contractOf(framing: Framing, options: RunOptions, maxFrame?: number): Contract {
  const { overLimit, atEof } = options;
  return {
    framing,
    expectation: EXPECTATIONS.echo,
    ...(maxFrame === undefined ? {} : { maxFrame }),
    ...(overLimit === undefined ? {} : { overLimit }),
    ...(atEof === undefined ? {} : { atEof }),
  };
}

/** Plays the cases, most of them as for any other target. */
class DecoderPlayer implements Player {
  readonly #target: DecoderTarget;
  readonly #asked: readonly ConformanceCase[];
  readonly #stage: Stage;
  readonly #campaign: Campaign;

  constructor(
    target: DecoderTarget,
    contract: Contract,
    asked: readonly ConformanceCase[],
    parts: RunParts<DecoderTarget>,
    options: RunOptions,
  ) {
    const { seed } = parts;
    const { strict = false, budgetMs = 60_000, shrinkMs = 2000, signal, pairs, shard } = options;
    this.#target = target;
    this.#asked = asked;
    this.#stage = new Stage({
      ...parts,
      contract,
      plain: plainFrame(contract, seed),
      ...(signal ? { signal } : {}),
    });
    this.#campaign = new Campaign(this.#stage, new LearntPatience(TAKEN_MS), {
      seed,
      strict,
      budgetMs,
      shrinkMs,
      scheme: "stdio",
      ...(pairs === undefined ? {} : { pairs }),
      ...(shard === undefined ? {} : { shard }),
    });
  }

  get edge(): RunResult["edge"] {
    return this.#stage.edge;
  }

  async *results(): AsyncGenerator<CaseResult> {
    for (const one of withControls(this.#asked)) yield await this.#result(one);
  }

  async #result(one: ConformanceCase): Promise<CaseResult> {
    const { features } = this.#target.hello;
    const asks = one.id === "0.4"
      ? carryOutUnknownRequest
      : one.id === "11.5"
      ? carryOutEncodings
      : undefined;
    if (asks === undefined) return await this.#campaign.run(decoderCase(one, features));
    const { id, title, level, requirement } = one;
    const started = this.#stage.now();
    const outcome = await asks(one, this.#target, this.#stage);
    return {
      id,
      title,
      level,
      requirement,
      deliveries: { played: 0, total: 0 },
      edges: { proven: 0, requested: 0 },
      ms: this.#stage.now() - started,
      ...outcome,
    };
  }
}
