import type { Level } from "../stimulus/level.ts";
import type { RandomStream } from "../stimulus/random_stream.ts";
import {
  cutPairs,
  type CutPlan,
  listed,
  randomCuts,
  singleCuts,
  stride,
} from "../strategy/cut_plan.ts";
import type { Delivery, EndEvent } from "../strategy/delivery.ts";

/** What a case knows of the run when it makes its plan. */
export interface OutputScene {
  /** The whole stream, uncut, with the end that it has in the control. */
  readonly base: Delivery;
  /** Transport to the client. */
  readonly scheme: "tcp" | "tls" | "unix" | "stdio";
  /** Why RST cannot be sent, though the transport knows RST. */
  readonly noReset?: string | undefined;
  /** Randomness for this case. */
  readonly random: RandomStream;
}

/** What a case wants to be done: data, carried out by the campaign. */
export type OutputPlan =
  /** Deliver the whole stream, cut in these ways; `covers` is for the certificate. */
  | { readonly kind: "cuts"; readonly plan: CutPlan; readonly covers?: string }
  /** Cut the stream off at every offset, or at one, in this way. */
  | { readonly kind: "truncate"; readonly end: EndEvent; readonly at?: number }
  /** The uncut stream, so many times. */
  | { readonly kind: "control"; readonly times: number }
  /** Tell how edges are watched. */
  | { readonly kind: "edges" }
  | { readonly kind: "nothing"; readonly why: string };

/** One case, under the id that the case book has for the same thing. */
export interface OutputCase {
  /** Section and number. */
  readonly id: string;
  /** What is done, in a few words. */
  readonly title: string;
  /** How binding it is. */
  readonly level: Level;
  /** What the client has to do, in one sentence. */
  readonly requirement: string;
  /** Makes the plan. */
  plan(scene: OutputScene): OutputPlan;
}

/** Random cut lists of 1.12. */
const RANDOM = 100;

/** The cases in the order in which they are run. */
export const OUTPUT_CASES: readonly OutputCase[] = [
  {
    id: "0.1",
    title: "control: the whole stream in one write, several times",
    level: "MUST",
    requirement: "The client makes the same of the uncut stream each time.",
    plan: () => ({ kind: "control", times: 3 }),
  },
  {
    id: "0.6",
    title: "edge proof",
    level: "MAY",
    requirement: "The kernel tells when the client has read a chunk.",
    plan: () => ({ kind: "edges" }),
  },
  {
    id: "1.1",
    title: "every single cut",
    level: "MUST",
    requirement: "What the client makes of the stream does not depend on where one cut falls.",
    plan: (scene) => counted(scene, singleCuts(scene.base.stimulus.bytes.length)),
  },
  {
    id: "1.4",
    title: "byte drip",
    level: "MUST",
    requirement: "A stream that comes one byte at a time is taken like any other.",
    plan({ base: { stimulus: { bytes: { length } } } }) {
      return { kind: "cuts", plan: listed("byte drip", length, [stride(length, 1)]) };
    },
  },
  {
    id: "2.1",
    title: "frames apart and joined",
    level: "MUST",
    requirement: "Frames may come each in a chunk of its own, or any two in one.",
    plan({ base: { stimulus } }) {
      const { seams, bytes: { length } } = stimulus;
      if (stimulus.frames.length < 2) {
        return { kind: "nothing", why: "no two frames are known in the stream" };
      }
      const lists = [seams, ...seams.map((seam) => seams.filter((at) => at !== seam))];
      return { kind: "cuts", plan: listed("frames apart and joined", length, lists) };
    },
  },
  {
    id: "8.2",
    title: "FIN at every offset",
    level: "MUST",
    requirement: "A stream that was cut off is not taken for the whole one.",
    plan: () => ({ kind: "truncate", end: "fin" }),
  },
  {
    id: "8.4",
    title: "RST at every offset",
    level: "MUST",
    requirement: "A stream that was broken off is not taken for the whole one.",
    plan({ scheme, noReset }) {
      if (noReset !== undefined) return { kind: "nothing", why: noReset };
      if (scheme === "tcp") return { kind: "truncate", end: "reset" };
      return { kind: "nothing", why: `RST is not sent over ${scheme}` };
    },
  },
  {
    id: "1.12",
    title: "random cuts, half of them near edges",
    level: "MUST",
    requirement:
      "What the client makes of the stream does not depend on up to eight cuts anywhere.",
    plan({ base: { stimulus }, random }) {
      const { bytes: { length }, frames } = stimulus;
      if (length < 2) return { kind: "nothing", why: "the stream is too short" };
      const edges = frames.flatMap(({ body, end }) => body === undefined ? [end] : [body, end]);
      return { kind: "cuts", plan: randomCuts(length, RANDOM, random, edges) };
    },
  },
  {
    id: "1.2",
    title: "every pair of cuts",
    level: "MUST",
    requirement: "What the client makes of the stream does not depend on where two cuts fall.",
    plan: (scene) => counted(scene, cutPairs(scene.base.stimulus.bytes.length)),
  },
  {
    id: "0.8",
    title: "control repeated last",
    level: "MUST",
    requirement: "At the end of the run the client still does what it did at the beginning.",
    plan: () => ({ kind: "control", times: 2 }),
  },
];

/** Cases that are part of every run. */
export const OUTPUT_CONTROLS: readonly string[] = ["0.1", "0.6", "0.8"];

function counted({ base }: OutputScene, plan: CutPlan): OutputPlan {
  if (plan.count === 0) return { kind: "nothing", why: "the stream is too short" };
  return { kind: "cuts", plan, covers: `${plan.name} of ${base.stimulus.bytes.length} bytes` };
}

/** The case that plays one delivery given by the user, as a report prints it. */
export function givenCase(delivery: Delivery): OutputCase {
  const { cuts, end, stimulus: { bytes } } = delivery;
  return {
    id: "stream",
    title: "the given stream",
    level: "MUST",
    requirement: "The given stream is taken as it should be, cut as given.",
    plan({ base }) {
      const at = bytes.length;
      if (at < base.stimulus.bytes.length) return { kind: "truncate", end, at };
      if (cuts.length === 0) return { kind: "control", times: 1 };
      return { kind: "cuts", plan: listed("the given cuts", at, [cuts]) };
    },
  };
}
