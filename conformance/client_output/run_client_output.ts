import { framing } from "../../protocol/framing/mod.ts";
import type { RunResult } from "../campaign/result.ts";
import { selectCases } from "../cases/case_book.ts";
import { checkPlaces, PlacesError } from "../cases/given_stream.ts";
import { conduct, type Programme } from "../conduct.ts";
import { contractOf, RAW, requestStimulus } from "../exchange/stimuli.ts";
import { targetEndpoint } from "../player/target_endpoint.ts";
import { ConformanceUsageError, type RunOptions } from "../run_options.ts";
import { deliver, type Delivery } from "../strategy/delivery.ts";
import { OutputCampaign } from "./output_campaign.ts";
import { givenCase, OUTPUT_CASES, OUTPUT_CONTROLS, type OutputCase } from "./output_cases.ts";
import { OutputPatience } from "./output_patience.ts";
import { OutputStage } from "./output_stage.ts";
import { OutputTarget } from "./output_target.ts";

/** How long a client may take to send something by itself, before it is taken for one that waits for us, in ms. */
const REQUEST_MS = 500;

/**
 * Tests a client that is no echo: it dials, gets one stream, prints something and exits. What it makes of the uncut
 * stream it has to make of it however that is cut, and not of a part of it.
 *
 * @example
 * ```ts ignore
 * import { runConformance } from "@nonstick/nonstick/conformance";
 *
 * const { verdict } = await runConformance("tcp://127.0.0.1:0", {
 *   side: "client",
 *   expect: "output",
 *   answer: new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
 *   spawn: "python3 client.py {host} {port}",
 * });
 * ```
 *
 * @throws {ConformanceUsageError} if the options do not fit together or no case matches.
 * @throws {EndpointError} if the endpoint cannot be read.
 * @throws {FramingSpecError} if the framing cannot be used.
 * @throws {TargetStartError} if the client does not start or does not dial.
 */
export async function runClientOutput(listen: string, options: RunOptions): Promise<RunResult> {
  if (options.side !== "client") {
    throw new ConformanceUsageError("--expect output is for clients: nonstick-conformance client");
  }
  const endpoint = targetEndpoint(listen, options);
  const base = baseOf(options);
  const asked = askedCases(options, base);
  const { after, signal } = options;
  if (endpoint.scheme === "stdio") {
    throw new ConformanceUsageError("A client dials tcp://, tls:// or unix:");
  }
  const programme: Programme<OutputTarget> = {
    framing: options.framing === undefined ? "none" : framing(options.framing).spec,
    asked: asked.map(({ id }) => id),
    start(target) {
      const { spawn } = target;
      if (spawn === undefined) {
        throw new ConformanceUsageError(
          "--expect output needs --spawn: each delivery starts the client",
        );
      }
      return Promise.resolve(new OutputTarget({ ...target, endpoint }, spawn));
    },
    begin(parts) {
      const stage = new OutputStage({ ...parts, ...(signal ? { signal } : {}) });
      const campaign = new OutputCampaign(
        stage,
        new OutputPatience(options.timeoutMs ?? 5000),
        base,
        {
          seed: parts.seed,
          strict: options.strict ?? false,
          budgetMs: options.budgetMs ?? 60_000,
          shrinkMs: options.shrinkMs ?? 2000,
          scheme: endpoint.scheme,
          ...(options.shard === undefined ? {} : { shard: options.shard }),
        },
      );
      return {
        async *results() {
          // A client that sends something first gets its answer only then.
          stage.after = after ?? Math.min(1, await stage.requestWithin(REQUEST_MS));
          for (const one of asked) yield await campaign.run(one);
        },
        get edge() {
          return stage.edge;
        },
      };
    },
  };
  return await conduct(listen, { ...options, expect: "output" }, programme);
}

/** The uncut stream, with the end that it has. */
function baseOf({ answer, stream, framing: spec }: RunOptions): Delivery {
  const bytes = answer ?? stream?.bytes;
  if (bytes === undefined || bytes.length === 0) {
    throw new ConformanceUsageError(
      "--expect output needs what the client is given: --answer FILE or HEX",
    );
  }
  const contract = spec === undefined ? RAW : contractOf(framing(spec));
  return deliver(requestStimulus([bytes], contract), [], { end: "fin" });
}

function askedCases(options: RunOptions, base: Delivery): readonly OutputCase[] {
  const { cases = [], exclude = [], stream } = options;
  const controls = (ids: readonly string[]) => OUTPUT_CASES.filter(({ id }) => ids.includes(id));
  if (stream !== undefined && (options.answer !== undefined || stream.cuts !== undefined)) {
    return [
      ...controls(["0.1", "0.6"]),
      givenCase(givenDelivery(stream, base)),
      ...controls(["0.8"]),
    ];
  }
  const ids = selectCases(cases, exclude).map(({ id }) => id);
  const selected = OUTPUT_CASES.filter(({ id }) =>
    ids.includes(id) || OUTPUT_CONTROLS.includes(id)
  );
  if (selected.length > OUTPUT_CONTROLS.length || cases.length === 0) return selected;
  const there = OUTPUT_CASES.map(({ id }) => id).join(", ");
  throw new ConformanceUsageError(`No case of --expect output matches; there are ${there}`);
}

/** One delivery as a report prints it: the stream, or the beginning of it, cut. */
function givenDelivery(
  { bytes, cuts = [], end = "none" }: NonNullable<RunOptions["stream"]>,
  base: Delivery,
): Delivery {
  try {
    checkPlaces("cuts", cuts, bytes.length - 1);
  } catch (error) {
    if (error instanceof PlacesError) throw new ConformanceUsageError(error.message);
    throw error;
  }
  const whole = base.stimulus.bytes;
  if (!bytes.every((byte, i) => byte === whole[i])) {
    throw new ConformanceUsageError("--stream must be --answer or the beginning of it");
  }
  // Without an end a client that waits for more would wait for ever.
  return deliver(requestStimulus([bytes], RAW), cuts, { end: end === "none" ? "fin" : end });
}
