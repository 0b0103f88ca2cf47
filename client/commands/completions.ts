import { completions, completionsCommand } from "../../cli/completions/mod.ts";
import type { LoneCommand } from "./command.ts";

const { name, summary, words, page } = completionsCommand("nonstick");

/** `nonstick completions SHELL` */
export const COMPLETIONS: LoneCommand = {
  name,
  summary,
  form: "SHELL",
  words: [1, 1],
  ...(words === undefined ? {} : { choices: words }),
  examples: page.text.examples,
  runAlone: async (context) => {
    // Loaded only here: the manual is made of all commands, and so of this one.
    const { MANUAL } = await import("../manual.ts");
    await context.output.bytes(new TextEncoder().encode(completions(MANUAL, context.words)));
  },
};
