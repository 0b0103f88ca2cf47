import { assertEquals } from "@std/assert";
import { globOf } from "./glob.ts";

function matches(pattern: string, name: string): boolean | undefined {
  return globOf(pattern)?.matches(name);
}

Deno.test("a dash outside of brackets is a dash", () => {
  assertEquals([matches("a-*", "a-b"), matches("a-*", "ab")], [true, false]);
  assertEquals(matches("[-x", "[-x"), true);
});

Deno.test("a range that runs backwards has no character, and signs in brackets are themselves", () => {
  assertEquals([matches("[z-a]", "b"), matches("[z-ab]", "b")], [false, true]);
  assertEquals([matches("[!z-a]", "b"), matches("[&^]", "&"), matches("[\\-a]", "]")], [
    true,
    true,
    true,
  ]);
});

Deno.test("stars within parts and over parts", () => {
  const yes = [["*.txt", "a.txt"], ["a/**/b?.[a-z]", "a/x/y/bc.d"], ["a/**/b", "a/b"], [
    "a/**",
    "a/b/c",
  ]]
    .concat([["**/x", "x"], ["*a*b*c", "aabbcc"], ["[!a]*", "b"], ["粘?", "粘包"]]);
  for (const [pattern = "", name = ""] of yes) assertEquals(matches(pattern, name), true, pattern);
  const no = [["*.txt", "d/a.txt"], ["a/**", "a"], ["a?", "a/"], ["*a*b*c", "aabbcd"], [
    "[!a]*",
    "a",
  ]];
  for (const [pattern = "", name = ""] of no) assertEquals(matches(pattern, name), false, pattern);
  assertEquals(globOf("plain"), null);
});

Deno.test("a name that nearly matches many stars takes no time", () => {
  const pattern = `${"*a".repeat(30)}b`, parts = `${"**/a/".repeat(30)}b`;
  assertEquals(matches(pattern, "a".repeat(250)), false);
  assertEquals(matches(parts, `${"a/".repeat(2000)}c`), false);
});
