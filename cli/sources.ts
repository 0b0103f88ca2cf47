/**
 * Where a program finds its settings besides the command line: variables and a config file. Both say what the options
 * of its table say, by the same names, and are read by the same rules.
 * @module
 */
import { messageOf } from "./message_of.ts";
import { environmentSource, NOTHING_SET, variableOf } from "./environment.ts";
import type { Environment } from "./environment.ts";
import type { Manual } from "./manual.ts";
import { type Option, optional, type OptionTable, parseOptions } from "./options.ts";
import { type Source, text, UsageError } from "./options.ts";

/** The option of every program that names the config file. */
export const CONFIG: Option<string | undefined> = optional(
  "FILE",
  "settings (JSONC) by the names of the options; variables and options win over them",
  text,
);

/** What a source is never asked for: it would mean nothing there. */
const ON_COMMAND_LINE_ONLY = ["config", "help", "version"];

/**
 * The sources behind the command line `args` of `command`, the strongest first: the environment, then the config file.
 * Options that the command does not take are left out, so that common settings do for all commands. Who asks for help
 * or the version gets no sources: both must work whatever is set.
 *
 * @throws {UsageError} if one cannot be read, or says what it cannot say.
 */
export async function sourcesOf(
  manual: Manual,
  args: readonly string[],
  { command, environment = NOTHING_SET }: {
    readonly command?: string | undefined;
    readonly environment?: Environment | undefined;
  } = {},
): Promise<Source[]> {
  const taken = manual.commands.find(({ name }) => name === command)?.page ?? manual.page;
  const parsed = parseOptions({ ...everyOption(manual), ...taken.options, config: CONFIG }, args);
  if (parsed.given.has("help") || parsed.given.has("version")) return [];
  const options = { ...settable(everyOption(manual)), ...settable(taken.options) };
  const sources = [environmentSource(manual.name, options, environment)];
  const file = parsed.values.config ??
    (environment(variableOf(manual.name, "config")) || undefined);
  if (file !== undefined) {
    const { configSources } = await import("./config_file.ts");
    const commands = Object.fromEntries(
      manual.commands.map(({ name, page }) => [name, settable(page.options)]),
    );
    sources.push(...configSources(await readConfig(file), file, { options, commands }, command));
  }
  return sources.map((source) =>
    new Map([...source].filter(([name]) => Object.hasOwn(taken.options, name)))
  );
}

/** The options that variables and config files can set. */
export function settable(options: OptionTable): OptionTable {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => !ON_COMMAND_LINE_ONLY.includes(name)),
  );
}

/** The options of the program and of all its commands; of two with the same name the first. */
export function everyOption({ page, commands }: Manual): OptionTable {
  const tables = [page, ...commands.map(({ page }) => page)].map(({ options }) => options);
  return Object.assign({}, ...tables.reverse());
}

async function readConfig(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    throw new UsageError(`Cannot read the config file ${file}: ${messageOf(error)}.`);
  }
}
