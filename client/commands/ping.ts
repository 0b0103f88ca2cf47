import { RemoteError } from "../errors.ts";
import type { Command, CommandContext } from "./command.ts";
import { talkWith } from "./talk_with.ts";

const PING = new TextEncoder().encode("ping");
const GREETING_LENGTH = "Welcome!".length;

/** `nonstick ping` */
export const PING_COMMAND: Command = {
  name: "ping",
  form: "",
  words: [0, 0],
  summary: "print how long the server takes for one answer",
  service: null,
  speaks: ["echo", "upper", "hello"],
  examples: [["nonstick --quiet ping && echo up", "is the server there?"]],
  runOverDatagrams: async (context) => {
    const started = performance.now();
    await context.asker.ask(PING);
    await report(context, performance.now() - started);
  },
  run: async (context) => {
    const { native, patience } = context;
    await report(
      context,
      native === null ? await talked(context) : await patience.during(native.ping()),
    );
  },
};

async function report(
  { to, output }: Pick<CommandContext, "to" | "output">,
  time: number,
): Promise<void> {
  const ms = Number(time.toFixed(3));
  await output.result({ to, ms }, `${to} answered in ${ms} ms`);
}

/** How long an answer takes where there are no pings, in ms. */
async function talked(context: CommandContext): Promise<number> {
  const started = performance.now();
  await talkWith(context, context.speak, async (talk) => {
    // hello speaks first, so nothing need be asked.
    const greets = context.speak === "hello";
    if (!greets) await talk.say(PING);
    const answer = await talk.hear(greets ? GREETING_LENGTH : PING.length);
    if (answer === null) {
      throw new RemoteError("The server closed the connection without an answer");
    }
  });
  return performance.now() - started;
}
