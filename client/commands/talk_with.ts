import { FramedConnection } from "../../protocol/session/mod.ts";
import { FramedTalk, NativeTalk, RawTalk, type Talk } from "../talk.ts";
import type { CommandContext } from "./command.ts";

/** Talks with the server in its dialect, in nonstick/1 with `service`, and closes when `talk` is over. */
export async function talkWith(
  { connection, native, framing, patience }: CommandContext,
  service: string,
  talk: (talk: Talk) => Promise<void>,
): Promise<void> {
  if (native !== null) {
    return await talk(new NativeTalk(await patience.during(native.open(service)), patience));
  }
  if (framing === null) return await talk(new RawTalk(connection, patience));
  const frames = new FramedConnection(connection, framing);
  try {
    await talk(new FramedTalk(frames, patience));
  } finally {
    frames.close();
  }
}
