import { FramedConnection } from "../../protocol/session/mod.ts";
import { FramedTalk, RawTalk, type Talk } from "../talk.ts";
import type { CommandContext } from "./command.ts";

/** Talks with the server in its dialect, and closes when `talk` is over. */
export async function talkWith(
  { connection, framing, patience }: CommandContext,
  talk: (talk: Talk) => Promise<void>,
): Promise<void> {
  if (framing === null) return await talk(new RawTalk(connection, patience));
  const frames = new FramedConnection(connection, framing);
  try {
    await talk(new FramedTalk(frames, patience));
  } finally {
    frames.close();
  }
}
