import { equals } from "@std/bytes/equals";
import { type DueAnswer, dueAnswers } from "../datagrams/due_answers.ts";
import { type DatagramFraming, sentOf, volley } from "../datagrams/volley.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { ASKED, LOST } from "./answer_script.ts";

/** What a client was given, as far as right answers go. */
export type GivenAnswers =
  /** A right one to everything it asks for: it has to do what it does in the control. */
  | "all"
  /** Perhaps: among bytes that are wrong or contradict the right ones, so that both is right. */
  | "perhaps"
  /** Not all of them: it must not do as if. */
  | "not-all";

/** The messages that reach a client in a play from the socket that it asked, each with whether it has to take it. */
export function messagesTo(delivery: Delivery, framing: DatagramFraming): DueAnswer[] {
  const came = sentOf(delivery).filter(({ socket }) => socket !== LOST);
  return dueAnswers(volley(came, framing), { framing, expectation: EXPECTATIONS.echo })
    .filter(({ socket }) => socket === ASKED);
}

/** Whether the messages that reached a client are the answers that are right, and nothing else. Pure. */
export function givenAnswers(
  messages: readonly DueAnswer[],
  answers: readonly Uint8Array[],
): GivenAnswers {
  const ofMessage = (answer: Uint8Array) => messages.filter((one) => equals(one.answer, answer));
  const found = answers.map(ofMessage);
  if (found.some((list) => list.length === 0)) return "not-all";
  const isSure = found.every((list) => list.some(({ must }) => must)) &&
    wrongAnswers(messages, answers).length === 0;
  return isSure ? "all" : "perhaps";
}

/** The messages from the socket that was asked that are no right answers. */
export function wrongAnswers(
  messages: readonly DueAnswer[],
  answers: readonly Uint8Array[],
): Uint8Array[] {
  return messages.map(({ answer }) => answer)
    .filter((message) => !answers.some((answer) => equals(answer, message)));
}
