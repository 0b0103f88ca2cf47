import type { Contract } from "../stimulus/contract.ts";
import type { PayloadSource } from "../stimulus/payloads.ts";
import type { RandomStream } from "../stimulus/random_stream.ts";
import type { Deliveries } from "../strategy/deliveries.ts";
import type { Delivery } from "../strategy/delivery.ts";

/** How binding a case is (RFC 2119). Breaking a SHOULD is NONSTRICT, not FAIL. */
export type Level = "MUST" | "SHOULD" | "MAY";

/** What a case knows of the run when it makes its plan. */
export interface Scene {
  /** What the target claims to speak. */
  readonly contract: Contract;
  /** Transport to the target. */
  readonly scheme: "tcp" | "tls" | "unix";
  /** Randomness for this case, by name. */
  random(name: string): RandomStream;
  /** Payloads for this case, by name of their random stream. */
  payloads(name?: string): PayloadSource;
}

/** What a case wants to be done: data, carried out by the campaign. */
export type Plan =
  | {
    /** Play deliveries and judge each. */
    readonly kind: "deliveries";
    readonly deliveries: Deliveries;
    /** Many on one connection; otherwise each on a connection of its own. */
    readonly packed?: boolean;
    /** What a full count proves, for the certificate: "all single cuts of 300 bytes". */
    readonly covers?: string;
    /** Played first, not judged: shows whether the target closes or skips what is over its limit. */
    readonly policy?: Delivery;
    /** Whether several frames in one chunk are the point, even for targets that cannot take them. */
    readonly joins?: boolean;
    /** Whether the connections must be able to send RST. */
    readonly resets?: boolean;
  }
  | {
    /** Nothing to play here. */
    readonly kind: "nothing";
    readonly verdict: "INFO" | "UNSUPPORTED";
    readonly why: string;
  }
  /** Tell how edges are watched. */
  | { readonly kind: "edges" }
  /** Judge a right answer by a wrong expectation: the judge must object. */
  | { readonly kind: "false-expectation"; readonly delivery: Delivery }
  /** Sum up how the target lived on after hostile deliveries. */
  | { readonly kind: "liveness" }
  /** Many connections at once, each in the middle of a frame. */
  | { readonly kind: "parallel"; readonly halves: readonly (readonly [Delivery, Delivery])[] };

/** One case of the book. */
export interface ConformanceCase {
  /** Section and number; never used again for another case. */
  readonly id: string;
  /** What is done, in a few words. */
  readonly title: string;
  /** How binding it is. */
  readonly level: Level;
  /** What the target has to do, in one sentence. */
  readonly requirement: string;
  /** Why it matters. */
  readonly why: string;
  /** A real bug of this kind. */
  readonly issue?: string;
  /** What to look for when it fails. */
  readonly fix: string;
  /** Makes the plan for one target. */
  plan(scene: Scene): Plan;
}

/** A plan for a case that does not apply to this target. */
export function unsupported(why: string): Plan {
  return { kind: "nothing", verdict: "UNSUPPORTED", why };
}

/** A plan for a case that only makes sense inside the process of a decoder. */
export function inProcessOnly(): Plan {
  return {
    kind: "nothing",
    verdict: "INFO",
    why: "in process only, see `prove` and verifyDecoder()",
  };
}
