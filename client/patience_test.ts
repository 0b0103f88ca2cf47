import { assert, assertEquals } from "@std/assert";
import { Patience } from "./patience.ts";

Deno.test("patience ends only while something is owed", async () => {
  const ended = Promise.withResolvers<void>();
  const patience = new Patience(5, ended.resolve);
  patience.owe(0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert(!patience.expired);
  patience.owe(2);
  assertEquals(patience.owed, 2);
  await ended.promise;
  assert(patience.expired);
});

Deno.test("what is paid, and stopping, ends the wait", async () => {
  const patience = new Patience(5, () => {
    throw new Error("too early");
  });
  patience.owe(2);
  patience.paid(1);
  patience.paid(5);
  assertEquals(patience.owed, 0);
  assertEquals(await patience.during(Promise.resolve("done")), "done");
  patience.owe(1);
  patience.stop();
  patience.owe(1);
  assertEquals(patience.owed, 0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert(!patience.expired);
});
