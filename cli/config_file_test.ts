import { assertEquals, assertThrows } from "@std/assert";
import { configSources } from "./config_file.ts";
import { flag, list, optional, parseOptions, text, UsageError, wholeNumber } from "./options.ts";

const OPTIONS = {
  listen: list("URL", "where", text),
  "max-frame": optional("BYTES", "how long", wholeNumber(1, 100)),
  room: flag("one room"),
};
const TABLES = { options: OPTIONS, commands: { get: OPTIONS } };

function valuesOf(config: string, command?: string) {
  const sources = configSources(config, "my.jsonc", TABLES, command);
  return parseOptions(OPTIONS, [], sources).values;
}

function refused(config: string, command?: string): string {
  return assertThrows(() => valuesOf(config, command), UsageError).message;
}

Deno.test("a config file has comments, trailing commas, lists, numbers and flags", () => {
  assertEquals(
    valuesOf(`{ // where\n "listen": ["a", "b,c"], /* long */ "max-frame": 7, "room": true, }`),
    { listen: ["a", "b,c"], "max-frame": 7, room: true },
  );
  assertEquals(valuesOf(`{ "listen": "a", "max-frame": "7", "room": false }`), {
    listen: ["a"],
    "max-frame": 7,
    room: false,
  });
});

Deno.test("the section of a command wins over what is common, for that command only", () => {
  const config = `{ "max-frame": 1, "room": true, "get": { "max-frame": 2 } }`;
  assertEquals(valuesOf(config)["max-frame"], 1);
  assertEquals([valuesOf(config, "get")["max-frame"], valuesOf(config, "get").room], [2, true]);
  assertEquals(valuesOf(config, "put")["max-frame"], 1);
});

Deno.test("what cannot be used is told with file and line", () => {
  const told = {
    '{\n"listn": 1 }': 'line 2: there is no option "listn"; did you mean "listen"?',
    '{\n"no-such-name": 1 }': 'line 2: there is no option "no-such-name".',
    '{ "gte": {} }': 'line 1: there is no command "gte"; did you mean "get"?',
    '{ "get": {\n"rom": true } }': 'line 2: there is no option "rom"; did you mean "room"?',
    '{ "room": true,\n "room": false }': 'line 2: "room" is there twice.',
    '{ "room": tru }': "line 1: it is no JSON with comments (invalid symbol).",
    "[]": "line 1: it is no object.",
    "": "line 1: it is no JSON with comments (value expected).",
    '{ "__proto__": 1 }': 'line 1: there is no option "__proto__".',
    '{ "constructor": {} }': 'line 1: there is no command "constructor".',
  };
  for (const [config, message] of Object.entries(told)) {
    assertEquals(refused(config), `Cannot use the config file my.jsonc, ${message}`);
  }
});

Deno.test("a value that its option cannot have is told with file and line", () => {
  const told = {
    '{\n"max-frame": 101 }': '"max-frame": 101 (my.jsonc, line 2): ' +
      "it is not a whole number from 1 to 100.",
    '{ "max-frame": true }': '"max-frame": true (my.jsonc, line 1): ' +
      "it is neither a text nor a number.",
    '{ "max-frame": [1] }': '"max-frame": [1] (my.jsonc, line 1): ' +
      "it is neither a text nor a number.",
    '{ "room": "yes" }': '"room": "yes" (my.jsonc, line 1): it is neither true nor false.',
    '{ "listen": [true] }': '"listen": [true] (my.jsonc, line 1): ' +
      "it is no text, and no list of texts.",
    '{ "listen": [] }': '"listen": [] (my.jsonc, line 1): there is nothing in it; leave it out.',
    '{ "listen": "" }': '"listen": "" (my.jsonc, line 1): it is no text, and no list of texts.',
    '{ "listen": {} }': '"listen": {} (my.jsonc, line 1): it is no text, and no list of texts.',
  };
  for (const [config, message] of Object.entries(told)) {
    assertEquals(refused(config), `Cannot use ${message}`);
  }
});
