import { findCase } from "../cases/case_book.ts";
import type { Level } from "../stimulus/level.ts";
import { these } from "../strategy/deliveries.ts";
import type { DatagramPlan, DatagramScene } from "./datagram_plan.ts";
import { from, Messages } from "./messages.ts";
import { SECTION_12_PLANS } from "./section_12_plans.ts";
import { volley } from "./volley.ts";

/** One case, under the id that the case book has for the same thing. */
export interface DatagramCase {
  /** Section and number. */
  readonly id: string;
  /** What is done, in a few words. */
  readonly title: string;
  /** How binding it is. */
  readonly level: Level;
  /** What the target has to do, in one sentence. */
  readonly requirement: string;
  /** Makes the plan. */
  plan(scene: DatagramScene): DatagramPlan;
}

/** The control whose failure makes all other verdicts worthless. */
export const GATE = "0.2";
/** Cases that open every run, whatever was asked for, and those that close it. */
export const DATAGRAM_OPENING: readonly string[] = ["0.2", "0.1", "0.3", "0.5", "0.6"];
export const DATAGRAM_CLOSING: readonly string[] = ["0.7", "0.8"];

/** Sizes of the control's messages, in bytes. */
const CONTROL = [1, 3, 5, 17, 64];

function controlVolley({ contract, random }: DatagramScene, oneByOne: boolean) {
  const messages = new Messages(random(oneByOne ? "one by one" : "at once"), contract);
  const sent = from(0, CONTROL.map((length) => messages.plain(length)));
  return volley(sent, contract.framing, { oneByOne });
}

const CONTROLS: readonly DatagramCase[] = [
  {
    id: "0.2",
    title: "one message, answered, then the next",
    level: "MUST",
    requirement: "A message that arrives alone and whole is answered before the next one is sent.",
    plan: (scene) => ({ kind: "volleys", volleys: these([controlVolley(scene, true)]) }),
  },
  {
    id: "0.1",
    title: "several messages at once",
    level: "MUST",
    requirement: "Several messages that arrive one right behind the other are each answered.",
    plan: (scene) => ({ kind: "volleys", volleys: these([controlVolley(scene, false)]) }),
  },
  {
    id: "0.3",
    title: "random payloads",
    level: "MUST",
    requirement: "Any bytes come through: no canned answers, no text decoding on the way.",
    plan({ contract, random }) {
      if (contract.expectation.letters !== undefined) {
        const why = `${contract.expectation.name} takes names only`;
        return { kind: "nothing", verdict: "UNSUPPORTED", why };
      }
      const messages = new Messages(random("bytes"), contract);
      const made = Array.from(
        { length: 8 },
        () =>
          contract.framing === "datagram"
            ? [messages.bytes(200), messages.bytes(3)]
            : messages.randomFragments(4, 50),
      );
      return {
        kind: "volleys",
        volleys: these(made.map((own) => volley(from(0, own), contract.framing))),
      };
    },
  },
  {
    id: "0.5",
    title: "false expectation must fail",
    level: "MUST",
    requirement: "The harness objects to a right answer when it is told to expect a wrong one.",
    plan: (scene) => ({ kind: "false-expectation", volley: controlVolley(scene, true) }),
  },
  {
    id: "0.6",
    title: "proof that datagrams were read",
    level: "MAY",
    requirement: "The kernel tells when the target has read a datagram, and when one was dropped.",
    plan: () => ({ kind: "edges" }),
  },
  {
    id: "0.7",
    title: "alive after every hostile datagram",
    level: "MUST",
    requirement: "After datagrams that break the rules a new peer is served, by the same process.",
    plan: () => ({ kind: "liveness" }),
  },
  {
    id: "0.8",
    title: "control repeated last",
    level: "MUST",
    requirement: "At the end of the run the target still does what it did at the beginning.",
    plan: (scene) => ({
      kind: "volleys",
      volleys: these([controlVolley(scene, true), controlVolley(scene, false)]),
    }),
  },
];

/** Every case that datagrams have, controls included. */
export function datagramCases(): DatagramCase[] {
  const section = Object.entries(SECTION_12_PLANS).flatMap(([id, plan]) => {
    const told = findCase(id);
    if (told === undefined) return [];
    const { title, level, requirement } = told;
    return [{ id, title, level, requirement, plan }];
  });
  return [...CONTROLS, ...section];
}
