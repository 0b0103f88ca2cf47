/** What a target promises to do with frames, as `--expect` names it. */
export type ExpectationName = "echo" | "upper" | "hello" | "none";

/** What a target answers: one frame for each frame, after a greeting if it has one. */
export interface Expectation {
  /** As `--expect` names it. */
  readonly name: ExpectationName;
  /** What it is, in a few words. */
  readonly about: string;
  /** False when nothing is known of the answers: then only liveness is judged. */
  readonly answers: boolean;
  /** Payloads of the frames that the target sends on connect. */
  readonly greeting: readonly Uint8Array[];
  /** The letters that payloads are made of; undefined for any bytes. */
  readonly letters?: string;
  /** Least bytes of a payload that it answers. */
  readonly minPayload: number;
  /** The payload of the answer. */
  answer(payload: Uint8Array): Uint8Array;
}

const text = (text: string) => new TextEncoder().encode(text);

/** Every promise that can be tested. */
export const EXPECTATIONS: Readonly<Record<ExpectationName, Expectation>> = {
  echo: {
    name: "echo",
    about: "the same payload comes back",
    answers: true,
    greeting: [],
    minPayload: 0,
    answer: (payload) => payload,
  },
  upper: {
    name: "upper",
    about: "the payload comes back with the bytes a-z in upper case",
    answers: true,
    greeting: [],
    minPayload: 0,
    answer: (payload) => payload.map((byte) => byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte),
  },
  hello: {
    name: "hello",
    about: '"Welcome!" on connect, then "Hello, NAME!" for each NAME',
    answers: true,
    greeting: [text("Welcome!")],
    letters: "abcdefghijklmnopqrsuvwyz", // without x and t, so that no name is "exit"
    minPayload: 1,
    answer: (payload) => text(`Hello, ${new TextDecoder().decode(payload)}!`),
  },
  none: {
    name: "none",
    about: "nothing is known of the answers: only liveness is judged",
    answers: false,
    greeting: [],
    minPayload: 0,
    answer: (payload) => payload,
  },
};
