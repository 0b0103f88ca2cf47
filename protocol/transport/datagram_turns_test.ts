import { assertEquals } from "@std/assert";
import { DatagramTurns } from "./datagram_turns.ts";

Deno.test("who sends wakes a receive that waits, and it goes on behind", async () => {
  const said: string[] = [];
  let end = Promise.withResolvers<void>();
  const turns = new DatagramTurns(() => {
    said.push("woken");
    end.resolve();
    return Promise.resolve();
  });
  const receive = (name: string) =>
    turns.receive(async () => {
      said.push(`${name} waits`);
      await end.promise;
      said.push(`${name} ends`);
    });
  const first = receive("first");
  const sending = turns.send(() => {
    said.push("sends");
    return Promise.resolve();
  });
  await Promise.all([first, sending]);
  assertEquals(said, ["first waits", "woken", "first ends", "sends"]);
  end = Promise.withResolvers();
  const second = receive("second");
  end.resolve();
  await second;
  assertEquals(said.slice(4), ["second waits", "second ends"]);
});

Deno.test("who receives waits for all who send, also for one that fails", async () => {
  const said: string[] = [];
  const turns = new DatagramTurns(() => Promise.resolve());
  const slow = Promise.withResolvers<void>();
  const sending = turns.send(() => slow.promise).then(() => said.push("sent"));
  const failing = turns.send(() => Promise.reject(new Error("no"))).catch(() =>
    said.push("failed")
  );
  const receiving = turns.receive(() => Promise.resolve(said.push("received")));
  await failing;
  slow.resolve();
  await Promise.all([sending, receiving]);
  assertEquals(said.sort(), ["failed", "received", "sent"]);
});
