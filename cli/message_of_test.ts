import { assertEquals } from "@std/assert";
import { messageOf } from "./message_of.ts";

Deno.test("what the system says of files is put in short, everything else is left as it is", async () => {
  const directory = await Deno.makeTempDir();
  const of = async (work: () => Promise<unknown>) =>
    messageOf(await work().catch((error) => error));
  const missing = `${directory}/missing`;
  assertEquals(await of(() => Deno.readTextFile(missing)), "there is no such file");
  assertEquals(
    await of(() => Deno.open(directory, { createNew: true, write: true })),
    "there is such a file already",
  );
  assertEquals(messageOf(new Error("odd")), "odd");
  assertEquals(messageOf("thrown"), "thrown");
  await Deno.remove(directory);
});
