import type { Verdict } from "../judge/verdict.ts";
import type { Contract } from "../stimulus/contract.ts";
import type { PayloadSource } from "../stimulus/payloads.ts";
import type { TrialRule } from "../judge/trial_rules.ts";
import type { Level } from "../stimulus/level.ts";
import type { RandomStream } from "../stimulus/random_stream.ts";
import type { Stimulus } from "../stimulus/stimulus.ts";
import type { CoveredSet } from "../strategy/covered_set.ts";
import type { Deliveries } from "../strategy/deliveries.ts";
import type { Delivery } from "../strategy/delivery.ts";

import type { Feature } from "./features.ts";

export type { Level } from "../stimulus/level.ts";

/** What a case knows of the run when it makes its plan. */
export interface Scene {
  /** What the target claims to speak. */
  readonly contract: Contract;
  /** Transport to the target. */
  readonly scheme: "tcp" | "tls" | "unix" | "stdio";
  /** Why RST cannot be sent to the target, though the transport knows RST. */
  readonly noReset?: string;
  /** Bytes of the stream of which every pair of cuts is tried; undefined for the usual number. */
  readonly pairs?: number;
  /** After how long a silence the target hangs up, in ms, if that was told. */
  readonly idleMs?: number;
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
    /** The same as a rule, so that a report can check from the history that nothing is missing. */
    readonly set?: CoveredSet;
    /** Played first, not judged: shows whether the target closes or skips what is over its limit. */
    readonly policy?: Delivery;
    /** Whether several frames in one chunk are the point, even for targets that cannot take them. */
    readonly joins?: boolean;
    /** Whether the connections must be able to send RST. */
    readonly resets?: boolean;
    /**
     * How many connections are played on at once, each with one delivery. A target that serves one connection after the
     * other gets only the `few`, one by one, if there are any.
     */
    readonly together?: number;
    /** What is played one by one where nothing can be played together. */
    readonly few?: Deliveries;
    /** By which rule each is judged; by default all answers must come, and nothing else. */
    readonly judge?: TrialRule;
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
  | {
    /** Many connections at once; then a new one that must be served beside one that stalls. */
    readonly kind: "isolation";
    /** What is played at once, on a connection each. */
    readonly crowd: Deliveries;
    /** One peer stalls behind this. */
    readonly half: Delivery;
    /** Another one sends this over and over and reads no answers. */
    readonly pressing: Stimulus;
  }
  /** Tell whether the connection is kept open behind a complete answer; both are right. */
  | { readonly kind: "kept-open"; readonly delivery: Delivery }
  /** What the target wrote is sent back to it. */
  | { readonly kind: "round-trip"; readonly stimuli: readonly Stimulus[] }
  /** Send and never read: the target must not keep an answer for everything that is sent. */
  | { readonly kind: "unread"; readonly pressing: Stimulus }
  /** One long frame in many chunks; the first delivery counts that can be made and that the target takes. */
  | { readonly kind: "growth"; readonly deliveries: readonly (() => Delivery | undefined)[] }
  | {
    /** Lead connections through our own proxy, once for each rule by which it cuts. */
    readonly kind: "proxied";
    /** How the proxy cuts, as `proxy --chunking` takes it. */
    readonly rules: readonly string[];
    /** What is played through it, with each rule. */
    readonly deliveries: Deliveries;
    /** One conversation that is recorded on the way first, and what is played of it instead of the deliveries. */
    readonly recorded?: {
      readonly traffic: Delivery;
      again(recorded: Stimulus): Deliveries;
    };
    /** How long each rule is played, in ms; by default until all is played. */
    readonly soakMs?: number;
  }
  /** Many connections at once, each in the middle of a frame. */
  | { readonly kind: "parallel"; readonly halves: readonly (readonly [Delivery, Delivery])[] };

/** The plans of one kind. */
export type PlanOf<Kind extends Plan["kind"]> = Extract<Plan, { readonly kind: Kind }>;

/** The part of a stream that is wrong on purpose: a header, a payload, the end of a frame, what is between, the end. */
export type Phase = "header" | "payload" | "frame end" | "between frames" | "end of stream";

/** What was seen, for each verdict that a case can come to. */
export type OutcomeMap = Readonly<Partial<Record<Verdict, string>>>;

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
  /** What it needs of the framing, the target and the transport; without one of them it is UNSUPPORTED. */
  readonly needs?: readonly Feature[];
  /** Where the stimulus is wrong on purpose; undefined when all of it is right. */
  readonly negative?: Phase;
  /** What was seen, for each verdict, where it is more than the words of the verdict say. */
  readonly outcomes?: OutcomeMap;
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
