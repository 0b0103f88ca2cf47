import { completions, completionsCommand } from "../../cli/completions/mod.ts";
import { parseOptions } from "../../cli/options.ts";
import type { Command } from "./command.ts";

const known = completionsCommand("nonstick-conformance");

/** `completions SHELL`: a script that lets a shell complete what is typed. */
export const COMPLETIONS: Command = {
  ...known,
  run: async (args, write) => {
    const { words } = parseOptions(known.page.options, args);
    // Loaded only here: the manual is made of all commands, and so of this one.
    const { MANUAL } = await import("../manual.ts");
    write(completions(MANUAL, words).trimEnd());
    return 0;
  },
};
