import { type Framing, FramingError } from "../protocol/framing/mod.ts";
import { FramedConnection } from "../protocol/session/mod.ts";
import type { CommandContext } from "./commands/command.ts";
import { InputError, IntegrityError, RemoteError } from "./errors.ts";
import { linesOf } from "./input.ts";
import { Sending } from "./sending.ts";

/**
 * Sends each line of the input as a frame and prints each frame that comes as a line, until both have ended. With
 * `answered` the server owes one frame for each, and a last line without a line end is answered without one, so that
 * an echo gives the very bytes of the input.
 */
export async function streamLines(
  context: CommandContext,
  framing: Framing,
  { answered }: { readonly answered: boolean },
): Promise<void> {
  const { connection, input, patience, output } = context;
  const frames = new FramedConnection(connection, framing);
  let sent = 0, came = 0, openLine = NaN;
  const sending = new Sending(patience, async () => {
    for await (const batch of linesOf(input)) {
      if (answered) patience.owe(batch.count);
      if (batch.unterminated) openLine = sent + 1;
      for (const line of batch) await sendLine(frames, line, ++sent);
    }
  }, () => frames.closeWrite());
  try {
    for await (const batch of frames.batches()) {
      came += batch.count;
      await output.answers(batch, answered && came === openLine);
      if (answered && came > sent) throw new IntegrityError("More frames came back than were sent");
      patience.paid(answered ? batch.count : 0);
    }
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    throw new RemoteError(
      `The answer cannot be read as ${framing.spec}: ${error.message}. Is that the server's framing?`,
    );
  } finally {
    frames.close();
  }
  patience.stop();
  sending.check();
  if (answered && came < sent) {
    throw new RemoteError(`The server ended the stream with ${sent - came} answers missing`);
  }
}

async function sendLine(frames: FramedConnection, line: Uint8Array, number: number): Promise<void> {
  try {
    await frames.send(line);
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    throw new InputError(
      `Cannot send line ${number} of the input in ${frames.framing.spec}: ${error.message}.`,
    );
  }
}
