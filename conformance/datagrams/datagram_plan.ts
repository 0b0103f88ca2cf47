import type { RandomStream } from "../stimulus/random_stream.ts";
import type { CoveredSet } from "../strategy/covered_set.ts";
import type { Deliveries } from "../strategy/deliveries.ts";
import type { Delivery } from "../strategy/delivery.ts";
import type { DatagramContract } from "./due_answers.ts";
import type { Sent } from "./volley.ts";

/** What a case knows of the run when it makes its plan. */
export interface DatagramScene {
  /** What the target promises. */
  readonly contract: DatagramContract;
  /** How it is reached. */
  readonly scheme: "udp" | "unixgram";
  /** Randomness for this case, by name. */
  random(name: string): RandomStream;
}

/** What a case wants to be done: data, carried out by the campaign. */
export type DatagramPlan =
  | {
    /** Play volleys and judge each. */
    readonly kind: "volleys";
    readonly volleys: Deliveries;
    /** What a full count of the first `covered` proves. */
    readonly covers?: string;
    /** How many of the volleys that are; by default all. */
    readonly covered?: number;
    /** The same as a rule, so that a report can check from the history that nothing is missing. */
    readonly set?: CoveredSet;
  }
  /** Judge a right answer by a wrong expectation: the judge must object. */
  | { readonly kind: "false-expectation"; readonly volley: Delivery }
  /** Tell how it is known what was read. */
  | { readonly kind: "edges" }
  /** Sum up how the target lived on. */
  | { readonly kind: "liveness" }
  | {
    /** Begin more messages than anybody can keep: memory must stay bounded. */
    readonly kind: "memory";
    /** First fragments of messages that are never finished. */
    fragments(): Iterable<Sent>;
    /** How many there are. */
    readonly count: number;
    /** What is played besides. */
    readonly volleys: Deliveries;
  }
  | {
    /** Nothing to play here. */
    readonly kind: "nothing";
    readonly verdict: "INFO" | "UNSUPPORTED";
    readonly why: string;
  };

/** A plan for a case that does not apply to this target. */
export function notHere(why: string): DatagramPlan {
  return { kind: "nothing", verdict: "UNSUPPORTED", why };
}
