/**
 * The options of a program as data: one table gives parsing, checks and help.
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { nearest } from "./nearest.ts";

/** The command line cannot be used. The message says what is wrong and what to write instead. */
export class UsageError extends Error {
  /** Makes an error from a sentence. */
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** One option: how it is written, read and explained. */
export interface Option<Value> {
  /** What stands for the value in the help; without one the option is a flag. */
  readonly placeholder?: string;
  /** The one-letter name. */
  readonly short?: string;
  /** Whether it may be given more than once. */
  readonly many?: boolean;
  /** What it does, in a few words. */
  readonly help: string;
  /** The value when it is not given, as the help shows it. */
  readonly defaultText?: string;
  /** The only values that it can have, for completions. */
  readonly words?: readonly string[];
  /** Reads what was written: nothing when the option was not given. Throws an Error that says why it cannot be used. */
  readonly read: (texts: readonly string[]) => Value;
}

/** All options of a program by their long names, in the order of the help. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** What the options of a table were set to. */
export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer Value> ? Value : never;
};

/** What an option was set to elsewhere than on the command line. */
export interface Setting {
  /** What would stand behind the option; one text for a flag that is set, none for one that is not. */
  readonly texts: readonly string[];
  /** What was written and where, for messages. */
  readonly shown: string;
}

/** A place with settings, such as the environment: what it says of each option that it knows. */
export type Source = ReadonlyMap<string, Setting>;

/** Reads a value from its text; says which words it knows, if it knows no others. */
export interface Reader<Value> {
  /** Throws an Error that says why the text cannot be used. */
  (text: string): Value;
  readonly words?: readonly string[];
}

/** An option without a value. */
export function flag(help: string, short?: string): Option<boolean> {
  return { help, ...(short ? { short } : {}), read: (texts) => texts.length > 0 };
}

/** An option with one value that need not be given. */
export function optional<Value>(
  placeholder: string,
  help: string,
  read: Reader<Value>,
): Option<Value | undefined> {
  return {
    ...{ placeholder, help, ...wordsOf(read) },
    read: ([text]) => text === undefined ? undefined : read(text),
  };
}

/** An option with one value and a default, written as on the command line. */
export function withDefault<Value>(
  placeholder: string,
  help: string,
  text: string,
  read: Reader<Value>,
): Option<Value> {
  return {
    ...{ placeholder, help, defaultText: text, ...wordsOf(read) },
    read: ([given]) => read(given ?? text),
  };
}

/** An option that may be given several times. */
export function list<Value>(
  placeholder: string,
  help: string,
  read: Reader<Value>,
): Option<Value[]> {
  return {
    ...{ placeholder, help, many: true, ...wordsOf(read) },
    read: (texts) => texts.map((text) => read(text)),
  };
}

function wordsOf({ words }: Reader<unknown>): { words?: readonly string[] } {
  return words === undefined ? {} : { words };
}

/** Reads any text. */
export function text(text: string): string {
  return text;
}

/** Reads one of `words`. */
export function oneOf<const Word extends string>(...words: Word[]): Reader<Word> {
  const read = (text: string): Word => {
    const word = words.find((word) => word === text);
    if (word === undefined) throw new Error(`it is not one of ${words.join(", ")}`);
    return word;
  };
  return Object.assign(read, { words });
}

/** Reads a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new Error(`it is not a whole number from ${least} to ${most}`);
    }
    return value;
  };
}

/** The longest time an option can name: what a timer can wait, in seconds. */
const MOST_SECONDS = 2_147_483;

/** Reads seconds, with a fraction if need be, and gives milliseconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value < 0.001 || value > MOST_SECONDS) {
    throw new Error(`it is not a number of seconds from 0.001 to ${MOST_SECONDS}`);
  }
  return value * 1000;
}

/** What a command line holds: the options and the other arguments. */
export interface CommandLine<Table extends OptionTable> {
  /** The options by name. */
  readonly values: OptionValues<Table>;
  /** The arguments that are no options, in order. */
  readonly words: readonly string[];
  /** The options that the command line itself names. */
  readonly given: ReadonlySet<string>;
}

/**
 * Reads `args` by `table`. Options and other arguments may be mixed; after `--` everything is an argument. What the
 * command line does not say is taken from the first of `sources` that says it.
 *
 * @throws {UsageError} if an option is unknown, lacks its value, is given twice, or has a value it cannot have.
 */
export function parseOptions<Table extends OptionTable>(
  table: Table,
  args: readonly string[],
  sources: readonly Source[] = [],
): CommandLine<Table> {
  const entries = Object.entries(table);
  const withValue = entries.filter(([, option]) => option.placeholder !== undefined);
  const parsed: Record<string, unknown> = parseArgs(args, {
    string: [...withValue.map(([name]) => name), "_"],
    boolean: entries.filter(([, option]) => option.placeholder === undefined).map(([name]) => name),
    collect: withValue.map(([name]) => name),
    alias: Object.fromEntries(
      entries.flatMap(([name, { short }]) => short ? [[short, name] as const] : []),
    ),
    unknown: (arg: string, key?: string) => {
      if (key !== undefined) throw unknownOption(arg, key, table);
    },
  });
  const given = new Set(Object.keys(table).filter((name) => isGiven(parsed[name])));
  const values = Object.fromEntries(
    entries.map(([name, option]) => {
      const source = given.has(name) ? undefined : sources.find((source) => source.has(name));
      const setting = source?.get(name);
      return [
        name,
        setting === undefined
          ? readOption(name, option, parsed[name])
          : readSetting(option, setting),
      ];
    }),
  );
  const words = Array.isArray(parsed["_"]) ? parsed["_"].map(String) : [];
  if (!isComplete(table, values)) throw new TypeError("Cannot read the options: one is missing");
  return { values, words, given };
}

/** Flags are false and collected values are none when they are not there. */
function isGiven(found: unknown): boolean {
  return Array.isArray(found) ? found.length > 0 : Boolean(found);
}

function readOption(name: string, option: Option<unknown>, found: unknown): unknown {
  const texts = Array.isArray(found) ? found.map(String) : found ? [String(found)] : [];
  const shown = `--${name}${option.placeholder ? ` ${option.placeholder}` : ""}`;
  if (texts.includes("")) {
    throw new UsageError(
      `${shown} lacks its value. A value that begins with - is written --${name}=VALUE.`,
    );
  }
  if (texts.length > 1 && !option.many) {
    throw new UsageError(`${shown} was given ${texts.length} times; it can have one value only.`);
  }
  return readSetting(option, { texts, shown: `--${name} ${texts.join(" ")}` });
}

function readSetting(option: Option<unknown>, { texts, shown }: Setting): unknown {
  try {
    return option.read(texts);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot use ${shown}: ${why}.`);
  }
}

/** Every value was read by the option of its name: with all names there, they are the values of the table. */
function isComplete<Table extends OptionTable>(
  table: Table,
  values: Record<string, unknown>,
): values is OptionValues<Table> {
  return Object.keys(table).every((name) => name in values);
}

function unknownOption(arg: string, key: string, table: OptionTable): UsageError {
  const near = nearest(key, Object.keys(table));
  const value = /^-\d/.test(arg) ? " A value that begins with - is written --NAME=VALUE." : "";
  const hint = near === undefined ? value : ` Did you mean --${near}?`;
  return new UsageError(`There is no option ${arg.split("=")[0]}.${hint}`);
}
