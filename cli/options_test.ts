import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { helpText, wrapped } from "./help.ts";
import {
  flag,
  list,
  oneOf,
  optional,
  parseOptions,
  seconds,
  text,
  UsageError,
  wholeNumber,
  withDefault,
} from "./options.ts";

const TABLE = {
  listen: list("URL", "where", text),
  cert: optional("FILE", "a file", text),
  max: withDefault("N", "how many", "7", wholeNumber(1, 100)),
  wait: withDefault("S", "how long", "1.5", seconds),
  log: withDefault("FORMAT", "how", "text", oneOf("text", "json")),
  quiet: flag("say less"),
  help: flag("this", "h"),
};

function refused(...args: string[]): string {
  return assertThrows(() => parseOptions(TABLE, args), UsageError).message;
}

Deno.test("options that are not given have their defaults", () => {
  assertEquals(parseOptions(TABLE, []), {
    values: {
      listen: [],
      cert: undefined,
      max: 7,
      wait: 1500,
      log: "text",
      quiet: false,
      help: false,
    },
    words: [],
    given: new Set<string>(),
  });
});

Deno.test("options and arguments may be mixed, and what follows -- is an argument", () => {
  const args = [
    "echo",
    "--listen",
    "a?x=1",
    "--quiet",
    "12",
    "--listen=b",
    "-h",
    "-",
    "--",
    "--max",
  ];
  const { values, words } = parseOptions(TABLE, args);
  assertEquals(values.listen, ["a?x=1", "b"]);
  assertEquals([values.quiet, values.help], [true, true]);
  assertEquals(words, ["echo", "12", "-", "--max"]);
});

Deno.test("values are read: numbers, seconds, words", () => {
  const { values } = parseOptions(TABLE, ["--max", "100", "--wait=0.25", "--log", "json"]);
  assertEquals([values.max, values.wait, values.log], [100, 250, "json"]);
});

Deno.test("what cannot be used is refused with the reason", () => {
  assertEquals(refused("--lsten", "x"), "There is no option --lsten. Did you mean --listen?");
  assertEquals(refused("--no-such-option"), "There is no option --no-such-option.");
  assertEquals(refused("-x"), "There is no option -x.");
  assertEquals(
    refused("-1"),
    "There is no option -1. A value that begins with - is written --NAME=VALUE.",
  );
  assertEquals(refused("--workers=2"), "There is no option --workers.");
  assertStringIncludes(refused("--listen"), "--listen URL lacks its value");
  assertStringIncludes(refused("--listen", "--quiet"), "--listen URL lacks its value");
  assertStringIncludes(refused("--cert="), "--cert FILE lacks its value");
  assertStringIncludes(refused("--max", "1", "--max", "2"), "--max N was given 2 times");
  assertStringIncludes(refused("--max", "0"), "not a whole number from 1 to 100");
  assertStringIncludes(refused("--max", "1e1"), "not a whole number");
  assertStringIncludes(refused("--wait", "0"), "not a number of seconds");
  assertStringIncludes(refused("--wait", "5m"), "not a number of seconds");
  assertStringIncludes(refused("--wait", "9999999"), "not a number of seconds");
  assertStringIncludes(refused("--log", "xml"), "not one of text, json");
});

Deno.test("the command line wins over the first source, and that over the next one", () => {
  const setting = (...texts: string[]) => ({ texts, shown: "there" });
  const first = new Map([["max", setting("1")], ["quiet", setting()]]);
  const second = new Map([
    ["max", setting("2")],
    ["listen", setting("a", "b")],
    ["quiet", setting("true")],
    ["log", setting("xml")],
  ]);
  const { values, given } = parseOptions(TABLE, ["--wait=1", "--log=json"], [first, second]);
  assertEquals([values.max, values.listen, values.quiet, values.log], [
    1,
    ["a", "b"],
    false,
    "json",
  ]);
  assertEquals(given, new Set(["wait", "log"]));
  assertEquals(parseOptions(TABLE, ["--max=3"], [first]).values.max, 3);
  const { message } = assertThrows(() => parseOptions(TABLE, [], [second]), UsageError);
  assertEquals(message, "Cannot use there: it is not one of text, json.");
});

Deno.test("an option tells the words that it knows", () => {
  assertEquals([TABLE.log.words, TABLE.cert.words], [["text", "json"], undefined]);
});

Deno.test("the help shows every option, its default, and the examples", () => {
  const help = helpText({
    usage: ["prog A", "prog B"],
    about: "Does it.",
    examples: [["prog --max 3", "three of them"]],
    tables: { Things: [["one", "first\nline"], ["a name that is far too long", "second"]] },
  }, TABLE);
  assertStringIncludes(help, "Usage: prog A\n       prog B\n");
  assertStringIncludes(help, "  --listen URL               where (may be given several times)\n");
  assertStringIncludes(help, "  --max N                    how many (default: 7)\n");
  assertStringIncludes(help, "  -h, --help                 this\n");
  assertStringIncludes(
    help,
    "  one                        first\n                             line\n",
  );
  assertStringIncludes(
    help,
    "  a name that is far too long\n                             second\n",
  );
  assertStringIncludes(help, "  # three of them\n  prog --max 3\n");
});

Deno.test("words are wrapped at the width, long ones stand alone", () => {
  assertEquals(wrapped(["aa", "bb", "cc"], 5), "aa bb\ncc");
  assertEquals(wrapped(["a-long-one", "b"], 5), "a-long-one\nb");
  assertEquals(wrapped([], 5), "");
});
