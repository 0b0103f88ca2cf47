import type { Exchange } from "../protocol/native/mod.ts";
import type { CommandContext } from "./commands/command.ts";
import { IntegrityError, RemoteError } from "./errors.ts";
import { chunksOf } from "./input.ts";
import { Sending } from "./sending.ts";

/** Sends the input as it comes and prints what comes back, as many bytes as were sent, until both have ended. */
export async function streamExchange(context: CommandContext, exchange: Exchange): Promise<void> {
  const { input, patience, output } = context;
  const sending = new Sending(patience, async () => {
    for await (const chunk of chunksOf(input)) {
      patience.owe(chunk.length);
      await exchange.send(chunk);
    }
  }, () => exchange.end());
  for await (const { bytes } of exchange) {
    await output.bytes(bytes);
    if (bytes.length > patience.owed) {
      throw new IntegrityError("More bytes came back than were sent");
    }
    patience.paid(bytes.length);
  }
  // The end of the stream was owed too.
  const missing = patience.owed - 1;
  patience.stop();
  sending.check();
  if (missing > 0) {
    throw new RemoteError(`The server ended the exchange ${missing} bytes too early`);
  }
}
