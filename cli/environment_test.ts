import { assertEquals, assertThrows } from "@std/assert";
import { environmentSource, variableOf } from "./environment.ts";
import { flag, list, optional, parseOptions, text, UsageError, wholeNumber } from "./options.ts";

const TABLE = {
  listen: list("URL", "where", text),
  "max-frame": optional("BYTES", "how long", wholeNumber(1, 100)),
  room: flag("one room"),
  rooms: optional("N", "how many", wholeNumber(0, 9)),
};

function source(variables: Readonly<Record<string, string>>) {
  return environmentSource("nonstick-server", TABLE, (name) => variables[name]);
}

function valuesOf(variables: Readonly<Record<string, string>>) {
  return parseOptions(TABLE, [], [source(variables)]).values;
}

function refused(variables: Readonly<Record<string, string>>): string {
  return assertThrows(() => valuesOf(variables), UsageError).message;
}

Deno.test("variables are named after the program and the option", () => {
  assertEquals(variableOf("nonstick-server", "max-frame"), "NONSTICK_SERVER_MAX_FRAME");
  assertEquals(variableOf("nonstick", "to"), "NONSTICK_CLIENT_TO");
});

Deno.test("variables are read as options are; empty ones are not set", () => {
  const values = valuesOf({
    NONSTICK_SERVER_LISTEN: "a, b",
    NONSTICK_SERVER_MAX_FRAME: "7",
    NONSTICK_SERVER_ROOM: "yes",
    NONSTICK_SERVER_ROOMS: "",
  });
  assertEquals(values, { listen: ["a", "b"], "max-frame": 7, room: true, rooms: undefined });
});

Deno.test("a list of several lines has a value on each, commas and all", () => {
  assertEquals(valuesOf({ NONSTICK_SERVER_LISTEN: "a,b\n" }).listen, ["a,b"]);
  assertEquals(valuesOf({ NONSTICK_SERVER_LISTEN: "a,b\r\nc\n" }).listen, ["a,b", "c"]);
});

Deno.test("a flag is on or off, and off is said, too", () => {
  assertEquals(source({ NONSTICK_SERVER_ROOM: "0" }).get("room")?.texts, []);
  assertEquals(
    refused({ NONSTICK_SERVER_ROOM: "maybe" }),
    "Cannot use NONSTICK_SERVER_ROOM=maybe: it is neither 1 nor 0.",
  );
});

Deno.test("what cannot be used is told with the variable", () => {
  assertEquals(
    refused({ NONSTICK_SERVER_MAX_FRAME: "101" }),
    "Cannot use NONSTICK_SERVER_MAX_FRAME=101: it is not a whole number from 1 to 100.",
  );
});

Deno.test("a misspelt variable is found: a letter left out, doubled or swapped", () => {
  for (const wrong of ["MAXFRAME", "MAX_FRAMEE", "MAX_FRMAE", "AX_FRAME", "MAX_FRAM"]) {
    assertEquals(
      refused({ [`NONSTICK_SERVER_${wrong}`]: "1" }),
      `There is no variable NONSTICK_SERVER_${wrong}. Did you mean NONSTICK_SERVER_MAX_FRAME?`,
    );
  }
  // ROOM is ROOMS with a letter left out, and nevertheless right.
  assertEquals(valuesOf({ NONSTICK_SERVER_ROOM: "1" }).room, true);
});

Deno.test("a list without values is refused: without networks everybody would be let in", () => {
  for (const text of [",", " , ", "\n"]) {
    assertEquals(
      refused({ NONSTICK_SERVER_LISTEN: text }),
      `Cannot use NONSTICK_SERVER_LISTEN=${text}: there is nothing in it.`,
    );
  }
});

Deno.test("a secret under the wrong name is told, and not shown", () => {
  const read = (variables: Readonly<Record<string, string>>) =>
    environmentSource(
      "nonstick-server",
      { "token-file": optional("FILE", "a secret", text) },
      (name) => variables[name],
    );
  assertEquals(
    assertThrows(() => read({ NONSTICK_SERVER_TOKEN: "my own secret" }), UsageError).message,
    "There is no variable NONSTICK_SERVER_TOKEN. Did you mean NONSTICK_TOKEN?",
  );
  assertEquals(read({ NONSTICK_TOKEN: "my own secret" }).size, 0);
});
