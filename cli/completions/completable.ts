import type { Manual, Page } from "../manual.ts";
import type { Option } from "../options.ts";

/** What can stand somewhere: one of some words, a file, a directory; or nothing that could be known. */
export type Values = readonly string[] | "files" | "directories" | "unknown";

/** An option, as completions see it. */
export interface CompletableOption {
  /** How it is written: `--name`, and `-n` if it has a letter. */
  readonly forms: readonly string[];
  /** What it does, on one line. */
  readonly help: string;
  readonly many: boolean;
  /** What stands behind it; null if nothing does. */
  readonly values: Values | null;
}

/** A command, or the program without one, as completions see it. */
export interface Completable {
  /** The name of the command, empty for the program without one. */
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletableOption[];
  /** What its arguments can be. */
  readonly values: Values;
}

/** The program without a command first, then its commands. */
export function completables(manual: Manual): readonly [Completable, ...Completable[]] {
  const { page, summary, commands } = manual;
  return [
    { name: "", summary, options: optionsOf(page), values: commands.map(({ name }) => name) },
    ...commands.map(({ name, summary, page, words }) => ({
      ...{ name, summary: oneLine(summary), options: optionsOf(page) },
      values: words ?? valuesOf(argumentsOf(page)),
    })),
  ];
}

/** All options that take a value: what stands behind one is no command. */
export function formsWithValue(all: readonly Completable[]): string[] {
  const forms = all.flatMap(({ options }) =>
    options.flatMap(({ forms, values }) => values === null ? [] : forms)
  );
  return [...new Set(forms)];
}

function optionsOf({ options }: Page): CompletableOption[] {
  return Object.entries(options).map(([name, option]) => ({
    forms: [`--${name}`, ...(option.short ? [`-${option.short}`] : [])],
    help: oneLine(option.help),
    many: option.many === true,
    values: optionValues(option),
  }));
}

function optionValues({ placeholder, words }: Option<unknown>): Values | null {
  return placeholder === undefined ? null : words ?? valuesOf(placeholder);
}

/** What placeholders stand for; a PATH may be that of a server. */
function valuesOf(placeholders: string): Values {
  if (/\b(FILE|HISTORY)\b/.test(placeholders)) return "files";
  return /\bDIR\b/.test(placeholders) ? "directories" : "unknown";
}

/** The usage without its options. */
function argumentsOf({ text }: Page): string {
  return text.usage.join(" ").replaceAll(/\[?--[\w-]+ [A-Z|]+\]?/g, "");
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}
