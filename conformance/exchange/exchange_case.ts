import type { Level } from "../stimulus/level.ts";
import type { RandomStream } from "../stimulus/random_stream.ts";
import type { CoveredSet } from "../strategy/covered_set.ts";
import type { Deliveries } from "../strategy/deliveries.ts";
import type { Delivery } from "../strategy/delivery.ts";

/** What a case knows of the run when it makes its plan. */
export interface ExchangeScene {
  /** Whether a scenario says what comes back, or the control does. */
  readonly expect: "invariance" | "scenario";
  /** The stream as kindly as it can be sent. */
  readonly base: Delivery;
  /** Where one request ends and the next one begins. */
  readonly seams: readonly number[];
  /** Seams behind which no answer is due before the next request. */
  readonly free: readonly number[];
  /** Whether requests may be sent before the answers to earlier ones came. */
  readonly pipelining: boolean;
  /** Whether frames are known in the stream. */
  readonly framed: boolean;
  /** Whether the control left the connection open. */
  readonly staysOpen: boolean;
  /** Transport to the target. */
  readonly scheme: "tcp" | "tls" | "unix" | "stdio";
  /** What becomes of answers after a half-close. */
  readonly halfClose: "reply" | "drop" | "any";
  /** Randomness for this case, by name. */
  random(name: string): RandomStream;
}

/** What a case wants to be done: data, carried out by the campaign. */
export type ExchangePlan =
  | {
    /** Play deliveries, each on a connection of its own, and judge each. */
    readonly kind: "deliveries";
    readonly deliveries: Deliveries;
    /** Most of them that are played; which ones is spread over all. */
    readonly most?: number;
    /** What a full count proves. */
    readonly covers?: string;
    /** The same as a rule. */
    readonly set?: CoveredSet;
    /** Whether only the life of the target is judged, not what it answers. */
    readonly liveness?: boolean;
  }
  /** The whole stream two times on one connection: first as a control, then in one chunk. */
  | { readonly kind: "twice" }
  /** Tell how edges are watched. */
  | { readonly kind: "edges" }
  /** Sum up how the target lived on after hostile deliveries. */
  | { readonly kind: "liveness" }
  /** The control once more. */
  | { readonly kind: "control" }
  | {
    /** Nothing to play here. */
    readonly kind: "nothing";
    readonly verdict: "INFO" | "UNSUPPORTED";
    readonly why: string;
  };

/** One case, under the id that the case book has for the same thing. */
export interface ExchangeCase {
  /** Section and number. */
  readonly id: string;
  /** What is done, in a few words. */
  readonly title: string;
  /** How binding it is. */
  readonly level: Level | ((known: Pick<ExchangeScene, "expect" | "framed">) => Level);
  /** What the target has to do, in one sentence. */
  readonly requirement: string;
  /** Makes the plan. */
  plan(scene: ExchangeScene): ExchangePlan;
}

/** A plan for a case that does not apply. */
export function notHere(why: string): ExchangePlan {
  return { kind: "nothing", verdict: "UNSUPPORTED", why };
}
