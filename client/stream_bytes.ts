import type { CommandContext } from "./commands/command.ts";
import { IntegrityError, RemoteError } from "./errors.ts";
import { chunksOf } from "./input.ts";
import { Sending } from "./sending.ts";

/** Sends the input as it comes and prints what comes back, as many bytes as were sent, until both have ended. */
export async function streamBytes(context: CommandContext): Promise<void> {
  const { connection, input, patience, output } = context;
  const sending = new Sending(patience, async () => {
    for await (const chunk of chunksOf(input)) {
      patience.owe(chunk.length);
      for (let at = 0; at < chunk.length;) at += await connection.write(chunk.subarray(at));
    }
  }, () => connection.closeWrite());
  const buffer = new Uint8Array(65_536);
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) break;
    await output.bytes(buffer.subarray(0, count));
    if (count > patience.owed) throw new IntegrityError("More bytes came back than were sent");
    patience.paid(count);
  }
  // The end of the stream was owed too.
  const missing = patience.owed - 1;
  patience.stop();
  sending.check();
  if (missing > 0) throw new RemoteError(`The server ended the stream ${missing} bytes too early`);
}
