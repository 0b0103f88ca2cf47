import { EXPECTATIONS } from "../stimulus/expectation.ts";

/** The right answer to each message of a client. */
export type RightAnswer = (message: Uint8Array) => Uint8Array;

/** What a client is answered: always the same, or what it expects; undefined when neither says anything. */
export function rightAnswer(expect: string, always?: Uint8Array): RightAnswer | undefined {
  if (always !== undefined) return () => always;
  const expectation = Object.values(EXPECTATIONS).find(({ name }) => name === expect);
  if (expectation === undefined || !expectation.answers) return undefined;
  return (message) => expectation.answer(message);
}
