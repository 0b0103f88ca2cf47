import type { PlannedCase } from "../cases/planned.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { Messages } from "../datagrams/messages.ts";
import type { DatagramFraming } from "../datagrams/volley.ts";
import type { ClientCase } from "./client_cases.ts";
import type { ClientPlan, ClientScene } from "./client_plan.ts";
import type { ClientControl } from "./client_play.ts";

/** Bytes of the message of a client of which nothing is known. */
const TYPICAL = 24;

/** What a run against a client would play is known for sure only once it has asked: here, what it may ask. */
export interface ForeseenClient {
  /** How messages are found in datagrams. */
  readonly framing: DatagramFraming;
  /** The messages that it is to send; by default one of 24 bytes. */
  readonly sends?: readonly Uint8Array[];
  /** The right answer to a message. */
  answer(message: Uint8Array): Uint8Array;
  /** The longest message that it takes, in bytes, if it was told. */
  readonly maxFrame?: number;
}

/** What a run against a client of datagrams that prints its answers would play, without playing anything. */
export function plannedClient(
  cases: readonly ClientCase[],
  { framing, sends, answer, maxFrame }: ForeseenClient,
  seed: number,
): PlannedCase[] {
  return cases.map((one) => {
    const { id, title, level } = one;
    const random = new RandomStream(seed, `${id}/messages`);
    const messages = new Messages(random, { framing, expectation: EXPECTATIONS.echo });
    const asked = sends ?? [messages.text(TYPICAL)];
    const scene: ClientScene = {
      control: controlOf(asked, asked.map((message) => answer(message))),
      framing,
      isVerbatim: true,
      messages,
      random,
      ...(maxFrame === undefined ? {} : { maxFrame }),
    };
    const plan = one.plan(scene);
    return { id, title, level, kind: plan.kind, ...countsOf(plan) };
  });
}

function controlOf(
  asked: readonly Uint8Array[],
  answers: readonly Uint8Array[],
): ClientControl {
  const nothing = new Uint8Array(0);
  return {
    asked,
    answers,
    output: { stdout: nothing, length: 0, end: undefined },
    unanswered: nothing,
    atOnce: 1,
    shows: true,
  };
}

function countsOf(
  plan: ClientPlan,
): Pick<PlannedCase, "deliveries" | "covers" | "verdict" | "why"> {
  switch (plan.kind) {
    case "nothing":
      return { deliveries: 0, verdict: "UNSUPPORTED", why: plan.why };
    case "scripts":
      return {
        deliveries: plan.scripts.count,
        ...(plan.covers === undefined ? {} : { covers: plan.covers }),
      };
    case "control":
      return { deliveries: plan.times };
    default:
      return { deliveries: 0 };
  }
}
