import { assertEquals } from "@std/assert";
import { compareAnswers } from "./compare_answers.ts";
import type { Cause } from "./verdict.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

// What was sent, what came, what that is called. Frames are separated by blanks; _ is an empty one.
const TABLE: readonly (readonly [sent: string, came: string, cause: Cause | null])[] = [
  ["hello x", "hello x", null],
  ["hello x", "hello", null], // missing ones are no matter here
  ["hello x", "x hello", "REORDERED"],
  ["one two three", "one three", "LOST"],
  ["one two three four", "two three four", "LOST"],
  ["one two", "one one two", "DUPLICATED"],
  ["one two", "one two two", "DUPLICATED"],
  ["one two", "one two xyz", "PHANTOM"],
  ["one two", "one _ two", "PHANTOM"],
  ["_", "_ _", "PHANTOM"],
  ["hello", "he", "CORRUPT"],
  ["hello x", "helloworld", "CORRUPT"],
  ["hello", "hellx", "CORRUPT"],
  ["hello world", "hello lloworl", "DESYNC"],
  ["hello", "other", "CORRUPT"],
  ["hello", "something", "PHANTOM"],
  ["hello _ x", "_ x", "LOST"],
  ["hello _ x", "_", "PHANTOM"], // which empty frame it answers cannot be told
];

for (const [sent, came, cause] of TABLE) {
  Deno.test(`sent ${sent}, came ${came}: ${cause ?? "right"}`, () => {
    const frames = (text: string) => text.split(" ").map((word) => bytes(word === "_" ? "" : word));
    const stream = bytes(sent.replaceAll(/[ _]/g, ""));
    const finding = compareAnswers({ expected: frames(sent), came: frames(came), stream });
    assertEquals(finding?.cause ?? null, cause, finding?.detail);
  });
}
