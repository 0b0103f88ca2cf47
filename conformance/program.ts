import type { Environment } from "../cli/environment.ts";
import { helpText } from "../cli/help.ts";
import type { Page } from "../cli/manual.ts";
import { nearest } from "../cli/nearest.ts";
import { UsageError } from "../cli/options.ts";
import { printableLines } from "../cli/printable.ts";
import { sentence } from "../cli/sentence.ts";
import { sourcesOf } from "../cli/sources.ts";
import { VERSION } from "../cli/version.ts";
import { FramingSpecError } from "../protocol/framing/mod.ts";
import { EndpointError } from "../protocol/transport/mod.ts";
import type { Command } from "./commands/command.ts";
import { InterruptedError } from "./commands/interrupt.ts";
import { ScenarioError } from "./exchange/scenario.ts";
import { COMMANDS, MANUAL } from "./manual.ts";
import { TargetStartError } from "./player/target.ts";
import { ConformanceUsageError } from "./run_options.ts";

const USAGE = 2, NOT_STARTED = 4, FAULT = 70;

/**
 * Runs `nonstick-conformance` with its arguments to the end, and resolves to the exit code. `write` gets what goes to
 * standard output, `complain` what goes to standard error. What the arguments do not say is looked for in `environment`,
 * and in the file of `--config`.
 */
export async function runProgram(
  args: readonly string[],
  write: (text: string) => void,
  complain: (text: string) => void,
  environment?: Environment,
): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === "--version") {
      write(`nonstick-conformance ${VERSION}`);
      return 0;
    }
    if (name === "--help" || name === "-h") {
      write(helpOf(MANUAL.page));
      return 0;
    }
    const command = commandNamed(name);
    // As far as `--`, behind which everything is an argument.
    const options = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : rest.length);
    if (options.includes("--help") || options.includes("-h")) {
      write(helpOf(command.page));
      return 0;
    }
    if (options.includes("--version")) {
      write(`nonstick-conformance ${VERSION}`);
      return 0;
    }
    const sources = await sourcesOf(MANUAL, rest, { command: name, environment });
    return await command.run(rest, write, sources);
  } catch (error) {
    complain(`nonstick-conformance: ${printableLines(told(error, name))}`);
    return exitCodeOf(error);
  }
}

function commandNamed(name: string | undefined): Command {
  const command = COMMANDS.find((command) => command.name === name);
  if (command !== undefined) return command;
  const names = COMMANDS.map(({ name }) => name);
  if (name === undefined) throw new UsageError(`A command is missing: ${names.join(", ")}.`);
  const near = nearest(name, names);
  throw new UsageError(
    `There is no command ${name}; ${
      near ? `did you mean ${near}?` : `there are ${names.join(", ")}.`
    }`,
  );
}

function helpOf({ text, options }: Page): string {
  return helpText(text, options).trimEnd();
}

function isUsage(error: unknown): boolean {
  return error instanceof UsageError || error instanceof ConformanceUsageError ||
    error instanceof EndpointError || error instanceof FramingSpecError ||
    error instanceof ScenarioError;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof TargetStartError) return NOT_STARTED;
  if (error instanceof InterruptedError) return error.exitCode;
  return isUsage(error) ? USAGE : FAULT;
}

/** What happened, and where to look further. */
function told(error: unknown, command = ""): string {
  if (!(error instanceof Error)) return `Fault in the harness: ${String(error)}`;
  if (error instanceof TargetStartError || error instanceof InterruptedError) return error.message;
  if (isUsage(error)) {
    const known = COMMANDS.some(({ name }) => name === command) ? ` ${command}` : "";
    return `${sentence(error.message)} See nonstick-conformance${known} --help.`;
  }
  return `Fault in the harness, please report it: ${error.stack ?? error.message}`;
}
