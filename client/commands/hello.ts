import { RemoteError } from "../errors.ts";
import type { Talk } from "../talk.ts";
import type { Command } from "./command.ts";
import { talkWith } from "./talk_with.ts";

const encoder = new TextEncoder();
const GREETING = "Welcome!", EXIT = encoder.encode("exit");

/** `nonstick hello NAME...` */
export const HELLO: Command = {
  name: "hello",
  form: "NAME...",
  words: [1, Infinity],
  summary: "print the greeting, then the answer to each NAME, and say exit",
  service: "hello",
  speaks: ["hello"],
  examples: [
    [
      "nonstick --to 'tcp://127.0.0.1:7002?speak=hello' hello Michael Tracy",
      "the classic tutorial",
    ],
  ],
  // Nobody greets who has not said anything, and there is nothing to end.
  runOverDatagrams: async ({ words, asker, output }) => {
    for (const word of words) {
      const name = encoder.encode(word);
      // Behind NUL bytes there is room for the answer: a careful server gives strangers no more than it gets.
      const padded = new Uint8Array(name.length + "Hello, !".length);
      padded.set(name);
      await output.answers([await asker.ask(name, padded)]);
    }
  },
  run: (context) =>
    talkWith(context, "hello", async (talk) => {
      await context.output.answers([await heard(talk, GREETING.length)]);
      for (const name of context.words) {
        const message = encoder.encode(name);
        await talk.say(message);
        await context.output.answers([await heard(talk, message.length + "Hello, !".length)]);
      }
      // In nonstick/1 the end says it all.
      if (context.native === null) await talk.say(EXIT);
      await talk.end();
      await talk.hear(1);
    }),
};

async function heard(talk: Talk, expected: number): Promise<Uint8Array> {
  const answer = await talk.hear(expected);
  if (answer === null) throw new RemoteError("The server closed the connection without an answer");
  return answer;
}
