import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ConnectionState } from "../player/play.ts";
import { compareStreams, quoted } from "./compare_streams.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const compare = (expected: string, came: string, state: ConnectionState = "open") =>
  compareStreams(bytes(expected), bytes(came), state);

Deno.test("streams that are alike have no difference", () => {
  assertEquals(compare("abc", "abc"), null);
  assertEquals(compare("", ""), null);
});

Deno.test("each kind of difference has its name", () => {
  const cases: readonly [string, string, ConnectionState, string][] = [
    ["+OK\r\n+OK\r\n", "+OK\r\n", "open", "HANG"],
    ["+OK\r\n+OK\r\n", "+OK\r\n", "ended", "LOST"],
    ["+OK\r\n+OK\r\n", "+OK\r\n", "reset", "LOST"],
    ["one\ntwo\nthree\n", "one\nthree\n", "open", "LOST"],
    ["one\ntwo\n", "one\none\ntwo\n", "open", "DUPLICATED"],
    ["one\ntwo\n", "one\ntwo\ntwo\n", "open", "DUPLICATED"],
    ["one\ntwo\n", "one\nERR\ntwo\n", "open", "PHANTOM"],
    ["one\n", "one\nERR\n", "open", "PHANTOM"],
    ["one\ntwo\n", "one\nERR\n", "open", "CORRUPT"],
    ["five 5", "five 4", "open", "CORRUPT"],
  ];
  for (const [expected, came, state, cause] of cases) {
    assertEquals(compare(expected, came, state)?.cause, cause, `${expected} | ${came}`);
  }
});

Deno.test("the place of a difference is told, and what stands there", () => {
  assertStringIncludes(
    compare("five 5", "five 4")?.detail ?? "",
    'answer byte 6 of 6: "4" came, expected "5"',
  );
  assertEquals(quoted(Uint8Array.of(0, 255)), "00ff");
});
