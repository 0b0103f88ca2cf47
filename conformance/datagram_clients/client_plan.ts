import { Messages } from "../datagrams/messages.ts";
import type { DatagramFraming, Sent } from "../datagrams/volley.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import type { Deliveries } from "../strategy/deliveries.ts";
import type { ClientControl } from "./client_play.ts";
import { type ClientContract, isVerbatim } from "./judge_client.ts";

/** What a case knows of the run when it makes its plan. */
export interface ClientScene {
  /** What the client does when nobody makes it hard. */
  readonly control: ClientControl;
  /** How messages are found in datagrams. */
  readonly framing: DatagramFraming;
  /** The longest message that the client takes, in bytes, if it was told. */
  readonly maxFrame?: number;
  /** Whether it prints its answers as they come. */
  readonly isVerbatim: boolean;
  /** Texts that are no answers to anything. */
  readonly messages: Messages;
  /** Randomness for this case. */
  readonly random: RandomStream;
}

/** What case `id` knows of a client that does this in the control. Pure: the same seed, the same scene. */
export function sceneOf(
  id: string,
  control: ClientControl,
  { framing, maxFrame, seed }: ClientContract & { readonly seed: number },
): ClientScene {
  const random = new RandomStream(seed, `${id}/messages`);
  return {
    control,
    framing,
    isVerbatim: isVerbatim(control),
    // Texts are as long as is asked for, even if that is over the client's limit.
    messages: new Messages(random, { framing, expectation: EXPECTATIONS.echo }),
    random,
    ...(maxFrame === undefined ? {} : { maxFrame }),
  };
}

/** What a case wants to be done: data, carried out by the campaign. */
export type ClientPlan =
  | {
    /** Play scripts and judge each. */
    readonly kind: "scripts";
    readonly scripts: Deliveries;
    /** What a full count of them proves. */
    readonly covers?: string;
    /** Messages that are begun and never finished, more than anybody can keep: memory must stay bounded. */
    readonly unfinished?: () => Iterable<Sent>;
  }
  /** Compare what it sent in the control with what it is to send. */
  | { readonly kind: "asked" }
  /** Answer as it should be, so many times. */
  | { readonly kind: "control"; readonly times: number }
  /** Tell whether a wrong answer shows. */
  | { readonly kind: "false-expectation" }
  /** Tell how it is known what was read. */
  | { readonly kind: "edges" }
  | {
    /** Nothing to play here. */
    readonly kind: "nothing";
    readonly why: string;
  };

/** A plan for a case that does not apply to this client. */
export function notHere(why: string): ClientPlan {
  return { kind: "nothing", why };
}
