/**
 * Completions of a program for the common shells, made from its manual: commands, options, the words of options that
 * know theirs, and files where they are wanted.
 * @module
 */
import { flag, UsageError } from "../options.ts";
import { nearest } from "../nearest.ts";
import type { Manual, ManualCommand } from "../manual.ts";
import { bashCompletions } from "./bash.ts";
import { fishCompletions } from "./fish.ts";
import { powershellCompletions } from "./powershell.ts";
import { zshCompletions } from "./zsh.ts";

const SHELLS: Readonly<Record<string, (manual: Manual) => string>> = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
  powershell: powershellCompletions,
};

/** The command `completions` of `program`. */
export function completionsCommand(program: string): ManualCommand {
  return {
    name: "completions",
    summary: "print completions for a shell",
    words: Object.keys(SHELLS),
    page: {
      text: {
        usage: [`${program} completions SHELL`],
        about: `Prints a script that lets ${Object.keys(SHELLS).join(", ")} complete ${program}.`,
        examples: [
          [`source <(${program} completions bash)`, "in ~/.bashrc, or zsh in ~/.zshrc"],
          [`${program} completions fish | source`, "in ~/.config/fish/config.fish"],
          [
            `${program} completions powershell | Out-String | Invoke-Expression`,
            "in the file that $PROFILE names",
          ],
        ],
      },
      options: { help: flag("print this help", "h") },
    },
  };
}

/**
 * The completions for the shell that `words` names.
 *
 * @throws {UsageError} if it is none of those that are known.
 */
export function completions(manual: Manual, words: readonly string[]): string {
  const [shell = "", ...more] = words;
  const known = Object.keys(SHELLS);
  if (more.length > 0) throw new UsageError(`completions takes no argument ${more[0]}.`);
  const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (script !== undefined) return script(manual);
  if (shell === "") throw new UsageError(`completions lacks SHELL: ${known.join(", ")}.`);
  const near = nearest(shell, known);
  throw new UsageError(
    `There are no completions for ${shell}; ` +
      (near ? `did you mean ${near}?` : `there are ${known.join(", ")}.`),
  );
}
