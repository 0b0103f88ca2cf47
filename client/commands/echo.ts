import { equals } from "@std/bytes/equals";
import { IntegrityError, RemoteError } from "../errors.ts";
import { NATIVE } from "../../cli/dialect.ts";
import { linesOf } from "../input.ts";
import { streamBytes } from "../stream_bytes.ts";
import { streamExchange } from "../stream_exchange.ts";
import { streamLines } from "../stream_lines.ts";
import type { Command, CommandContext, DatagramContext } from "./command.ts";
import { talkWith } from "./talk_with.ts";

/** `nonstick echo TEXT|-` */
export const ECHO: Command = {
  name: "echo",
  form: "TEXT|-",
  words: [1, Infinity],
  summary:
    "send TEXT and print the answer, which must be the same; - sends stdin, in frames line by line",
  service: "echo",
  speaks: ["echo"],
  examples: [
    ["nonstick echo hello", "one line to the default server"],
    [
      "nonstick --to 'tcp://127.0.0.1:7001?speak=echo&framing=u32be' echo - < file > copy",
      "a file there and back, a frame for each line",
    ],
  ],
  runOverDatagrams: (context) => askTextOrInput(context, (text) => text),
  run: (context) => textOrInput(context, "echo", (text) => text),
};

/** `nonstick upper TEXT|-` */
export const UPPER: Command = {
  name: "upper",
  form: "TEXT|-",
  words: [1, Infinity],
  summary:
    "send TEXT and print the answer, which must be in upper case; - sends stdin as echo does",
  service: "upper",
  speaks: ["upper"],
  examples: [
    ["nonstick --to 'tcp://127.0.0.1:7001?speak=upper' upper hello", "raw, as in the tutorials"],
  ],
  runOverDatagrams: (context) => askTextOrInput(context, upperCase),
  run: (context) => textOrInput(context, "upper", upperCase),
};

/** Sends the words as one message, or the input as it comes. */
async function textOrInput(
  context: CommandContext,
  service: string,
  expected: (message: Uint8Array) => Uint8Array,
): Promise<void> {
  const { words, framing, native, output, speak } = context;
  if (words.length === 1 && words[0] === "-") {
    if (native !== null) return await streamExchange(context, await native.open(service));
    return framing === null
      ? await streamBytes(context)
      : await streamLines(context, framing, { answered: true });
  }
  const message = new TextEncoder().encode(words.join(" "));
  await talkWith(context, service, async (talk) => {
    await talk.say(message);
    await talk.end();
    const answer = await talk.hear(message.length);
    if (answer === null) {
      throw new RemoteError("The server closed the connection without an answer");
    }
    await output.answers([answer]);
    if (!equals(answer, expected(message)) || await talk.hear(1) !== null) {
      throw new IntegrityError(
        `The answer is not what ${
          speak === NATIVE ? service : speak
        } gives. Is that what the server speaks, in this framing?`,
      );
    }
  });
}

/** Asks with the words as one datagram, or with one for each line of the input. */
async function askTextOrInput(
  { words, input, output, speak, asker }: DatagramContext,
  expected: (message: Uint8Array) => Uint8Array,
): Promise<void> {
  const ask = async (message: Uint8Array) => {
    const answer = await asker.ask(message);
    await output.answers([answer]);
    if (!equals(answer, expected(message))) {
      throw new IntegrityError(
        `The answer is not what ${speak} gives. Is that what the server speaks?`,
      );
    }
  };
  if (words.length !== 1 || words[0] !== "-") {
    return await ask(new TextEncoder().encode(words.join(" ")));
  }
  for await (const lines of linesOf(input)) {
    for (const line of lines) await ask(line);
  }
}

/** As the service does it: the bytes a–z only. */
function upperCase(message: Uint8Array): Uint8Array {
  return message.map((byte) => byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte);
}
