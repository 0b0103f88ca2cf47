import { assertEquals, assertRejects } from "@std/assert";
import { connectResettable } from "./resettable_connection.ts";

const DEADLINE_MS = 5000;

Deno.test("a reset arrives as one, and reading and writing work before it", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [connection, accepted] = await Promise.all([
    connectResettable(listener.addr, DEADLINE_MS),
    listener.accept(),
  ]);
  using theirs = accepted;
  connection.setNoDelay?.();
  assertEquals(connection.remote, `tcp://127.0.0.1:${listener.addr.port}`);
  assertEquals(connection.addresses?.remote, listener.addr);
  await connection.write(Uint8Array.of(1, 2));
  const buffer = new Uint8Array(8);
  assertEquals(await theirs.read(buffer), 2);
  await theirs.write(Uint8Array.of(3, 4, 5));
  assertEquals(await connection.read(buffer.subarray(0, 2)), 2);
  assertEquals(await connection.read(buffer), 1);
  const reading = connection.read(buffer).then(() => "more", () => "failed");
  connection.reset?.();
  await assertRejects(() => theirs.read(buffer), Deno.errors.ConnectionReset);
  assertEquals(await reading, "failed");
});

Deno.test("the end of the other side is the end of reading", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [connection, theirs] = await Promise.all([
    connectResettable(listener.addr, DEADLINE_MS),
    listener.accept(),
  ]);
  await theirs.write(Uint8Array.of(7));
  theirs.close();
  const buffer = new Uint8Array(8);
  assertEquals(await connection.read(buffer), 1);
  assertEquals(await connection.read(buffer), null);
  await connection.closeWrite();
  connection.close();
});

Deno.test("where nobody listens there is no connection", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { addr } = listener;
  listener.close();
  await assertRejects(() => connectResettable(addr, DEADLINE_MS), Error, "ECONNREFUSED");
});
