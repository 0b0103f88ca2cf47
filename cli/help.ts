import type { Option, OptionTable } from "./options.ts";

/** What the help of a program says besides its options. */
export interface HelpText {
  /** How the program is called, one line for each way. */
  readonly usage: readonly string[];
  /** What it does. */
  readonly about: string;
  /** Command lines to paste, each with what it does. */
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Further tables, such as commands or exit codes. */
  readonly tables?: Readonly<Record<string, readonly (readonly [name: string, what: string])[]>>;
}

/** Widest name that still has its text on the same line, in characters. */
const COLUMN = 27;

/** The help of a program: usage, options with their defaults, further tables, examples. */
export function helpText(text: HelpText, options: OptionTable): string {
  const sections = [
    text.usage.map((line, i) => `${i === 0 ? "Usage: " : "       "}${line}`).join("\n"),
    text.about,
    ...Object.entries(text.tables ?? {}).map(([title, rows]) => table(title, rows)),
    table("Options", optionRows(options)),
    `Examples:\n${text.examples.map(([command, what]) => `  # ${what}\n  ${command}`).join("\n")}`,
  ];
  return sections.join("\n\n") + "\n";
}

/** `words` on lines of at most `width` characters. */
export function wrapped(words: readonly string[], width: number): string {
  const lines = [""];
  for (const word of words) {
    const last = lines.length - 1, line = lines[last] ?? "";
    if (line === "") lines[last] = word;
    else if (line.length + 1 + word.length <= width) lines[last] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}

function optionRows(options: OptionTable): [string, string][] {
  return Object.entries(options).map(([name, option]) => {
    const short = option.short ? `-${option.short}, ` : "";
    const placeholder = option.placeholder ? ` ${option.placeholder}` : "";
    return [`${short}--${name}${placeholder}`, option.help + optionNotes(option)];
  });
}

/** What is said behind the help of an option: whether it may be repeated, and its default. */
export function optionNotes({ many, defaultText }: Option<unknown>): string {
  const notes = [
    many ? "may be given several times" : "",
    defaultText ? `default: ${defaultText}` : "",
  ].filter((note) => note !== "").join("; ");
  return notes === "" ? "" : ` (${notes})`;
}

function table(title: string, rows: readonly (readonly [string, string])[]): string {
  const lines = rows.flatMap(([name, what]) => {
    const [first = "", ...rest] = what.split("\n");
    const more = rest.map((line) => " ".repeat(COLUMN + 2) + line);
    return name.length < COLUMN
      ? [`  ${name.padEnd(COLUMN)}${first}`, ...more]
      : [`  ${name}`, " ".repeat(COLUMN + 2) + first, ...more];
  });
  return `${title}:\n${lines.join("\n")}`;
}
