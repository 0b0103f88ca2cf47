import { assertEquals } from "@std/assert";
import { connect, listen } from "../protocol/transport/mod.ts";
import { Intake } from "./intake.ts";

Deno.test("a connection that comes after the time limit is the next one", async () => {
  const intake = new Intake(await listen("memory:intake-late"));
  assertEquals(await intake.next(1), "timeout");
  assertEquals(await intake.next(1), "timeout");
  const client = await connect("memory:intake-late");
  const taken = await intake.next(Infinity);
  await client.write(Uint8Array.of(7));
  const buffer = new Uint8Array(4);
  assertEquals(taken !== null && taken !== "timeout" && await taken.read(buffer), 1);
  client.close();
  await intake.close();
});

Deno.test("closing ends the wait and the connection that was accepted ahead", async () => {
  const intake = new Intake(await listen("memory:intake-close"));
  assertEquals(await intake.next(1), "timeout");
  const client = await connect("memory:intake-close");
  // The accept of the timed-out call takes it in.
  await Promise.resolve();
  const waiting = intake.next(Infinity);
  await waiting;
  const next = intake.next(Infinity);
  await intake.close();
  assertEquals(await next, null);
  assertEquals(await intake.next(Infinity), null);
  client.close();
});
