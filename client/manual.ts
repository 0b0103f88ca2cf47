import type { Manual } from "../cli/manual.ts";
import { COMMANDS } from "./commands/mod.ts";
import { commandPage, programPage } from "./options.ts";

/** What is to be known of `nonstick`: variables, config files, completions and the man page come from this. */
export const MANUAL: Manual = {
  name: "nonstick",
  summary: "talk with a nonstick-server, or with any server that speaks the same",
  page: programPage(),
  commands: COMMANDS.map((command) => ({
    name: command.name,
    summary: command.summary,
    page: commandPage(command),
    ...(command.choices === undefined ? {} : { words: command.choices }),
  })),
};
