import { assertEquals, assertThrows } from "@std/assert";
import { commandWords, shellLine } from "./command_words.ts";

Deno.test("a command is split as a shell does", () => {
  assertEquals(commandWords("node server.mjs  {port}\t{host} "), [
    "node",
    "server.mjs",
    "{port}",
    "{host}",
  ]);
  assertEquals(commandWords(`a 'b c' "d \\"e\\" \\\\f" g\\ h '' x'y'z`), [
    "a",
    "b c",
    'd "e" \\f',
    "g h",
    "",
    "xyz",
  ]);
  assertEquals(commandWords("echo $HOME *.ts; rm"), ["echo", "$HOME", "*.ts;", "rm"]);
});

Deno.test("what cannot be split is refused", () => {
  assertThrows(() => commandWords("a 'b"), SyntaxError, "' is not closed");
  assertThrows(() => commandWords("  "), SyntaxError, "empty");
});

Deno.test("a printed command is split into the words it was made of", () => {
  for (const words of [["a", "b c"], ["it's", '"', "\\", "$x", ""], ["--x", "a&b?c=d"]]) {
    assertEquals(commandWords(shellLine(words)), words);
  }
});
