import { hexText } from "../../protocol/framing/hex.ts";
import { parseDatagramEndpoint } from "../../protocol/transport/mod.ts";
import type { RunResult } from "../campaign/result.ts";
import { selectCases } from "../cases/case_book.ts";
import { OutputPatience } from "../client_output/output_patience.ts";
import type { PlannedCase } from "../cases/planned.ts";
import { conduct, type Programme } from "../conduct.ts";
import { datagramFraming } from "../datagrams/run_datagrams.ts";
import { volleyOf } from "../datagrams/volley.ts";
import { Mask } from "../exchange/mask.ts";
import { ConformanceUsageError, type GivenStream, type RunOptions } from "../run_options.ts";
import { these } from "../strategy/deliveries.ts";
import { type ClientCase, clientCases, withControls } from "./client_cases.ts";
import { DatagramClientCampaign, type DatagramClientContract } from "./datagram_client_campaign.ts";
import { plannedClient } from "./planned_client.ts";
import { rightAnswer } from "./right_answer.ts";
import { DatagramClientStage } from "./datagram_client_stage.ts";
import { DatagramClientTarget, type UdpPlace } from "./datagram_client_target.ts";

/** A client that does nothing for so many times the longest wait for an answer waits for ever. */
const SILENCES = 2;

/**
 * Tests a client of datagrams: it asks over UDP, gets an answer, prints something and exits. What it makes of answers
 * that come as they should, it has to make of them when some come late, twice or out of order; and of others not.
 *
 * @example
 * ```ts ignore
 * import { runConformance } from "@nonstick/nonstick/conformance";
 *
 * const { verdict } = await runConformance("udp://127.0.0.1:0", {
 *   side: "client",
 *   expect: "upper",
 *   input: new TextEncoder().encode("hello\n"),
 *   spawn: "python3 client.py {host} {port}",
 * });
 * ```
 *
 * @throws {ConformanceUsageError} if the options do not fit together or no case matches.
 * @throws {EndpointError} if the endpoint cannot be read.
 * @throws {TargetStartError} if the client cannot be started.
 */
export async function runDatagramClient(listen: string, options: RunOptions): Promise<RunResult> {
  const endpoint = placeOf(listen);
  const contract = contractOf(options);
  const asked = askedCases(options, contract);
  const { signal, input, shard, answer, sends } = options;
  const programme: Programme<DatagramClientTarget> = {
    framing: contract.framing,
    asked: asked.map(({ id }) => id),
    given: {
      ...(answer === undefined ? {} : { answer: hexText(answer) }),
      ...(input === undefined ? {} : { input: hexText(input) }),
      ...(sends === undefined ? {} : { sends: sends.map(hexText) }),
    },
    start({ spawn, startTimeoutMs }) {
      if (spawn === undefined) {
        throw new ConformanceUsageError(
          "A client of datagrams needs --spawn: each script starts it, and what it prints is judged",
        );
      }
      const given = input === undefined ? {} : { input };
      return Promise.resolve(
        new DatagramClientTarget({ endpoint, spawn, startTimeoutMs, ...given }),
      );
    },
    begin({ target, history, now, seed }) {
      const stage = new DatagramClientStage({
        target,
        framing: contract.framing,
        answer: contract.answer,
        mask: new Mask(options.mask ?? []),
        history,
        now,
        ...(signal ? { signal } : {}),
      });
      const patience = new OutputPatience(SILENCES * (options.timeoutMs ?? 5000));
      const campaign = new DatagramClientCampaign(stage, patience, contract, {
        seed,
        strict: options.strict ?? false,
        budgetMs: options.budgetMs ?? 60_000,
        shrinkMs: options.shrinkMs ?? 2000,
        ...(shard === undefined ? {} : { shard }),
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
  return await conduct(listen, options, programme);
}

/**
 * What would be played of the cases that are asked for, with a client that asks once, or what `sends` says.
 *
 * @throws {ConformanceUsageError} if the options do not fit together or no case matches.
 */
export function planDatagramClient(listen: string, options: RunOptions): PlannedCase[] {
  placeOf(listen);
  const contract = contractOf(options);
  return plannedClient(askedCases(options, contract), contract, options.seed ?? 1);
}

function placeOf(listen: string): UdpPlace {
  const endpoint = parseDatagramEndpoint(listen);
  if (endpoint.scheme === "udp") return endpoint;
  throw new ConformanceUsageError("A client of datagrams is met at udp://HOST:PORT only");
}

function contractOf(options: RunOptions): DatagramClientContract {
  const { framing, expect, maxFrame, sends } = options;
  const answer = rightAnswer(expect, options.answer);
  if (answer === undefined) {
    throw new ConformanceUsageError(
      "A client of datagrams is answered by --expect echo, upper or hello, or by --answer",
    );
  }
  return {
    framing: datagramFraming(framing),
    answer,
    ...(maxFrame === undefined ? {} : { maxFrame }),
    ...(sends === undefined ? {} : { sends }),
  };
}

function askedCases(
  { cases = [], exclude = [], stream }: RunOptions,
  { framing }: DatagramClientContract,
): readonly ClientCase[] {
  if (stream !== undefined) return [givenCase(stream, framing)];
  const ids = selectCases(cases, exclude).map(({ id }) => id);
  const selected = clientCases().filter(({ id }) => ids.includes(id));
  if (selected.length > 0) return selected;
  const there = clientCases().map(({ id }) => id).join(", ");
  throw new ConformanceUsageError(`No case of clients of datagrams matches; there are ${there}`);
}

/** The script that a user gives, as a case. */
function givenCase(
  { bytes, cuts = [], waits = [], sockets, end = "none" }: GivenStream,
  framing: DatagramClientContract["framing"],
): ClientCase {
  const given = volleyOf({ bytes, cuts, waits, ...(sockets ? { sockets } : {}) }, framing);
  return {
    id: "stream",
    title: "the given answers",
    level: "MUST",
    requirement: "The client does with the given answers what it should.",
    plan: () => ({ kind: "scripts", scripts: these([{ ...given, end }]) }),
  };
}
