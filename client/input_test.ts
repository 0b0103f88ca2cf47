import { assertEquals, assertRejects } from "@std/assert";
import { InputError } from "./errors.ts";
import { type ByteSource, chunksOf, linesOf } from "./input.ts";

/** A source that gives each part by one read. */
function sourceOf(...parts: string[]): ByteSource {
  return {
    read(target) {
      const part = parts.shift();
      if (part === undefined) return Promise.resolve(null);
      return Promise.resolve(new TextEncoder().encodeInto(part, target).written);
    },
  };
}

async function lines(...parts: string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of linesOf(sourceOf(...parts))) {
    const end = batch.unterminated ? "" : "$";
    for (const line of batch) found.push(new TextDecoder().decode(line) + end);
  }
  return found;
}

Deno.test("lines come whole, however the input is cut", async () => {
  assertEquals(await lines("one\ntw", "o", "\n\nlast"), ["one$", "two$", "$", "last"]);
  assertEquals(await lines("one\n"), ["one$"]);
  assertEquals(await lines(), []);
});

Deno.test("a line without end is refused before it fills the memory", async () => {
  const endless: ByteSource = { read: (target) => Promise.resolve(target.fill(0x78).length) };
  await assertRejects(
    () => Array.fromAsync(linesOf(endless)),
    InputError,
    "Cannot send line 1 of the input",
  );
});

Deno.test("an input that cannot be read is told with its reason", async () => {
  const folder: ByteSource = { read: () => Promise.reject(new Error("Is a directory")) };
  await assertRejects(() => Array.fromAsync(chunksOf(folder)), InputError, "Is a directory");
});
