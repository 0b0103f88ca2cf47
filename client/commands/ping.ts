import { RemoteError } from "../errors.ts";
import type { Command } from "./command.ts";
import { talkWith } from "./talk_with.ts";

const PING = new TextEncoder().encode("ping");
const GREETING_LENGTH = "Welcome!".length;

/** `nonstick ping` */
export const PING_COMMAND: Command = {
  name: "ping",
  form: "",
  words: [0, 0],
  summary: "print how long the server takes for one answer",
  services: ["echo", "upper", "hello"],
  examples: [["nonstick --quiet ping && echo up", "is the server there?"]],
  run: (context) =>
    talkWith(context, async (talk) => {
      const { to, service, output } = context;
      const started = performance.now();
      // hello speaks first, so nothing need be asked.
      const greets = service === "hello";
      if (!greets) await talk.say(PING);
      const answer = await talk.hear(greets ? GREETING_LENGTH : PING.length);
      if (answer === null) {
        throw new RemoteError("The server closed the connection without an answer");
      }
      const ms = Number((performance.now() - started).toFixed(3));
      await output.result({ to, ms }, `${to} answered in ${ms} ms`);
    }),
};
