/**
 * The manual page of a program, in roff (man(7)), made from its manual.
 * @module
 */
import { optionNotes } from "./help.ts";
import { variableOf } from "./environment.ts";
import type { Manual, ManualCommand, Page } from "./manual.ts";
import type { OptionTable } from "./options.ts";
import { everyOption, settable } from "./sources.ts";

/** The page; `others` are the programs to see also. */
export function manPage(manual: Manual, version: string, others: readonly string[]): string {
  const { name, summary, page, commands } = manual;
  const { Commands: _, ...tables } = page.text.tables ?? {};
  return [
    `.\\" Made from the options of ${name}; do not edit.`,
    `.TH ${argument(name.toUpperCase())} 1 "" ${argument(`${name} ${version}`)}`,
    section("NAME", `${roff(name)} \\- ${roff(summary)}`),
    section("SYNOPSIS", synopsis(page)),
    section("DESCRIPTION", paragraphs(page.text.about)),
    section("OPTIONS", optionList(page.options)),
    section("COMMANDS", commands.map((command) => commandPart(command, page)).join("\n")),
    ...Object.entries(tables).map(([title, rows]) => section(title.toUpperCase(), rowList(rows))),
    section("ENVIRONMENT", environment(manual)),
    section("CONFIG FILE", CONFIG_FILE),
    section("EXAMPLES", examples(page)),
    section("SEE ALSO", others.map((other) => `.BR ${argument(other)} (1)`).join(" ,\n")),
  ].join("\n") + "\n";
}

const CONFIG_FILE = `The file of
.B \\-\\-config
is a JSON object, with comments and trailing commas if need be.
Its keys are the names of options without the leading hyphens; flags are
.B true
or
.BR false ,
an option that may be given several times has an array.
The name of a command as a key has an object with the options of that command; they win over the others.
The command line wins over variables, and these win over the file.`;

function commandPart({ name, summary, page }: ManualCommand, program: Page): string {
  const own = Object.entries(page.options).filter(([name, option]) =>
    program.options[name] !== option && !["help", "version"].includes(name)
  );
  return [
    `.SS ${argument(name)}`,
    `${roff(summary[0]?.toUpperCase() ?? "")}${roff(summary.slice(1))}.`,
    ".PP",
    synopsis(page),
    ...(own.length === 0 ? [] : [optionList(Object.fromEntries(own))]),
    examples(page),
  ].join("\n");
}

function environment(manual: Manual): string {
  const { config: _, ...others } = settable(everyOption(manual));
  const names = ["config", ...Object.keys(others)];
  return [
    "A variable sets the option of its name.",
    "A flag is set by 1 and not set by 0; the values of a list stand on lines of their own, or with commas",
    "between them on a single line; an empty variable is not set.",
    ".PP",
    names.map((name) => `.B ${roff(variableOf(manual.name, name))}`).join("\n.br\n"),
  ].join("\n");
}

function synopsis({ text }: Page): string {
  return text.usage.map((line) => roff(line)).join("\n.br\n");
}

function optionList(options: OptionTable): string {
  return Object.entries(options).map(([name, option]) => {
    const short = option.short ? `\\fB\\-${option.short}\\fR, ` : "";
    const placeholder = option.placeholder ? ` \\fI${roff(option.placeholder)}\\fR` : "";
    const help = `${option.help}${optionNotes(option)}`;
    return `.TP\n${short}\\fB\\-\\-${roff(name)}\\fR${placeholder}\n${lines(help)}`;
  }).join("\n");
}

function rowList(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([name, what]) => `.TP\n${roff(name)}\n${lines(what)}`).join("\n");
}

function examples({ text }: Page): string {
  return text.examples.map(([command, what]) =>
    `.PP\n${lines(what)}:\n.PP\n.RS 4\n.nf\n${lines(command)}\n.fi\n.RE`
  ).join("\n");
}

function paragraphs(text: string): string {
  return text.split(/\n{2,}/).map(lines).join("\n.PP\n");
}

function section(title: string, body: string): string {
  return `.SH ${argument(title)}\n${body.replace(/^\.PP\n/, "")}`;
}

function lines(text: string): string {
  return text.split("\n").map((line) => roff(line.trim())).join("\n");
}

/** A line of text in which nothing has a meaning for roff; hyphens stay what can be pasted. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq").replaceAll("\`", "\\(ga").replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti").replaceAll("…", "\\&...").replace(/^\./, "\\&.");
}

/** The same as one argument of a macro. */
function argument(text: string): string {
  return `"${roff(text).replaceAll('"', '""')}"`;
}
