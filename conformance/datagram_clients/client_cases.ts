import { findCase } from "../cases/case_book.ts";
import type { Level } from "../stimulus/level.ts";
import type { ClientPlan, ClientScene } from "./client_plan.ts";
import { CLIENT_SECTION_12 } from "./client_section_12.ts";

/** One case, under the id that the case book has for the same thing. */
export interface ClientCase {
  /** Section and number. */
  readonly id: string;
  /** What is done, in a few words. */
  readonly title: string;
  /** How binding it is. */
  readonly level: Level;
  /** What the client has to do, in one sentence. */
  readonly requirement: string;
  /** Makes the plan. */
  plan(scene: ClientScene): ClientPlan;
}

/** The control whose failure makes all other verdicts worthless. */
export const GATE = "0.2";
/** Cases that open every run, whatever was asked for, and those that close it. */
const CLIENT_OPENING: readonly string[] = ["0.2", "0.5", "0.6"];
const CLIENT_CLOSING: readonly string[] = ["0.8"];

/** What a client has to do in each case of section 12, by its id. */
const REQUIRED: Readonly<Record<string, string>> = {
  "12.1": "Each message is sent whole, in a datagram of its own, or in fragments that are right.",
  "12.2": "In whatever order answers come, each is taken, once and whole.",
  "12.3": "An answer that comes twice is taken once, and not for the answer to something else.",
  "12.4": "When an answer does not come, it asks again or ends, and does not do as if it had come.",
  "12.5": "An answer of any length is taken whole or not at all, and a part is not the whole.",
  "12.6": "An answer without bytes is not the end of anything, and no reason to wait for ever.",
  "12.7":
    "An answer as long as can be, or one byte longer than allowed, is taken whole or not at all.",
  "12.8": "Fragments that are missing, overlap, contradict or are out of range make no answer.",
  "12.9": "Messages that are begun and never finished do not get in the way of the answer.",
  "12.10": "An answer is taken only from where it was asked for.",
  "12.11": "An answer to something earlier is not taken for the one that is awaited.",
  "12.12": "A damaged answer does not hang it up nor crash it; damaged headers splice nothing.",
  "12.13": "What looks like two answers in one datagram is one, taken whole or not at all.",
};

const CONTROLS: readonly ClientCase[] = [
  {
    id: "0.2",
    title: "control: everything answered at once, several times",
    level: "MUST",
    requirement: "The client asks the same, and makes the same of the same answers, each time.",
    plan: () => ({ kind: "control", times: 3 }),
  },
  {
    id: "0.5",
    title: "a wrong answer shows",
    level: "MAY",
    requirement: "What the client prints, or its exit code, depends on what it is answered.",
    plan: () => ({ kind: "false-expectation" }),
  },
  {
    id: "0.6",
    title: "proof that datagrams were read",
    level: "MAY",
    requirement: "The kernel tells when the client has read a datagram, and when one was dropped.",
    plan: () => ({ kind: "edges" }),
  },
  {
    id: "0.8",
    title: "control repeated last",
    level: "MUST",
    requirement: "At the end of the run the client still does what it did at the beginning.",
    plan: () => ({ kind: "control", times: 2 }),
  },
];

/** Every case that clients of datagrams have, controls included. */
export function clientCases(): ClientCase[] {
  const section = Object.entries(CLIENT_SECTION_12).flatMap(([id, plan]) => {
    const told = findCase(id), requirement = REQUIRED[id];
    if (told === undefined || requirement === undefined) return [];
    const { title, level } = told;
    return [{ id, title, level, requirement, plan }];
  });
  return [...CONTROLS, ...section];
}

/** The opening, what was asked for, the closing. */
export function withControls(asked: readonly ClientCase[]): ClientCase[] {
  const all = clientCases();
  const named = (ids: readonly string[]) => ids.flatMap((id) => all.filter((one) => one.id === id));
  const controls = [...CLIENT_OPENING, ...CLIENT_CLOSING];
  return [
    ...named(CLIENT_OPENING),
    ...asked.filter(({ id }) => !controls.includes(id)),
    ...named(CLIENT_CLOSING),
  ];
}
