import type { ConnectionHandler } from "../serve.ts";
import type { Service } from "../services/service.ts";
import type { Limits } from "./limits.ts";
import { RawTalk } from "./raw_talk.ts";

/**
 * Says a service as the tutorials do: what one read returns is taken for one message. There is no framing, so where
 * messages begin and end is up to the network; that is what the conformance runner shows.
 */
export function rawDialect(service: Service, limits: Limits): ConnectionHandler {
  return async (connection, context) => {
    const talk = new RawTalk(connection, limits, context);
    if (service.greeting) await talk.write(service.greeting);
    for (let message = await talk.read(); message !== null; message = await talk.read()) {
      service.rewrite?.(message, 0, message.length);
      const answer = service.reply ? service.reply(message) : message;
      if (answer === null) return;
      await talk.write(answer);
    }
  };
}
