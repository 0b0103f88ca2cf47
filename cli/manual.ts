import type { HelpText } from "./help.ts";
import type { OptionTable } from "./options.ts";

/** What is to be known of one way to call a program: its text, and the options that it takes. */
export interface Page {
  readonly text: HelpText;
  readonly options: OptionTable;
}

/** A command of a program. */
export interface ManualCommand {
  readonly name: string;
  readonly summary: string;
  readonly page: Page;
  /** The only arguments that it takes, if they are words. */
  readonly words?: readonly string[];
}

/** All that is to be known of a program: variables, config file, completions and the man page come from it. */
export interface Manual {
  /** How the program is called. */
  readonly name: string;
  /** What it is, in a few words. */
  readonly summary: string;
  /** The program without a command. */
  readonly page: Page;
  readonly commands: readonly ManualCommand[];
}
