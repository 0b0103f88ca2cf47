import { assert, assertEquals, assertThrows } from "@std/assert";
import { MANUAL as CLIENT } from "../../client/manual.ts";
import { MANUAL as CONFORMANCE } from "../../conformance/manual.ts";
import { MANUAL as SERVER } from "../../server/manual.ts";
import type { Manual } from "../manual.ts";
import { flag, oneOf, optional } from "../options.ts";
import { everyOption } from "../sources.ts";
import { completables } from "./completable.ts";
import { powershellCompletions } from "./powershell.ts";

/** A value of a table: a text, some texts, or a table again. */
type Value = string | string[] | Map<string, Value>;

/** Part of a script: a quoted text, or anything else. */
interface Token {
  readonly kind: "text" | "line" | "other";
  readonly text: string;
}

/** Any of these is a quotation mark to PowerShell (about_Quoting_Rules), and two of them in a text are one. */
const QUOTE = "['\u2018-\u201b]", NO_QUOTE = "[^'\u2018-\u201b]";
const TOKEN = new RegExp(
  `(?<text>${QUOTE}(?:${NO_QUOTE}|${QUOTE}{2})*${QUOTE}(?!${QUOTE}))|(?<line>(?:#.*)?\\n)|` +
    "[ \\t]+|(?<other>@\\{|@\\(|\\$\\w+|[\\w.:-]+|[{}()[\\]=,|;])",
  "y",
);
const CLOSING: Readonly<Record<string, string>> = {
  ...{ "{": "}", "(": ")", "[": "]", "@{": "}", "@(": ")" },
};

/** The tokens of a script that has no text but in single quotation marks; every bracket is closed by its own. */
function tokens(script: string): Token[] {
  const found: Token[] = [], open: (string | undefined)[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < script.length;) {
    const at = TOKEN.lastIndex, match = TOKEN.exec(script);
    assert(match?.groups, `no token: ${script.slice(at, at + 60)}`);
    const { text, line, other } = match.groups;
    if (text !== undefined) {
      found.push({
        kind: "text",
        text: text.slice(1, -1).replaceAll(/(['\u2018-\u201b])./gs, "$1"),
      });
    } else if (line !== undefined) found.push({ kind: "line", text: "\n" });
    else if (other !== undefined) {
      found.push({ kind: "other", text: other });
      if (Object.hasOwn(CLOSING, other)) open.push(CLOSING[other]);
      else if (/^[})\]]$/.test(other)) assertEquals(other, open.pop(), script.slice(at - 60, at));
    }
  }
  assertEquals(open, [], "something is not closed");
  return found;
}

/** Reads the table that begins at `next`, the tokens of which it takes off. */
function tableOf(next: Token[]): Map<string, Value> {
  const table = new Map<string, Value>(), keys = new Set<string>();
  expect(next, "@{");
  for (skipLines(next); next[0]?.text !== "}" || next[0].kind === "text"; skipLines(next)) {
    const key = next.shift();
    assert(key !== undefined && key.kind !== "line");
    // PowerShell does not tell a from A in its tables, and refuses a key that is there.
    assert(!keys.has(key.text.toLowerCase()), `${key.text} twice`);
    keys.add(key.text.toLowerCase());
    expect(next, "=");
    table.set(key.text, valueOf(next));
    assert(next[0]?.text === "\n" || next[0]?.text === "}", "an entry ends with its line");
  }
  expect(next, "}");
  return table;
}

function valueOf(next: Token[]): Value {
  const [first] = next;
  if (first?.kind === "text") return next.shift()?.text ?? "";
  if (first?.text === "@{") return tableOf(next);
  expect(next, "@(");
  const list: string[] = [];
  for (let more = next[0]?.text !== ")" || next[0].kind === "text"; more;) {
    const item = next.shift();
    assertEquals(item?.kind, "text");
    list.push(item?.text ?? "");
    more = next[0]?.text === ",";
    if (more) next.shift();
  }
  expect(next, ")");
  return list;
}

function expect(next: Token[], text: string): void {
  assertEquals(next.shift(), { kind: "other", text });
}

function skipLines(next: Token[]): void {
  while (next[0]?.kind === "line") next.shift();
}

/** The table of commands in a script. */
function commandsIn(script: string): Map<string, Value> {
  const all = tokens(script);
  const at = all.findIndex(({ text }, i) => text === "$commands" && all[i + 1]?.text === "=");
  return tableOf(all.slice(at + 2));
}

/** The table that there should be. */
function commandsOf(manual: Manual): Map<string, Value> {
  return new Map(
    completables(manual).map(({ name, options, values }) => {
      const choices = options.flatMap(({ forms, values }) =>
        values === null ? [] : forms.map((form) => [form, listOf(values)] as const)
      );
      const helps = options.flatMap(({ forms, help }) =>
        forms.map((form) => [form, help] as const)
      );
      return [
        name,
        new Map<string, Value>([
          ["Options", new Map(helps)],
          ["Choices", new Map(choices)],
          ["Arguments", listOf(values)],
        ]),
      ];
    }),
  );
}

function keysOf(value: Value | undefined): string[] {
  return value instanceof Map ? [...value.keys()] : [];
}

function listOf(values: readonly string[] | string): string[] {
  return typeof values === "string" ? [] : [...values];
}

for (const manual of [CLIENT, SERVER, CONFORMANCE]) {
  Deno.test(`PowerShell reads every command, option, help and choice of ${manual.name}`, () => {
    const script = powershellCompletions(manual);
    const commands = commandsIn(script);
    assertEquals(commands, commandsOf(manual));
    assertEquals([...commands.keys()], ["", ...manual.commands.map(({ name }) => name)]);
    const options = [...commands.values()].flatMap((command) =>
      command instanceof Map ? keysOf(command.get("Options")) : []
    );
    for (const name of Object.keys(everyOption(manual))) {
      assert(options.includes(`--${name}`), name);
    }
    const [, command, body] = script.match(
      /^(?:#.*\n)+Register-ArgumentCompleter -Native -CommandName '([\w-]+)' -ScriptBlock (\{\n[^]*\n\})\n$/,
    ) ?? [];
    assertEquals(command, manual.name);
    // Each line of the script outside of its tables begins a statement or goes on with one: no text runs over a line.
    assert(tokens(body ?? "").every(({ text }) => text === "\n" || !text.includes("\n")));
  });
}

Deno.test("every kind of quotation mark, and what is special elsewhere, is text for PowerShell", () => {
  const help = "it's \u2018so\u2019 \u201abut\u201b, \"so\" $(what) `now #not @{ } ''twice''";
  const manual: Manual = {
    name: "it",
    summary: "",
    page: {
      text: { usage: ["it"], about: "", examples: [] },
      options: { help: flag(help, "h"), word: optional("WORD", help, oneOf("it's", "\u2019")) },
    },
    commands: [],
  };
  assertEquals(commandsIn(powershellCompletions(manual)), commandsOf(manual));
});

Deno.test("the reader of these tests refuses what PowerShell refuses", () => {
  for (
    const wrong of [
      "@{ 'a' = 'it's' }",
      "@{ 'a' = 'b' ",
      "@{ 'a' = @('b' }",
      "@{ 'a' = 'b' 'c' = 'd' }",
      "@{ 'a' = @('b' 'c') }",
      "@{ 'a' = @('b',) }",
      "@{ 'a' = 'b'\n'A' = 'c' }",
      "@{ \"a\" = 'b' }",
      "@{ 'a' = 'it\u2019s' }",
    ]
  ) assertThrows(() => commandsIn(`$commands = ${wrong}`), Error, "", wrong);
});
