import { nearest } from "../cli/nearest.ts";
import { UsageError } from "../cli/options.ts";
import { printableLines } from "../cli/printable.ts";
import { VERSION } from "../cli/version.ts";
import { FramingSpecError } from "../protocol/framing/mod.ts";
import { EndpointError } from "../protocol/transport/mod.ts";
import { EXPLAIN, LIST } from "./commands/book.ts";
import type { Command } from "./commands/command.ts";
import { InterruptedError } from "./commands/interrupt.ts";
import { PROVE } from "./commands/prove.ts";
import { RUN } from "./commands/run.ts";
import { TargetStartError } from "./player/target.ts";
import { ConformanceUsageError } from "./run_options.ts";

const COMMANDS: readonly Command[] = [RUN, PROVE, LIST, EXPLAIN];

const USAGE = 2, NOT_STARTED = 4, FAULT = 70;

/**
 * Runs `nonstick-conformance` with its arguments to the end, and resolves to the exit code. `write` gets what goes to
 * standard output, `complain` what goes to standard error.
 */
export async function runProgram(
  args: readonly string[],
  write: (text: string) => void,
  complain: (text: string) => void,
): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === "--version") {
      write(`nonstick-conformance ${VERSION}`);
      return 0;
    }
    if (name === "--help" || name === "-h") {
      write(programHelp());
      return 0;
    }
    const command = commandNamed(name);
    // As far as `--`, behind which everything is an argument.
    const options = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : rest.length);
    if (options.includes("--help") || options.includes("-h")) {
      write(command.help().trimEnd());
      return 0;
    }
    if (options.includes("--version")) {
      write(`nonstick-conformance ${VERSION}`);
      return 0;
    }
    return await command.run(rest, write);
  } catch (error) {
    complain(`nonstick-conformance: ${printableLines(sentence(error, name))}`);
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

function programHelp(): string {
  const commands = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`);
  return [
    "Usage: nonstick-conformance COMMAND [ARGUMENT]... [OPTION]...",
    "",
    "Proves that a framed server receives every frame cleanly, however its bytes are cut, or prints the",
    "smallest cutting that breaks it.",
    "",
    "Commands:",
    ...commands,
    "",
    "Examples:",
    "  # a server of yours that echoes frames with a 32-bit length",
    "  nonstick-conformance run tcp://127.0.0.1:0 --framing u32be --spawn 'python3 server.py {port}'",
    "  # the options of a command",
    "  nonstick-conformance run --help",
  ].join("\n");
}

function isUsage(error: unknown): boolean {
  return error instanceof UsageError || error instanceof ConformanceUsageError ||
    error instanceof EndpointError || error instanceof FramingSpecError;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof TargetStartError) return NOT_STARTED;
  if (error instanceof InterruptedError) return error.exitCode;
  return isUsage(error) ? USAGE : FAULT;
}

/** What happened, and where to look further. */
function sentence(error: unknown, command = ""): string {
  if (!(error instanceof Error)) return `Fault in the harness: ${String(error)}`;
  if (error instanceof TargetStartError || error instanceof InterruptedError) return error.message;
  if (isUsage(error)) {
    const known = COMMANDS.some(({ name }) => name === command) ? ` ${command}` : "";
    const ended = /[.?!']$/.test(error.message) ? error.message : `${error.message}.`;
    return `${ended} See nonstick-conformance${known} --help.`;
  }
  return `Fault in the harness, please report it: ${error.stack ?? error.message}`;
}
