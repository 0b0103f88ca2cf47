import type { Messages } from "../datagrams/messages.ts";
import type { DatagramFraming } from "../datagrams/volley.ts";
import type { RandomStream } from "../stimulus/random_stream.ts";
import type { Deliveries } from "../strategy/deliveries.ts";
import type { ClientControl } from "./client_play.ts";

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

/** What a case wants to be done: data, carried out by the campaign. */
export type ClientPlan =
  | {
    /** Play scripts and judge each. */
    readonly kind: "scripts";
    readonly scripts: Deliveries;
    /** What a full count of them proves. */
    readonly covers?: string;
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
