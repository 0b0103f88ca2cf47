import { UsageError } from "../../cli/options.ts";
import { streamLines } from "../stream_lines.ts";
import type { Command } from "./command.ts";

/** `nonstick frames` */
export const FRAMES: Command = {
  name: "frames",
  form: "",
  words: [0, 0],
  summary: "send each line of stdin as a frame, print each frame that comes as a line",
  speaks: [],
  framed: true,
  examples: [
    [
      "printf 'one\\ntwo\\n' | nonstick --to tcp://127.0.0.1:7001 --framing netstring frames",
      "two frames to any framed server",
    ],
  ],
  run: async (context) => {
    if (context.framing === null) {
      throw new UsageError("frames needs frames: say which ones with --framing SPEC.");
    }
    await streamLines(context, context.framing, { answered: false });
  },
};
