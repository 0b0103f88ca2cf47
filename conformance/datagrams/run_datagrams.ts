import { LearntPatience } from "../campaign/patience.ts";
import type { RunResult } from "../campaign/result.ts";
import { selectCases } from "../cases/case_book.ts";
import type { PlannedCase } from "../cases/planned.ts";
import { conduct, type Programme } from "../conduct.ts";
import { EndpointError, parseDatagramEndpoint } from "../../protocol/transport/mod.ts";
import { ConformanceUsageError, type GivenStream, type RunOptions } from "../run_options.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { these } from "../strategy/deliveries.ts";
import { DatagramCampaign } from "./datagram_campaign.ts";
import {
  DATAGRAM_CLOSING,
  DATAGRAM_OPENING,
  type DatagramCase,
  datagramCases,
} from "./datagram_cases.ts";
import { DatagramStage } from "./datagram_stage.ts";
import { type DatagramPlace, DatagramTarget } from "./datagram_target.ts";
import type { DatagramContract } from "./due_answers.ts";
import { plannedDatagrams } from "./planned_datagrams.ts";
import { type DatagramFraming, volleyOf } from "./volley.ts";

/** What `--framing` may say of datagrams. */
const FRAMINGS = ["datagram", "fragment"] as const;

/** Whether a target is met by datagrams. */
export function isDatagramTarget(target: string): boolean {
  return /^(udp|unixgram):/.test(target);
}

/**
 * Tests a server of datagrams: each is a message, or with the framing `fragment` messages are put together from them.
 *
 * @example
 * ```ts ignore
 * import { runConformance } from "@nonstick/nonstick/conformance";
 *
 * const { verdict } = await runConformance("udp://127.0.0.1:0", {
 *   expect: "echo",
 *   spawn: "python3 server.py {port}",
 * });
 * ```
 *
 * @throws {ConformanceUsageError} if the options do not fit together or no case matches.
 * @throws {EndpointError} if the target cannot be read.
 * @throws {TargetStartError} if the target does not start or is not there.
 */
export async function runDatagrams(target: string, options: RunOptions): Promise<RunResult> {
  const endpoint = placeOf(target, options);
  const contract = contractOf(options);
  const asked = askedCases(contract.framing, options);
  const { signal, shard } = options;
  const programme: Programme<DatagramTarget> = {
    framing: contract.framing,
    asked: asked.map(({ id }) => id),
    start: ({ spawn, startTimeoutMs }) =>
      DatagramTarget.start({ endpoint, startTimeoutMs, ...(spawn ? { spawn } : {}) }),
    begin({ target, history, now, seed }) {
      const stage = new DatagramStage({
        target,
        contract,
        history,
        now,
        ...(signal ? { signal } : {}),
      });
      const campaign = new DatagramCampaign(stage, new LearntPatience(options.timeoutMs ?? 5000), {
        seed,
        strict: options.strict ?? false,
        budgetMs: options.budgetMs ?? 60_000,
        shrinkMs: options.shrinkMs ?? 2000,
        ...(shard === undefined ? {} : { shard }),
      });
      return {
        async *results() {
          await using _ = stage;
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

/** Where the target is met, if it can be met there. */
function placeOf(target: string, { spawn }: RunOptions): DatagramPlace {
  const endpoint = parseDatagramEndpoint(target);
  if (endpoint.scheme === "memory") {
    throw new EndpointError(target, "scheme", "a target of datagrams is at udp:// or unixgram:");
  }
  if (endpoint.scheme === "udp" && endpoint.port === 0 && spawn === undefined) {
    throw new ConformanceUsageError(
      "Port 0 needs --spawn, so that the target can be told which port was chosen",
    );
  }
  return endpoint;
}

/**
 * What would be played of the cases that are asked for.
 *
 * @throws {ConformanceUsageError} if the options do not fit together or no case matches.
 */
export function planDatagrams(target: string, options: RunOptions): PlannedCase[] {
  const contract = contractOf(options);
  const { scheme } = placeOf(target, options);
  const cases = askedCases(contract.framing, options);
  return plannedDatagrams(cases, { contract, scheme }, options.seed ?? 1);
}

function contractOf({ framing, expect, maxFrame, expiryMs }: RunOptions): DatagramContract {
  const expectation = Object.values(EXPECTATIONS).find(({ name }) => name === expect);
  if (expectation === undefined) {
    throw new ConformanceUsageError(
      `Datagrams are answered with echo, upper, hello or none; --expect ${expect} is for streams`,
    );
  }
  return {
    framing: datagramFraming(framing),
    // Nothing is sent before anybody has asked.
    expectation: { ...expectation, greeting: [] },
    ...(maxFrame === undefined ? {} : { maxFrame }),
    ...(expiryMs === undefined ? {} : { expiryMs }),
  };
}

/**
 * How messages are found in datagrams, by what `--framing` says.
 *
 * @throws {ConformanceUsageError} if that is a framing of streams.
 */
export function datagramFraming(spec: string = "datagram"): DatagramFraming {
  const named = FRAMINGS.find((name) => name === spec);
  if (named !== undefined) return named;
  throw new ConformanceUsageError(
    `A datagram is a frame already: over datagrams there is --framing datagram (the default) or fragment`,
  );
}

function askedCases(framing: DatagramFraming, options: RunOptions): DatagramCase[] {
  const { cases = [], exclude = [], stream } = options;
  if (stream !== undefined) return [givenCase(stream, framing)];
  const ids = selectCases(cases, exclude).map(({ id }) => id);
  const selected = datagramCases().filter(({ id }) => ids.includes(id));
  if (selected.length > 0) return selected;
  const there = datagramCases().map(({ id }) => id).join(", ");
  throw new ConformanceUsageError(`No case of datagrams matches; there are ${there}`);
}

/** The datagrams that a user gives, as a case. */
function givenCase(
  { bytes, cuts, waits = [], sockets }: GivenStream,
  framing: DatagramFraming,
): DatagramCase {
  const places = cuts ?? waits;
  if (places.some((at, i) => at < (places[i - 1] ?? 0) || at > bytes.length)) {
    throw new ConformanceUsageError(
      `Cannot use cuts ${places.join()}: they must not fall, nor pass the end`,
    );
  }
  const given = volleyOf({
    bytes,
    cuts: places,
    waits: cuts === undefined ? [] : waits,
    ...(sockets === undefined ? {} : { sockets }),
  }, framing);
  return {
    id: "stream",
    title: "the given datagrams",
    level: "MUST",
    requirement: "The given datagrams are answered as they should be.",
    plan: () => ({ kind: "volleys", volleys: these([given]) }),
  };
}

/** The opening, what was asked for, the closing. */
function withControls(asked: readonly DatagramCase[]): DatagramCase[] {
  const all = datagramCases();
  const named = (ids: readonly string[]) => ids.flatMap((id) => all.filter((one) => one.id === id));
  const controls = [...DATAGRAM_OPENING, ...DATAGRAM_CLOSING];
  return [
    ...named(DATAGRAM_OPENING),
    ...asked.filter(({ id }) => !controls.includes(id)),
    ...named(DATAGRAM_CLOSING),
  ];
}
