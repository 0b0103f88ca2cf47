import type { FrameBatch, Framing } from "../../protocol/framing/mod.ts";
import type { FramedConnection } from "../../protocol/session/mod.ts";
import { framed } from "../framed.ts";
import type { ConnectionHandler } from "../serve.ts";
import type { Service } from "../services/service.ts";
import type { Limits } from "./limits.ts";

/** Says a service in frames: one message, one frame; one answer, one frame. */
export function framedDialect(
  service: Service,
  framing: Framing,
  limits: Limits,
): ConnectionHandler {
  return framed(framing, async (frames, { admit }) => {
    if (service.greeting) await frames.send(service.greeting);
    for (let first = true;; first = false) {
      const batch = await frames.receive();
      if (batch === null) return;
      if (first) admit();
      if (service.reply) {
        if (!await replyAll(frames, batch, service.reply)) return;
      } else {
        if (service.rewrite) rewriteAll(batch, service.rewrite);
        await frames.sendBatch(batch);
      }
    }
  }, limits);
}

/** Answers the frames one by one; false when one of them ends the conversation. */
async function replyAll(
  frames: FramedConnection,
  batch: FrameBatch,
  reply: NonNullable<Service["reply"]>,
): Promise<boolean> {
  for (const message of batch) {
    const answer = reply(message);
    if (answer === null) return false;
    await frames.send(answer);
  }
  return true;
}

function rewriteAll(batch: FrameBatch, rewrite: NonNullable<Service["rewrite"]>): void {
  for (let i = 0; i < batch.count; i++) rewrite(batch.buffer, batch.start(i), batch.end(i));
  // A changed payload may hold what marks the end of a frame, so the wire form is made, and checked, anew.
  batch.wireStart = -1;
}
